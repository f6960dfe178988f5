// SPDX-License-Identifier: Apache-2.0
#include <mortise/text/forwarded.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;

namespace mortise {
namespace {

// The slow, obvious reader: an element is the shortest piece up to the end that follows a comma (or begins the line)
// and has the grammar of RFC 7239 section 4, which is tried from its left.
class ObviousReader {
public:
    using Element = std::map<std::string, std::string>; // value as written; "?" of one that is not well-formed

    static std::vector<Element> read(std::string line) {
        std::vector<Element> all;
        for (;;) {
            bool found = false;
            for (std::size_t begin = line.size() + 1; begin-- > 0 && !found;) {
                if (begin > 0 && line[begin - 1] != ',') continue;
                const std::string text = trimmed(line.substr(begin));
                const auto element = text.empty() ? std::optional<Element>(Element{}) : parse(text);
                if (!element) continue;
                found = true;
                if (!text.empty()) all.push_back(*element);
                if (begin == 0) return all;
                line.resize(begin - 1);
            }
            if (found) continue;
            all.push_back({{"?", "?"}});
            return all;
        }
    }

private:
    static std::string trimmed(std::string text) {
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.erase(0, 1);
        while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
        return text;
    }
    static bool isToken(const std::string& text) {
        return !text.empty() &&
               text.find_first_not_of(
                   "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == text.npos;
    }
    static bool isQuoted(const std::string& text) {
        if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
        for (std::size_t i = 1; i + 1 < text.size(); ++i) {
            if (text[i] == '"') return false;
            if (text[i] != '\\') continue;
            if (++i + 1 == text.size()) return false;
        }
        for (const char c : text)
            if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
        return true;
    }
    // Every way to cut the text at ';' into pairs is tried.
    static std::optional<Element> parse(const std::string& text) {
        for (std::size_t end = text.find(';');; end = text.find(';', end + 1)) {
            const std::string pair = trimmed(text.substr(0, end));
            Element element;
            bool good = pair.empty();
            if (const std::size_t equals = pair.find('='); !good && equals != pair.npos) {
                const std::string value = pair.substr(equals + 1);
                good = isToken(pair.substr(0, equals)) && (isToken(value) || isQuoted(value));
                std::string name = pair.substr(0, equals);
                for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                if (name == "for" || name == "by" || name == "host" || name == "proto") element[name] = value;
            }
            if (good && end == text.npos) return element;
            if (good) {
                const auto rest = parse(trimmed(text.substr(end + 1)));
                if (rest) {
                    for (const auto& [name, value] : *rest)
                        if (!element.emplace(name, value).second) return std::nullopt;
                    return element;
                }
            }
            if (end == text.npos) return std::nullopt;
        }
    }
};

std::vector<ObviousReader::Element> readAll(std::string_view line) {
    std::vector<ObviousReader::Element> all;
    ForwardedReader reader(line);
    for (ForwardedElement element; reader.previous(element);) {
        ObviousReader::Element made;
        if (!element.wellFormed) made = {{"?", "?"}};
        const auto put = [&](const char* name, std::string_view value) {
            if (value.data() != nullptr) made.emplace(name, value);
        };
        put("for", element.forNode);
        put("by", element.byNode);
        put("host", element.host);
        put("proto", element.proto);
        all.push_back(std::move(made));
    }
    return all;
}

std::string textOf(const std::vector<ObviousReader::Element>& all) {
    std::string text;
    for (const auto& element : all) {
        text += '{';
        for (const auto& [name, value] : element) text += name + '=' + value + ' ';
        text += '}';
    }
    return text;
}

std::string text(std::string_view line) {
    return textOf(readAll(line));
}

std::string node(std::string_view value) {
    static constexpr const char* kinds[] = {"malformed", "address", "unknown", "obfuscated"};
    char buffer[ForwardedNode::maxSize];
    const auto plain = forwardedValue(value, buffer, sizeof buffer);
    if (!plain) return "too long";
    const ForwardedNode read = ForwardedNode::parse(*plain);
    const std::string kind = kinds[static_cast<int>(read.kind)];
    return read.kind == ForwardedNode::Kind::malformed ? kind : kind + ' ' + std::string(read.host);
}

} // namespace

class ForwardedTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ForwardedTest);
    CPPUNIT_TEST(readsFromTheRight);
    CPPUNIT_TEST(namesAreCaseInsensitive);
    CPPUNIT_TEST(quotedStringsHideWhatTheyHold);
    CPPUNIT_TEST(whatIsMalformedIsTheLast);
    CPPUNIT_TEST(nothingHidesWhatAProxyAppends);
    CPPUNIT_TEST(nodes);
    CPPUNIT_TEST(badNodes);
    CPPUNIT_TEST(agreesWithTheObviousReader);
    CPPUNIT_TEST(longLinesTakeLinearTime);
    CPPUNIT_TEST_SUITE_END();

public:
    void readsFromTheRight() {
        CPPUNIT_ASSERT_EQUAL(""s, text(""));
        CPPUNIT_ASSERT_EQUAL(""s, text(" , ,\t,"));
        CPPUNIT_ASSERT_EQUAL("{for=_gazonk }"s, text("for=_gazonk"));
        CPPUNIT_ASSERT_EQUAL("{by=203.0.113.43 for=192.0.2.60 proto=http }"s,
                             text("for=192.0.2.60; proto=http;by=203.0.113.43"));
        CPPUNIT_ASSERT_EQUAL("{for=198.51.100.17 }{for=192.0.2.43 }"s, text("for=192.0.2.43, for=198.51.100.17"));
        CPPUNIT_ASSERT_EQUAL("{for=b }{for=a }"s, text(",for=a,, \t,for=b , "));
        CPPUNIT_ASSERT_EQUAL("{}{}{for=a }"s, text("for=a,;,secret=x"));
    }
    void namesAreCaseInsensitive() {
        CPPUNIT_ASSERT_EQUAL("{for=\"[2001:db8:cafe::17]:4711\" host=h proto=HTTPS }"s,
                             text("FOR=\"[2001:db8:cafe::17]:4711\";pRoTo=HTTPS;Host=h"));
    }
    void quotedStringsHideWhatTheyHold() {
        CPPUNIT_ASSERT_EQUAL(R"({for="a, for=b;c" }{for="\\" }{for="\", for=d" })"s,
                             text(R"(for="\", for=d",for="\\",for="a, for=b;c")"));
    }
    void whatIsMalformedIsTheLast() {
        for (const std::string bad : {"for",          "for=",         "=a",          "for =a",
                                      "for= a",       "for=a b",      "for=a;for=b", "FOR=a;x=y;for=b",
                                      "for=[::1]",    "for=::1",      "for=\"",      "for=\"a",
                                      "for=a\"",      "for=\"a\"b",   "for=\"a\\\"", "for=\"\x01\"",
                                      "for=\"\x7f\"", "for=\xc3\xa4", "\"for\"=a",   "for=a;proto"}) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, "{?=? }"s, text(bad));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, "{for=z }{?=? }"s, text("for=y, " + bad + ", for=z"));
        }
        CPPUNIT_ASSERT_EQUAL("{for=\"\" }"s, text("for=\"\""));
    }
    // Whatever a client sends, an element that a proxy puts behind it is read as it is.
    void nothingHidesWhatAProxyAppends() {
        const std::string pieces[] = {"\"", "\\", ",", ";", "=", "for", " ", "a", "\"for=x\"", "[::1]"};
        std::mt19937 random(7);
        for (const std::string appended :
             {"for=192.0.2.1", "for=\"[2001:db8::1]:4711\";proto=https", "for=\"a\\\"b, c\""}) {
            const std::string alone = text(appended);
            for (int i = 0; i < 20'000; ++i) {
                std::string line;
                for (unsigned j = random() % 8; j > 0; --j) line += pieces[random() % std::size(pieces)];
                line += ", " + appended;
                CPPUNIT_ASSERT_EQUAL_MESSAGE(line, alone, text(line).substr(0, alone.size()));
            }
        }
    }
    void nodes() {
        CPPUNIT_ASSERT_EQUAL("address 192.0.2.43"s, node("192.0.2.43"));
        CPPUNIT_ASSERT_EQUAL("address 192.0.2.43"s, node("\"192.0.2.43:47011\""));
        CPPUNIT_ASSERT_EQUAL("address 192.0.2.43"s, node("\"192.0.2.43:_p\""));
        CPPUNIT_ASSERT_EQUAL("address 2001:db8::17"s, node("\"[2001:db8::17]\""));
        CPPUNIT_ASSERT_EQUAL("address 2001:db8::17"s, node("\"[2001:db8::17]:4711\""));
        CPPUNIT_ASSERT_EQUAL("address 2001:db8::17"s, node("\"[2001:db8\\::17]:4\\711\""));
        CPPUNIT_ASSERT_EQUAL("unknown unKnown"s, node("unKnown"));
        CPPUNIT_ASSERT_EQUAL("unknown unknown"s, node("\"unknown:1\""));
        CPPUNIT_ASSERT_EQUAL("obfuscated _SEVKISEK"s, node("_SEVKISEK"));
        CPPUNIT_ASSERT_EQUAL("obfuscated _a.b-c"s, node("\"_a.b-c:_d\""));
    }
    void badNodes() {
        for (const char* bad :
             {"", "\"\"", "_", "secret", "host.example", "\"2001:db8::17\"", "\"[192.0.2.43]\"", "\"[::1\"",
              "\"[::1]x\"", "\"[::1]:\"", "\"[::1]:123456\"", "\"1.2.3.4:\"", "\"1.2.3.4:8a\"", "\"1.2.3.4:_\"",
              "\" 1.2.3.4\"", "\"_a b\"", "\"unknown \"", "\"[]\"", "\":80\""})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, "malformed"s, node(bad));
        CPPUNIT_ASSERT_EQUAL("malformed"s, node(std::string(200, '1')));
        CPPUNIT_ASSERT_EQUAL("too long"s, node('"' + std::string(200, '1') + "\\1\""));
    }
    void agreesWithTheObviousReader() {
        const std::string pieces[] = {"for=1.2.3.4", "for=\"[::1]:5\"",
                                      "by=_b",       ", ",
                                      ",",           ";",
                                      "for=",        "by=",
                                      "For=",        "proto=https",
                                      "x=y",         "1.2.3.4",
                                      "\"[::1]:5\"", "\"",
                                      "\\",          "\\\"",
                                      ",",           ", ",
                                      ";",           "; ",
                                      "=",           " ",
                                      "\t",          "a",
                                      "_b",          "\"a\"",
                                      "\"b,c;d\"",   "\x01",
                                      "\xe4"};
        std::mt19937 random(20'260'102);
        std::size_t good = 0;
        for (int i = 0; i < 200'000; ++i) {
            std::string line;
            for (unsigned j = random() % 14; j > 0; --j) line += pieces[random() % std::size(pieces)];
            const std::string expected = textOf(ObviousReader::read(line));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(line, expected, text(line));
            good += expected.find('?') == expected.npos && expected.size() > 2 ? 1 : 0;
        }
        CPPUNIT_ASSERT_MESSAGE(std::to_string(good), good > 5'000);
    }
    // Each character is looked at a few times, however long the line: the obvious reader would take hours.
    void longLinesTakeLinearTime() {
        for (const std::string piece : {"\"", "\\\"", "\\\\\"", ",", "a,", "\","}) {
            std::string line;
            while (line.size() < 1u << 20) line += piece;
            CPPUNIT_ASSERT(readAll(line).size() < line.size());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ForwardedTest);

} // namespace mortise
