// SPDX-License-Identifier: Apache-2.0
#include "base/redaction.hpp"

#include "base/escaped_text.hpp"
#include "base/plain_target.hpp"
#include "base/quoted_text.hpp"
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

template<std::size_t size>
bool isAnyOf(string_view text, const std::array<string_view, size>& lower) noexcept {
    return std::any_of(lower.begin(), lower.end(), [&](string_view one) { return equalsIgnoringCase(text, one); });
}

// Values that are none of a secret: "auth.tokens=debug" sets a level, "write section.key=value" explains.
constexpr std::array<string_view, 8> plainValues{"trace", "debug", "info", "warn", "error", "fatal", "off", "value"};
// Behind them stands the secret itself.
constexpr std::array<string_view, 5> schemes{"bearer", "basic", "digest", "token", "negotiate"};
constexpr std::size_t schemeLimit = 9; // bytes of the longest
// Their values take the rest of a line.
constexpr std::array<string_view, 4> fields{"authorization", "proxy-authorization", "cookie", "set-cookie"};
// In front of ": " they are ordinary words.
constexpr std::array<string_view, 9> ordinary{"code", "key",       "session", "auth",     "pass",
                                              "sig",  "signature", "sid",     "assertion"};
// Of GraphQL over HTTP: a whole document and its variables, whose literals and names may be a client's secrets.
constexpr std::array<string_view, 3> documents{"query", "variables", "extensions"};
// "mailto:name@host" is no user and password.
constexpr std::array<string_view, 6> addresses{"mailto", "sip", "sips", "xmpp", "acct", "im"};

class Redactor {
public:
    Redactor(string_view text, bool isTarget, std::string& out) : text_(text), out_(out), isTarget_(isTarget) {}

    // Whether something was hidden; then `out` has the text.
    bool run() {
        std::size_t at = isTarget_ ? hideAuthority() : 0;
        if (!isTarget_) {
            begin('\0');
            at = hideBareUser(0);
        }
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
        const bool separates = !isTarget_ && now.size == 1 && isOneOf(blanks, now.c);
        if (begins(now.c)) {
            inQuery_ = inQuery_ || now.c == '?' || now.c == '#';
            begin(now.c);
        } else if (inName_ && (now.c == '=' || now.c == ':')) {
            const std::size_t end = now.c == '=' ? judge(next) : judgeColon(next);
            if (end != next) return end;
        } else if (inName_ && separates && name_size_ != 0) {
            // "password = x" and "\"password\": x" go on behind it.
            isClosed_ = true;
            isQuoted_ = isQuoted_ || now.c == '"' || now.c == '\'';
        } else if (separates || (!inName_ && isOneOf(" \t\r\n\"'<+[|/", now.c))) {
            begin(now.c);
        } else if (inName_) {
            if (isClosed_) begin(text_[at - 1]);
            if (name_size_ < name_.size()) name_[name_size_] = now.c;
            ++name_size_;
        }
        // A word begins, and may be a user's name.
        const bool begun = now.c == '=' || (inName_ && (name_size_ == 0 || isClosed_));
        if (begun && (inQuery_ || !isTarget_) && !isOneOf("+/", now.c)) return hideBareUser(next);
        return next;
    }

    void begin(char behind) noexcept {
        inName_ = true;
        isClosed_ = isQuoted_ = false;
        name_size_ = 0;
        behind_ = behind;
    }

    // What a name stands behind, whatever was read before.
    bool begins(char c) const noexcept {
        if (isTarget_) return isOneOf(inQuery_ ? "?&;#{,(" : "?&;#,/", c);
        return isOneOf("?&;#{,(", c) || (c == '/' && inName_ && !isOneOf("?&;#", behind_));
    }

    string_view name() const noexcept { return {name_.data(), std::min(name_size_, name_.size())}; }

    // Behind a '='. `next` itself when the name is harmless.
    std::size_t judge(std::size_t next) {
        inName_ = false;
        if (isTarget_ && inQuery_ && isAnyOf(name(), documents) && hasDocument(next))
            return hideUpTo(next, text_.find('&', next));
        if (!isSensitiveName(name())) return next;
        if (isTarget_) return hideUpTo(next, text_.find_first_of(inQuery_ ? "&" : ";?", next));
        // "write key = value" explains a file.
        if (isClosed_ && !isQuoted_ && isAnyOf(name(), ordinary)) return next;
        const std::size_t begin = isClosed_ ? skipBlanks(text_, next) : next;
        const std::size_t word = std::min(text_.find_first_of(" \t\r\n\"'<>,;&", begin), text_.size());
        if (isAnyOf(text_.substr(begin, word - begin), plainValues)) return next;
        return hideUpTo(begin, valueEnd(begin));
    }

    // Whether the parameter's value, which begins there, has a brace: what is searched for has none.
    bool hasDocument(std::size_t begin) const noexcept {
        const std::size_t end = std::min(text_.find('&', begin), text_.size());
        return findCharacter(text_, '{', begin, end, false) != text_.npos;
    }

    // Behind a ':', which may also be a part of the name ("user:pwd=").
    std::size_t judgeColon(std::size_t next) {
        const bool isSensitive = (inQuery_ || !isTarget_) && isSensitiveName(name());
        if (isSensitive && isTarget_) {
            inName_ = false;
            return hideUpTo(next, text_.find('&', next));
        }
        if (isSensitive) {
            const std::size_t begin = skipBlanks(text_, next);
            const std::size_t end = colonValueEnd(next, begin);
            if (end != begin) {
                inName_ = false;
                return hideUpTo(begin, end);
            }
        }
        if (name_size_ < name_.size()) name_[name_size_] = ':';
        ++name_size_;
        return next;
    }

    std::size_t hideUpTo(std::size_t begin, std::size_t end) {
        end = std::min(end, text_.size());
        hide(begin, end);
        return end;
    }

    std::size_t valueEnd(std::size_t begin) const noexcept {
        if (const std::size_t end = quotedEnd(text_, begin); end != text_.npos) return end;
        // No longer than the longest of them: a row of empty values is not read to its end again and again.
        const std::size_t blank = text_.substr(begin, schemeLimit + 1).find_first_of(" \t");
        if (blank != text_.npos && isAnyOf(text_.substr(begin, blank), schemes))
            return wordEnd(text_, skipBlanks(text_, begin + blank));
        if (isOneOf("?&;#", behind_)) return std::min(text_.find_first_of("& \t\r\n\"'<>", begin), text_.size());
        if (isOneOf("\"'", behind_)) {
            const std::size_t end = text_.find(behind_, begin);
            if (end != text_.npos) return end;
        }
        // A password may hold '&', but what looks like the next parameter is one.
        const std::size_t end = wordEnd(text_, begin);
        for (std::size_t at = text_.find('&', begin); at < end; at = text_.find('&', at + 1)) {
            std::size_t name = at + 1;
            while (name < end && (isAlphanumeric(text_[name]) || isOneOf("_-.[]%", text_[name]))) ++name;
            if (name > at + 1 && name < end && text_[name] == '=') return at;
        }
        return end;
    }

    // Of "name: value" in text; `begin` itself when it is rather a sentence.
    std::size_t colonValueEnd(std::size_t next, std::size_t begin) const noexcept {
        const bool isQuotedValue = isQuoteAt(text_, begin);
        if (isClosed_ && !isQuoted_) return begin;
        if (isQuoted_) { // JSON
            if (isQuotedValue) return quotedEnd(text_, begin);
            const string_view rest = text_.substr(begin);
            if (!rest.starts_with(redactedText) && (rest.starts_with('{') || rest.starts_with('[')))
                return lineEnd(text_, begin);
            return std::min(text_.find_first_of(",} \t\r\n", begin), text_.size());
        }
        const string_view whole = name();
        if (isAnyOf(whole, fields) || equalsIgnoringCase(whole.substr(0, 2), "x-")) {
            const std::array<char, 3> ends{'\r', '\n', isOneOf("\"'", behind_) ? behind_ : '\n'};
            return std::min(text_.find_first_of(string_view(ends.data(), ends.size()), begin), text_.size());
        }
        if (isOneOf("{,", behind_) && behind_ != '\0' && (begin == next || isQuotedValue))
            return isQuotedValue ? quotedEnd(text_, begin) : wordEnd(text_, begin);
        // A setting's name and what is wrong with it; words that mean no secret so.
        if (whole.find_first_of("./:[(") != whole.npos || isAnyOf(whole, ordinary)) return begin;
        if (begin == next && !isQuotedValue) return begin; // "token:revoke"
        if (isQuotedValue) return quotedEnd(text_, begin);
        const std::size_t end = wordEnd(text_, begin);
        const bool isAlone = isLineEnd(text_, skipBlanks(text_, end)) || (end > begin && isOneOf(",;", text_[end - 1]));
        return isAlone ? end : begin;
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
        if (end == url_end_ && no_sign_) return hideOpenPassword(begin); // not searched again for each URL of a text
        const std::size_t sign = findCharacter(text_, '@', begin, end, true);
        if (sign == text_.npos) {
            no_sign_ = no_sign_ || end == url_end_;
            return end == url_end_ ? hideOpenPassword(begin) : begin;
        }
        const std::size_t colon = findCharacter(text_, ':', begin, sign, false);
        if (colon == text_.npos) {
            const std::size_t user = findCharacter(text_, '@', begin, sign + 1, false);
            if (!isLikeToken(text_.substr(begin, user - begin))) return begin;
            inName_ = false;
            hide(begin, user);
            return user;
        }
        inName_ = false;
        hide(colon + characterAt(text_, colon).size, sign);
        return sign;
    }

    // A user without a password may be a token: a long one, or one of letters and digits.
    static bool isLikeToken(string_view user) noexcept {
        const bool isWord =
            std::all_of(user.begin(), user.end(), [](char c) { return isAlphanumeric(c) || isOneOf("_-.~%", c); });
        const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
        return isWord && (user.size() >= 16 || (user.size() >= 8 && std::any_of(user.begin(), user.end(), isDigit)));
    }

    // A password in which a blank or a quote seems to end the URL: what is behind the colon is no port.
    std::size_t hideOpenPassword(std::size_t begin) {
        if (isTarget_) return begin;
        if (next_sign_ < url_end_) next_sign_ = std::min(text_.find_first_of("@\r\n", url_end_), text_.size());
        if (next_sign_ >= text_.size() || text_[next_sign_] != '@') return begin;
        const std::size_t authority = std::min(text_.find_first_of("/?#,; \t\r\n", begin), url_end_);
        if (isHostAndPort(text_.substr(begin, authority - begin))) return begin;
        const std::size_t colon = findCharacter(text_, ':', begin, url_end_, false);
        inName_ = false;
        hide(colon + characterAt(text_, colon).size, next_sign_);
        return next_sign_;
    }

    // "user:password@host" at the begin of a word, perhaps behind "//". Returns `at` itself when there is none.
    std::size_t hideBareUser(std::size_t at) {
        if (at >= text_.size()) return at;
        if (at > word_end_ || word_end_ == 0) {
            word_end_ = std::min(text_.find_first_of(isTarget_ ? string_view("&") : blanks, at), text_.size());
            word_sign_ = findCharacter(text_, '@', at, word_end_, true);
        }
        if (word_sign_ == text_.npos || word_sign_ <= at) return at;
        std::size_t place = at;
        bool isBehindSlashes = false;
        if (const Character first = characterAt(text_, at); first.c == '/' && at + first.size < word_sign_) {
            const Character second = characterAt(text_, at + first.size);
            isBehindSlashes = second.c == '/';
            if (!isBehindSlashes) return at;
            place += first.size + second.size;
        }
        const std::size_t user = place;
        Character now{'\0', 0};
        for (; place < word_sign_; place += now.size) {
            now = characterAt(text_, place);
            if (now.c == ':' || !(isAlphanumeric(now.c) || isOneOf("._~+-$!*", now.c))) break;
        }
        if (place >= word_sign_ || now.c != ':' || (place == user && !isBehindSlashes)) return at;
        if (isAnyOf(text_.substr(user, place - user), addresses)) return at;
        const std::size_t password = place + now.size;
        const std::size_t host = word_sign_ + characterAt(text_, word_sign_).size;
        if (password >= word_sign_ || characterAt(text_, password).c == '/' || host >= text_.size() ||
            !(isAlphanumeric(text_[host]) || text_[host] == '['))
            return at;
        inName_ = false;
        hide(password, word_sign_);
        return word_sign_;
    }

    const string_view text_;
    std::string& out_;
    const bool isTarget_;
    bool found_ = false;
    bool inQuery_ = false;
    bool inName_ = false;
    bool isClosed_ = false;     // the name is, by a blank or a quote
    bool isQuoted_ = false;     // by a quote
    char behind_ = '\0';        // what the name stands behind
    std::size_t copied_ = 0;    // bytes of the text that are in `out_`, or hidden
    std::size_t url_end_ = 0;   // beyond which the URL that is read does not go
    bool no_sign_ = false;      // there is no '@' up to there
    std::size_t next_sign_ = 0; // the first '@', or end of a line, behind a URL
    std::size_t word_end_ = 0;  // beyond which the word that is read does not go
    std::size_t word_sign_ = 0; // the last '@' of that word
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

// Whether a text is read at all: what most have is no more than a ':' inside of a word.
bool mayHoldSecret(string_view text) noexcept {
    const auto has = [text](char c) { return text.find(c) != text.npos; };
    if (has('=') || has('%')) return true;
    std::size_t colon = text.find(':');
    if (colon == text.npos) return false;
    if (has('@') || has('{') || has(',')) return true;
    for (; colon != text.npos; colon = text.find(':', colon + 1)) {
        if (colon + 1 < text.size() && isOneOf(" \t\"'</\\", text[colon + 1])) return true;
        const string_view before = text.substr(0, colon);
        if (colon >= 3 && std::all_of(before.end() - 3, before.end(), isAlphanumeric)) return true; // not "rv:109.0"
    }
    return false;
}

} // namespace

string_view redactTarget(string_view target, std::string& storage) noexcept {
    if (isHarmlessTarget(target)) return target;
    return redact(target, true, storage);
}

string_view redactText(string_view text, std::string& storage) noexcept {
    if (text.starts_with('/') && text.find_first_of(blanks) == text.npos) return redactTarget(text, storage);
    if (!mayHoldSecret(text)) return text;
    return redact(text, false, storage);
}

std::string redactText(string_view text) {
    std::string storage;
    return std::string(redactText(text, storage));
}

} // namespace mortise::base
