// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::logging::tests {

// A flat JSON object, read strictly (RFC 8259); throws std::runtime_error otherwise. Strings come unescaped, with '"'
// in front; numbers and words as written.
class JsonObject {
public:
    explicit JsonObject(std::string_view text) : text_(text) {
        expect('{');
        do {
            if (peek() != '"') fail("a key is missing");
            const std::string key = string();
            expect(':');
            members.emplace_back(key, value());
            for (std::size_t i = 0; i + 1 < members.size(); ++i) {
                if (members[i].first == key) fail("a key occurs twice");
            }
        } while (accept(','));
        expect('}');
        if (!text_.empty()) fail("something follows the object");
    }

    std::string operator[](std::string_view key) const {
        for (const auto& [name, content] : members) {
            if (name == key) return content;
        }
        return "absent";
    }
    std::string keys() const {
        std::string all;
        for (const auto& member : members) all += (all.empty() ? "" : ",") + member.first;
        return all;
    }

    std::vector<std::pair<std::string, std::string>> members;

private:
    [[noreturn]] void fail(const char* why) const {
        throw std::runtime_error(std::string(why) + ": " + std::string(text_));
    }
    char peek() const { return text_.empty() ? '\0' : text_.front(); }
    char take() {
        if (text_.empty()) fail("too short");
        const char byte = text_.front();
        text_.remove_prefix(1);
        return byte;
    }
    bool accept(char byte) {
        if (peek() != byte) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char byte) {
        if (take() != byte) fail("unexpected byte");
    }
    std::string value() {
        if (peek() == '"') return '"' + string();
        std::string word;
        while (!text_.empty() && peek() != ',' && peek() != '}') word += take();
        if (word == "true" || word == "false" || word == "null") return word;
        if (word.empty() || word.find_first_not_of("0123456789+-.eE") != std::string::npos) fail("no value");
        return word;
    }
    std::string string() {
        expect('"');
        std::string out;
        while (true) {
            const char byte = take();
            if (byte == '"') break;
            if (static_cast<unsigned char>(byte) < 0x20) fail("a raw control character");
            if (byte != '\\') {
                out += byte;
                continue;
            }
            const char escape = take();
            switch (escape) {
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case '"':
            case '\\':
                out += escape;
                break;
            case 'u': {
                if (text_.size() < 4) fail("a short escape");
                const unsigned long point = std::stoul(std::string(text_.substr(0, 4)), nullptr, 16);
                text_.remove_prefix(4);
                if (point >= 0xD800 && point < 0xE000) fail("a surrogate");
                if (point < 0x80) {
                    out += static_cast<char>(point);
                } else if (point < 0x800) {
                    out += static_cast<char>(0xC0 | point >> 6);
                    out += static_cast<char>(0x80 | (point & 63));
                } else {
                    out += static_cast<char>(0xE0 | point >> 12);
                    out += static_cast<char>(0x80 | (point >> 6 & 63));
                    out += static_cast<char>(0x80 | (point & 63));
                }
                break;
            }
            default:
                fail("an unknown escape");
            }
        }
        requireUtf8(out);
        return out;
    }
    void requireUtf8(const std::string& bytes) const {
        for (std::size_t i = 0; i < bytes.size();) {
            const auto first = static_cast<unsigned char>(bytes[i]);
            const std::size_t length = first < 0x80   ? 1
                                       : first < 0xC2 ? 0
                                       : first < 0xE0 ? 2
                                       : first < 0xF0 ? 3
                                       : first < 0xF5 ? 4
                                                      : 0;
            if (length == 0 || i + length > bytes.size()) fail("not UTF-8");
            unsigned long point = length == 1 ? first : first & (0xFFu >> (length + 1));
            for (std::size_t j = 1; j < length; ++j) {
                const auto next = static_cast<unsigned char>(bytes[i + j]);
                if ((next & 0xC0) != 0x80) fail("not UTF-8");
                point = point << 6 | (next & 63u);
            }
            const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
            if (overlong || (point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) fail("not UTF-8");
            i += length;
        }
    }

    std::string_view text_;
};

} // namespace mortise::logging::tests
