// SPDX-License-Identifier: Apache-2.0
#include "base/redaction.hpp"

#include "base/sensitive_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>

namespace mortise::base {
namespace {

using std::string_view;

constexpr string_view blanks = " \t\r\n\"'<>"; // none of them is in a URL
constexpr string_view schemeCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

bool isOneOf(string_view set, char c) noexcept {
    return set.find(c) != set.npos;
}

int hexDigit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A character and the bytes it takes: "%3D" is '=', and so is "%253D", which is escaped once more.
struct Character {
    char c;
    std::size_t size;
};

Character characterAt(string_view text, std::size_t at) noexcept {
    if (text[at] != '%') return {text[at], 1};
    std::size_t digits = at + 1;
    while (text.substr(digits, 2) == "25") digits += 2;
    if (digits + 2 > text.size()) return {'%', 1};
    const int high = hexDigit(text[digits]);
    const int low = hexDigit(text[digits + 1]);
    if (high < 0 || low < 0) return {'%', 1};
    return {static_cast<char>(high * 16 + low), digits + 2 - at};
}

// First (or last) place of `wanted`, also escaped, in text[begin, end); npos when there is none.
std::size_t findCharacter(string_view text, char wanted, std::size_t begin, std::size_t end, bool last) noexcept {
    std::size_t found = text.npos;
    for (std::size_t at = begin; at < end; at += characterAt(text, at).size) {
        if (characterAt(text, at).c != wanted) continue;
        found = at;
        if (!last) break;
    }
    return found;
}

class Redactor {
public:
    Redactor(string_view text, bool isTarget, std::string& out) : text_(text), out_(out), isTarget_(isTarget) {}

    // Whether something was hidden; then `out` has the text.
    bool run() {
        std::size_t at = isTarget_ ? hideAuthority() : 0;
        while (at < text_.size()) at = step(at);
        if (!found_) return false;
        out_.append(text_.substr(copied_));
        return true;
    }

private:
    void hide(std::size_t begin, std::size_t end) {
        if (!found_) out_.clear();
        found_ = true;
        out_.append(text_.substr(copied_, begin - copied_)).append(redactedText);
        copied_ = end;
    }

    // User information in front of a target that is none of a path. Returns where the rest begins.
    std::size_t hideAuthority() {
        if (text_.empty() || text_ == "*") return 0;
        const std::size_t question = std::min(text_.find('?'), text_.size());
        if (text_.front() == '/') { // "//user:password@host/" is a path
            if (text_.substr(0, 2) != "//") return 0;
            const std::size_t end = std::min(text_.find_first_of("/?", 2), text_.size());
            const std::size_t sign = findCharacter(text_, '@', 2, end, true);
            if (sign == text_.npos || findCharacter(text_, ':', 2, sign, false) == text_.npos) return 0;
            hide(2, sign);
            return sign;
        }
        const std::size_t scheme = text_.substr(0, question).find("://");
        const std::size_t begin = scheme == text_.npos ? 0 : scheme + 3;
        // To the last '@': a password may hold unescaped '/' and '@', and '?' where what is in front is no host and
        // port.
        std::size_t end = findCharacter(text_, '@', begin, question, true);
        if (end == text_.npos) {
            if (isHostAndPort(text_.substr(begin, std::min(text_.find_first_of("/?#", begin), text_.size()) - begin)))
                return begin;
            end = findCharacter(text_, '@', begin, text_.size(), true);
        }
        if (end == text_.npos) end = question; // it was cut, perhaps
        hide(begin, end);
        return end;
    }

    static bool isHostAndPort(string_view text) noexcept {
        if (text.starts_with('[')) text.remove_prefix(std::min(text.find(']'), text.size()));
        const std::size_t colon = findCharacter(text, ':', 0, text.size(), false);
        if (colon == text.npos) return true;
        const string_view port = text.substr(colon + characterAt(text, colon).size);
        return std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    }

    // A character in a row of parameters. Returns the place of the next one.
    std::size_t step(std::size_t at) {
        const Character now = characterAt(text_, at);
        const std::size_t next = at + now.size;
        const bool slashes = now.c == '/' && before_[0] == '/' && before_[1] == ':';
        const bool hasScheme = slashes && isOneOf(schemeCharacters, before_[2]) && before_[2] != '\0';
        before_ = {now.c, before_[0], before_[1]};
        if (hasScheme) return hideUser(next);
        if (begins(now.c)) {
            inQuery_ = inQuery_ || now.c == '?' || now.c == '#';
            inName_ = true;
            name_size_ = 0;
        } else if (inName_ && (now.c == '=' || (now.c == ':' && isTarget_ && inQuery_))) {
            inName_ = false;
            if (!isSensitiveName({name_.data(), std::min(name_size_, name_.size())})) return next;
            const std::size_t end = std::min(text_.find_first_of(valueEnds(), next), text_.size());
            hide(next, end);
            return end;
        } else if (inName_ && (isTarget_ ? now.c == '/' && !inQuery_ : now.size == 1 && isOneOf(blanks, now.c))) {
            inName_ = false;
        } else if (inName_) {
            if (name_size_ < name_.size()) name_[name_size_] = now.c;
            ++name_size_;
        }
        return next;
    }

    // What a name may stand behind.
    bool begins(char c) const noexcept { return isOneOf(isTarget_ && inQuery_ ? "?&;#{,(" : "?&;#", c); }
    // What no value goes beyond, and never escaped: an escaped one is a part of it.
    const char* valueEnds() const noexcept {
        if (!isTarget_) return "& \t\r\n\"'<>";
        return inQuery_ ? "&" : "/&;?#";
    }

    // `begin` is right behind "scheme://". From the first colon to the last '@', at the price of hiding a path with an
    // '@' behind a port. A comma ends a URL only where the next item of a list begins with a scheme of its own.
    std::size_t hideUser(std::size_t begin) {
        if (begin > url_end_) {
            url_end_ = std::min(text_.find_first_of(isTarget_ ? string_view("&") : blanks, begin), text_.size());
            no_sign_ = false;
        }
        std::size_t end = url_end_;
        if (const std::size_t another = text_.find("://", begin); another < end) {
            const std::size_t comma = text_.substr(begin, another - begin).rfind(',');
            if (comma != text_.npos) end = begin + comma;
        }
        if (end == url_end_ && no_sign_) return begin; // many URLs in one text are not searched again and again
        const std::size_t sign = findCharacter(text_, '@', begin, end, true);
        if (sign == text_.npos) {
            no_sign_ = no_sign_ || end == url_end_;
            return begin;
        }
        const std::size_t colon = findCharacter(text_, ':', begin, sign, false);
        if (colon == text_.npos) return begin;
        inName_ = false;
        hide(colon + characterAt(text_, colon).size, sign);
        return sign;
    }

    const string_view text_;
    std::string& out_;
    const bool isTarget_;
    bool found_ = false;
    bool inQuery_ = false;
    bool inName_ = false;
    std::size_t copied_ = 0;  // bytes of the text that are in `out_`, or hidden
    std::size_t url_end_ = 0; // beyond which the URL that is read does not go
    bool no_sign_ = false;    // there is no '@' up to there
    std::size_t name_size_ = 0;
    std::array<char, 129> name_{}; // longer ones are sensitive whatever they are
    std::array<char, 3> before_{}; // the last characters, the latest first
};

string_view redact(string_view text, bool isTarget, std::string& storage) noexcept {
    try {
        return Redactor(text, isTarget, storage).run() ? string_view(storage) : text;
    } catch (const std::bad_alloc&) {
        return redactedText;
    }
}

} // namespace

string_view redactTarget(string_view target, std::string& storage) noexcept {
    // Most are a plain path.
    const bool isPath = target.starts_with('/') && !target.starts_with("//");
    const auto has = [target](char c) { return target.find(c) != target.npos; };
    if (isPath && !has('=') && !has('%') && !has(':')) return target;
    return redact(target, true, storage);
}

string_view redactText(string_view text, std::string& storage) noexcept {
    if (text.starts_with('/') && text.find_first_of(blanks) == text.npos) return redactTarget(text, storage);
    if (text.find('=') == text.npos && text.find("://") == text.npos && text.find('%') == text.npos) return text;
    return redact(text, false, storage);
}

std::string redactText(string_view text) {
    std::string storage;
    return std::string(redactText(text, storage));
}

} // namespace mortise::base
