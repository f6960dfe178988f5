// SPDX-License-Identifier: Apache-2.0
#include "yaml_text.hpp"

#include <algorithm>
#include <array>

namespace mortise::openapi {
namespace {

bool isLetter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// Words that are null or a boolean somewhere, in lower case (YAML 1.1's types included).
bool isWord(std::string_view text) {
    constexpr std::array<std::string_view, 11> words{"null", "true", "false", "yes", "no", "on",
                                                     "off",  "y",    "n",     "nan", "inf"};
    if (text.size() > 5) return false;
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return std::find(words.begin(), words.end(), lower) != words.end();
}

// Begins with a letter and holds nothing that has a meaning in YAML.
bool isPlain(std::string_view text) {
    if (text.empty() || !isLetter(text.front()) || text.back() == ' ' || isWord(text)) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return isLetter(c) || isDigit(c) || c == ' ' || c == '_' || c == '-' || c == '.' || c == '/' || c == '+';
    });
}

// JSON's strings are YAML's, but for characters that YAML counts as not printable (section 5.1).
void appendScalar(std::string& out, std::string_view text) {
    if (isPlain(text)) {
        out += text;
        return;
    }
    std::string quoted;
    appendQuoted(quoted, text);
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        const auto byte = static_cast<unsigned char>(quoted[i]);
        const auto next = static_cast<unsigned char>(i + 1 < quoted.size() ? quoted[i + 1] : 0);
        constexpr char hex[] = "0123456789abcdef";
        if (byte == 0x7f) {
            out += "\\x7f";
        } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) { // U+0080 to U+009F
            out += "\\x";
            out += hex[next >> 4];
            out += hex[next & 15];
            ++i;
        } else if (quoted.compare(i, 3, "\xef\xbb\xbf") == 0) {
            out += "\\ufeff";
            i += 2;
        } else {
            out += quoted[i];
        }
    }
}

void append(std::string& out, const Json& value, std::size_t depth);

// Behind "key:" or "-": a scalar on the same line, a container on the next ones. The first member of an object that is
// an item stands beside the hyphen.
void appendValue(std::string& out, const Json& value, std::size_t depth, bool item) {
    const bool container = value.kind() == Json::Kind::array || value.isObject();
    if (!container || value.empty()) {
        out += ' ';
        append(out, value, depth);
        out += '\n';
    } else if (item && value.isObject()) {
        std::string block;
        append(block, value, depth);
        out += ' ';
        out += block.substr(2 * depth);
    } else {
        out += '\n';
        append(out, value, depth);
    }
}

void append(std::string& out, const Json& value, std::size_t depth) {
    switch (value.kind()) {
    case Json::Kind::null:
        out += "null";
        break;
    case Json::Kind::boolean:
    case Json::Kind::number:
        out += value.text();
        break;
    case Json::Kind::string:
        appendScalar(out, value.text());
        break;
    case Json::Kind::array:
        if (value.empty()) out += "[]";
        for (const Json& item : value.items()) {
            out.append(2 * depth, ' ') += '-';
            appendValue(out, item, depth + 1, true);
        }
        break;
    case Json::Kind::object:
        if (value.empty()) out += "{}";
        for (const Json::Member& member : value.members()) {
            out.append(2 * depth, ' ');
            appendScalar(out, member.key);
            out += ':';
            appendValue(out, member.value, depth + 1, false);
        }
        break;
    }
}

} // namespace

std::string toYaml(const Json& value) {
    std::string out;
    append(out, value, 0);
    if (out.empty() || out.back() != '\n') out += '\n';
    return out;
}

} // namespace mortise::openapi
