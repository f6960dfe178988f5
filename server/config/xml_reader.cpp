// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "config/document.hpp"
#include "config/setting_spec.hpp"

#include <Poco/SAX/Attributes.h>
#include <Poco/SAX/DefaultHandler.h>
#include <Poco/SAX/LexicalHandler.h>
#include <Poco/SAX/Locator.h>
#include <Poco/SAX/SAXException.h>
#include <Poco/SAX/SAXParser.h>

#include <algorithm>
#include <array>

namespace mortise::config {

namespace {

using base::Code;
using Poco::XML::XMLChar;
using Poco::XML::XMLString;

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

// What Poco says of a fault ("Tag mismatch in line 3 column 2"), in lower case and without the position.
std::string plainMessage(const Poco::Exception& error) {
    std::string message = error.message();
    message.erase(std::min(message.find(" in line "), message.size()));
    if (!message.empty()) message.front() = base::lowerAscii(message.substr(0, 1)).front();
    return message;
}

base::Origin originAt(const std::string& file, std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = static_cast<unsigned>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t lineBegin = before.rfind('\n') + 1; // npos + 1 is 0
    return {file, line, static_cast<unsigned>(offset - lineBegin) + 1};
}

// Position of a document type declaration, which can only stand before the root element; npos for none. It is looked
// for before parsing, so that entities are never expanded.
std::size_t findDoctype(std::string_view text) {
    std::size_t at = text.starts_with(byteOrderMark) ? byteOrderMark.size() : 0;
    for (;;) {
        at = text.find_first_not_of(" \t\r\n", at);
        if (at == std::string_view::npos) return at;
        const std::string_view rest = text.substr(at);
        std::string_view end;
        if (rest.starts_with("<?")) {
            end = "?>";
        } else if (rest.starts_with("<!--")) {
            end = "-->";
        } else {
            return rest.starts_with("<!DOCTYPE") ? at : std::string_view::npos;
        }
        at = text.find(end, at + 2);
        if (at == std::string_view::npos) return at;
        at += end.size();
    }
}

// Elements by depth: mortise > server or plugin > key. What stands below a misplaced element is passed over.
class XmlReader final : public Poco::XML::DefaultHandler, public Poco::XML::LexicalHandler {
public:
    XmlReader(const std::string& file, base::Diagnostics& diagnostics) : document_(file), diagnostics_(diagnostics) {}

    Document take() { return std::move(document_); }

    void setDocumentLocator(const Poco::XML::Locator* locator) override { locator_ = locator; }

    void startElement(const XMLString&, const XMLString&, const XMLString& name,
                      const Poco::XML::Attributes& attributes) override {
        if (skipped_ != 0) {
            ++skipped_;
            return;
        }
        bool wanted = false;
        if (depth_ == 0) wanted = startRoot(name, attributes);
        if (depth_ == 1) wanted = startSection(name, attributes);
        if (depth_ == 2) wanted = startKey(name, attributes);
        if (depth_ == 3)
            fault(Code::misplacedXml, "<" + base::printable(name) + "> stands inside of a key; a value is plain text");
        if (wanted) {
            ++depth_;
        } else {
            skipped_ = 1;
            if (depth_ == 3) keyIsFaulty_ = true;
        }
    }

    void endElement(const XMLString&, const XMLString&, const XMLString&) override {
        if (skipped_ != 0) {
            --skipped_;
            return;
        }
        if (depth_ == 3) endKey();
        --depth_;
    }

    void characters(const XMLChar text[], int start, int length) override {
        if (skipped_ != 0) return;
        const std::string_view piece(text + start, static_cast<std::size_t>(length));
        const std::size_t firstVisible = piece.find_first_not_of(" \t\r\n");
        if (depth_ == 3) {
            if (value_.valueOrigin.line == 0 && (firstVisible != std::string_view::npos || inCdata_)) {
                value_.valueOrigin = position(inCdata_ ? 0 : firstVisible);
            }
            value_.value += piece;
        } else if (firstVisible != std::string_view::npos) {
            diagnostics_.error(Code::misplacedXml, position(firstVisible), "there is text outside of a key");
        }
    }

    void startCDATA() override { inCdata_ = hasCdata_ = true; }
    void endCDATA() override { inCdata_ = false; }
    void startDTD(const XMLString&, const XMLString&, const XMLString&) override {}
    void endDTD() override {}
    void startEntity(const XMLString&) override {}
    void endEntity(const XMLString&) override {}
    void comment(const XMLChar[], int, int) override {}

private:
    base::Origin position(std::size_t further = 0) const {
        return {document_.file(), static_cast<unsigned>(locator_->getLineNumber()),
                static_cast<unsigned>(locator_->getColumnNumber()) + 1 + static_cast<unsigned>(further)};
    }
    void fault(Code code, std::string message) { diagnostics_.error(code, position(), std::move(message)); }

    bool hasNoAttributes(const XMLString& name, const Poco::XML::Attributes& attributes) {
        if (attributes.getLength() == 0) return true;
        fault(Code::misplacedXml,
              "<" + base::printable(name) + "> takes no attribute '" + base::printable(attributes.getQName(0)) + "'");
        return false;
    }

    bool startRoot(const XMLString& name, const Poco::XML::Attributes& attributes) {
        if (name == "mortise") return hasNoAttributes(name, attributes);
        fault(Code::misplacedXml, "the outermost element is <" + base::printable(name) + ">, not <mortise>");
        return false;
    }

    bool startSection(const XMLString& name, const Poco::XML::Attributes& attributes) {
        if (name == "server") {
            if (!hasNoAttributes(name, attributes)) return false;
            section_ = name;
        } else if (name == "plugin") {
            if (attributes.getLength() != 1 || attributes.getQName(0) != "name") {
                fault(Code::badSection, "<plugin> needs the attribute 'name' and takes no other");
                return false;
            }
            section_ = "plugin." + attributes.getValue(0);
            if (!isSectionName(section_)) {
                fault(Code::badSection, "'" + base::printable(attributes.getValue(0)) +
                                            "' is no name of a plugin, which is made of a-z, 0-9 and '-'");
                return false;
            }
        } else {
            const std::array<std::string, 2> known{"server", "plugin"};
            fault(Code::unknownSection,
                  "unknown element <" + base::printable(name) + "> in <mortise>" + base::didYouMean(name, known));
            return false;
        }
        document_.addSection(section_, position());
        return true;
    }

    bool startKey(const XMLString& name, const Poco::XML::Attributes& attributes) {
        if (!hasNoAttributes(name, attributes)) return false;
        value_ = {section_, name, {}, position(), {}};
        hasCdata_ = keyIsFaulty_ = false;
        return true;
    }

    void endKey() {
        if (keyIsFaulty_) return;
        if (!hasCdata_) value_.value = base::trim(value_.value);
        if (value_.valueOrigin.line == 0) value_.valueOrigin = value_.origin;
        document_.add(std::move(value_), diagnostics_);
    }

    Document document_;
    base::Diagnostics& diagnostics_;
    const Poco::XML::Locator* locator_ = nullptr;
    unsigned depth_ = 0;   // of open elements that were accepted
    unsigned skipped_ = 0; // open elements from the misplaced one on
    std::string section_;
    Entry value_;
    bool inCdata_ = false;
    bool hasCdata_ = false;
    bool keyIsFaulty_ = false;
};

} // namespace

Document readXml(std::string_view text, const std::string& file, base::Diagnostics& diagnostics) {
    const std::size_t invalid = std::min(base::findInvalidUtf8(text), text.find('\0'));
    if (invalid != std::string_view::npos) {
        diagnostics.error(Code::badCharacter, originAt(file, text, invalid), "the file holds NUL or is not UTF-8");
        return Document(file);
    }
    if (const std::size_t doctype = findDoctype(text); doctype != std::string_view::npos) {
        diagnostics.error(Code::doctypeRefused, originAt(file, text, doctype),
                          "a document type declaration is not accepted, nor are entities of one's own");
        return Document(file);
    }
    XmlReader reader(file, diagnostics);
    try {
        Poco::XML::SAXParser parser;
        parser.setFeature(Poco::XML::XMLReader::FEATURE_NAMESPACES, false);
        parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_GENERAL_ENTITIES, false);
        parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_PARAMETER_ENTITIES, false);
        parser.setContentHandler(&reader);
        parser.setProperty(Poco::XML::XMLReader::PROPERTY_LEXICAL_HANDLER,
                           static_cast<void*>(static_cast<Poco::XML::LexicalHandler*>(&reader)));
        parser.parseMemoryNP(text.data(), text.size());
    } catch (const Poco::XML::SAXParseException& error) {
        const base::Origin origin{file, static_cast<unsigned>(std::max(error.getLineNumber(), 1)),
                                  static_cast<unsigned>(std::max(error.getColumnNumber(), 0)) + 1};
        diagnostics.error(Code::malformedXml, origin, "the XML is not well-formed: " + plainMessage(error));
    } catch (const Poco::Exception& error) {
        diagnostics.error(Code::malformedXml, {file}, "the XML cannot be read: " + plainMessage(error));
    }
    return reader.take();
}

} // namespace mortise::config
