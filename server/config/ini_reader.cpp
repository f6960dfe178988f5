// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "config/document.hpp"
#include "config/setting_spec.hpp"

#include <algorithm>

namespace mortise::config {

namespace {

using base::Code;

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

bool isBlank(char c) noexcept {
    return c == ' ' || c == '\t';
}
bool isCommentMark(char c) noexcept {
    return c == '#' || c == ';';
}

// Reads line by line. Every fault is reported with its column; reading goes on with the next line. Messages never
// repeat what a line holds beyond a key: it could be a secret.
class IniReader {
public:
    IniReader(const std::string& file, base::Diagnostics& diagnostics) : document_(file), diagnostics_(diagnostics) {}

    Document read(std::string_view text) {
        if (text.starts_with(byteOrderMark)) text.remove_prefix(byteOrderMark.size());
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++number_;
            line_ = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (line_.ends_with('\r')) line_.remove_suffix(1);
            if (isClean()) readLine();
        }
        return std::move(document_);
    }

private:
    base::Origin at(std::size_t offset) const { return {document_.file(), number_, static_cast<unsigned>(offset) + 1}; }
    void error(Code code, std::size_t offset, std::string message) {
        diagnostics_.error(code, at(offset), std::move(message));
    }
    std::size_t skipBlanks(std::size_t offset) const noexcept {
        while (offset < line_.size() && isBlank(line_[offset])) ++offset;
        return offset;
    }

    bool isClean() {
        const auto isControl = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; };
        const auto control = std::find_if(line_.begin(), line_.end(), isControl);
        if (control != line_.end()) {
            error(Code::badCharacter, static_cast<std::size_t>(control - line_.begin()),
                  *control == '\0' ? "the line holds NUL" : "the line holds a control character");
            return false;
        }
        const std::size_t invalid = base::findInvalidUtf8(line_);
        if (invalid != std::string_view::npos) error(Code::badCharacter, invalid, "the line is not UTF-8");
        return invalid == std::string_view::npos;
    }

    void readLine() {
        const std::size_t begin = skipBlanks(0);
        if (begin == line_.size() || isCommentMark(line_[begin])) return;
        if (line_[begin] == '[') {
            readSection(begin);
        } else {
            readKey(begin);
        }
    }

    void readSection(std::size_t begin) {
        state_ = State::badSection; // keys below a faulty header are read, but belong nowhere
        const std::size_t end = line_.find(']', begin);
        if (end == std::string_view::npos) return error(Code::badSection, begin, "the section header has no ']'");
        const std::string_view name = line_.substr(begin + 1, end - begin - 1);
        const std::size_t rest = skipBlanks(end + 1);
        if (rest < line_.size() && !isCommentMark(line_[rest])) {
            return error(Code::badSection, rest, "there is text after the section header");
        }
        if (!isSectionName(name)) {
            return error(Code::badSection, begin,
                         "'" + base::printable(name) +
                             "' is no section; there are [server] and [plugin.<name>], in a-z, 0-9 and '-'");
        }
        section_ = name;
        state_ = State::inSection;
        document_.addSection(section_, at(begin));
    }

    void readKey(std::size_t begin) {
        const std::size_t equals = line_.find('=', begin);
        if (equals == std::string_view::npos) {
            return error(Code::junkLine, begin, "expected 'key = value', a [section] or a comment");
        }
        const std::string_view key = base::trim(line_.substr(begin, equals - begin));
        const auto isKeyCharacter = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                   c == '.';
        };
        if (key.empty()) return error(Code::junkLine, begin, "there is no key before '='");
        if (!std::all_of(key.begin(), key.end(), isKeyCharacter)) {
            return error(Code::junkLine, begin, "a key is made of a-z, 0-9 and _; expected 'key = value'");
        }
        const std::size_t valueBegin = skipBlanks(equals + 1);
        std::string value;
        if (!readValue(valueBegin, value)) return;
        if (state_ == State::badSection) return;
        if (state_ == State::start) {
            return error(Code::keyOutsideSection, begin,
                         "key '" + std::string(key) +
                             "' stands before the first section; write [server] or "
                             "[plugin.<name>] above it");
        }
        document_.add({section_, std::string(key), std::move(value), at(begin), at(valueBegin)}, diagnostics_);
    }

    bool readValue(std::size_t begin, std::string& value) {
        if (begin < line_.size() && line_[begin] == '"') return readQuoted(begin, value);
        std::size_t end = begin;
        while (end < line_.size()) {
            const bool afterBlank = end > 0 && isBlank(line_[end - 1]);
            if (isCommentMark(line_[end]) && afterBlank) break;
            ++end;
        }
        value = base::trim(line_.substr(begin, end - begin));
        return true;
    }

    bool readQuoted(std::size_t begin, std::string& value) {
        const auto fault = [&](std::size_t offset, const char* message) {
            error(Code::badQuoting, offset, message);
            return false;
        };
        std::size_t i = begin + 1;
        for (; i < line_.size() && line_[i] != '"'; ++i) {
            if (line_[i] != '\\') {
                value += line_[i];
                continue;
            }
            constexpr std::string_view names = "\\\"nrt";
            constexpr std::string_view meanings = "\\\"\n\r\t";
            const std::size_t which = i + 1 < line_.size() ? names.find(line_[i + 1]) : std::string_view::npos;
            if (which == std::string_view::npos) {
                return fault(i, "unknown escape; there are \\\\, \\\", \\n, \\r and \\t");
            }
            value += meanings[which];
            ++i;
        }
        if (i == line_.size()) return fault(begin, "the quoted value has no closing '\"'");
        const std::size_t rest = skipBlanks(i + 1);
        if (rest < line_.size() && !isCommentMark(line_[rest]))
            return fault(rest, "there is text after the quoted value");
        return true;
    }

    enum class State { start, inSection, badSection };

    Document document_;
    base::Diagnostics& diagnostics_;
    std::string_view line_;
    unsigned number_ = 0;
    std::string section_;
    State state_ = State::start;
};

} // namespace

Document readIni(std::string_view text, const std::string& file, base::Diagnostics& diagnostics) {
    return IniReader(file, diagnostics).read(text);
}

} // namespace mortise::config
