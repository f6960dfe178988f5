// SPDX-License-Identifier: Apache-2.0
#include "base/sensitive_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace mortise::base {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::size_t longest = 128;

// A whole segment.
constexpr std::array<std::string_view, 46> words{
    "assertion", "auth",   "authcode",  "bearer",   "code",      "cookie",    "cookies", "creds",     "csrf",  "cvc",
    "cvv",       "hotp",   "jwt",       "key",      "mfa",       "mfacode",   "otp",     "otpcode",   "pass",  "pin",
    "pincode",   "pwd",    "secret",    "secrets",  "session",   "sid",       "sig",     "signature", "ssn",   "tfa",
    "token",     "tokens", "totp",      "totpcode", "verifier",  "xsrf",      "passkey", "pw",        "passw", "hmac",
    "mnemonic",  "pkey",   "twofactor", "cardpin",  "pinnumber", "pinnumbers"};

// Two segments, one behind the other.
constexpr std::array<Pair, 14> pairs{{{"access", "keys"},
                                      {"api", "keys"},
                                      {"backup", "codes"},
                                      {"magic", "link"},
                                      {"private", "keys"},
                                      {"recovery", "codes"},
                                      {"saml", "response"},
                                      {"two", "factor"},
                                      {"security", "answer"},
                                      {"security", "answers"},
                                      {"saml", "request"},
                                      {"card", "number"},
                                      {"recovery", "phrase"},
                                      {"seed", "phrase"}}};

// Words of the list that are none beside these.
constexpr std::array<Pair, 54> harmless{
    {{"area", "code"},        {"bar", "code"},      {"city", "code"},       {"color", "code"},
     {"country", "code"},     {"currency", "code"}, {"error", "code"},      {"exit", "code"},
     {"http", "code"},        {"lang", "code"},     {"language", "code"},   {"locale", "code"},
     {"post", "code"},        {"postal", "code"},   {"product", "code"},    {"reason", "code"},
     {"region", "code"},      {"response", "code"}, {"result", "code"},     {"return", "code"},
     {"source", "code"},      {"state", "code"},    {"status", "code"},     {"type", "code"},
     {"zip", "code"},         {"cache", "key"},     {"foreign", "key"},     {"group", "key"},
     {"index", "key"},        {"order", "key"},     {"partition", "key"},   {"primary", "key"},
     {"public", "key"},       {"sort", "key"},      {"translation", "key"}, {"key", "board"},
     {"key", "word"},         {"pass", "count"},    {"pass", "rate"},       {"pass", "through"},
     {"pass", "thru"},        {"token", "type"},    {"token", "count"},     {"max", "tokens"},
     {"auth", "type"},        {"auth", "method"},   {"key", "id"},          {"key", "name"},
     {"key", "code"},         {"key", "type"},      {"session", "count"},   {"session", "timeout"},
     {"cookies", "accepted"}, {"cookie", "consent"}}};

// Anywhere in a segment: no other word has them.
constexpr std::array<std::string_view, 23> parts{
    "password",      "passwd",         "passphrase",    "passcode",       "passwort",  "credential",
    "authorization", "sessionid",      "sessid",        "accesskey",      "apikey",    "secretkey",
    "privatekey",    "signingkey",     "encryptionkey", "authkey",        "privkey",   "samlresponse",
    "samlrequest",   "securityanswer", "cardnumber",    "recoveryphrase", "seedphrase"};
// At its end ("accesstoken"), and words of their own: "tokenizer" and "secretary" only begin so.
constexpr std::array<std::string_view, 9> endings{"token",   "tokens", "secret", "secrets", "cookie",
                                                  "cookies", "jwt",    "pwd",    "otp"};

// In front of "pass" or "pw" at the end of a segment: "compass" and "bypass" have others.
constexpr std::array<std::string_view, 18> owners{"db",    "user",  "ssl",  "smtp",  "ftp",   "root",
                                                  "admin", "mysql", "pg",   "ldap",  "proxy", "imap",
                                                  "redis", "my",    "mail", "login", "auth",  "sudo"};
// The method by which a challenge was made of a code, and no code.
constexpr std::array<std::string_view, 2> harmlessNames{"code_challenge_method", "codechallengemethod"};

bool isUpper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}
bool isLower(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80u) != 0; // of other letters nothing is known
}

bool isPair(std::string_view first, std::string_view second, const Pair* begin, const Pair* end) noexcept {
    return std::any_of(begin, end, [&](const Pair& pair) { return pair.first == first && pair.second == second; });
}

bool isOwned(std::string_view segment, std::string_view end) noexcept {
    return segment.ends_with(end) &&
           std::find(owners.begin(), owners.end(), segment.substr(0, segment.size() - end.size())) != owners.end();
}

bool holdsSecret(std::string_view segment) noexcept {
    if (segment.size() < 4) return false; // in the list of words, or nothing
    const auto in = [&](std::string_view part) { return segment.find(part) != segment.npos; };
    const auto ends = [&](std::string_view end) { return segment.size() > end.size() && segment.ends_with(end); };
    return std::any_of(parts.begin(), parts.end(), in) || std::any_of(endings.begin(), endings.end(), ends) ||
           isOwned(segment, "pass") || isOwned(segment, "pw");
}

// Asks of each segment, with those beside it; what is passed is in lower case.
class Segments {
public:
    // True when the name is sensitive.
    bool add(std::string_view segment) noexcept {
        if (suspect_ && !isHarmless(last_, segment)) return true;
        if (isPair(last_, segment, pairs.data(), pairs.data() + pairs.size()) || holdsSecret(segment)) return true;
        suspect_ = std::find(words.begin(), words.end(), segment) != words.end() && !isHarmless(last_, segment);
        last_ = segment;
        return false;
    }
    bool end() const noexcept { return suspect_; }

private:
    static bool isHarmless(std::string_view first, std::string_view second) noexcept {
        return isPair(first, second, harmless.data(), harmless.data() + harmless.size());
    }

    std::string_view last_;
    bool suspect_ = false; // the last one is in the list, unless what follows makes it harmless
};

// With or without changes of case: "apiKEY" and "PaSsWoRd" need the one and the other.
bool isSensitive(std::string_view name, std::string_view lower, bool byCase) noexcept {
    Segments segments;
    const auto letter = [&](std::size_t at) { return isUpper(name[at]) || isLower(name[at]); };
    for (std::size_t at = 0; at < name.size();) {
        if (!letter(at)) {
            ++at;
            continue;
        }
        const std::size_t begin = at++;
        while (at < name.size() && letter(at)) {
            const bool begins =
                isUpper(name[at]) &&
                (isLower(name[at - 1]) || (at + 1 < name.size() && isLower(name[at + 1]))); // "HTTPPassword"
            if (byCase && begins) break;
            ++at;
        }
        const std::string_view segment = lower.substr(begin, at - begin);
        const bool isSecond =
            begin > 0 && name[begin - 1] == '2' && (begin < 2 || name[begin - 2] < '0' || name[begin - 2] > '9');
        if (isSecond && (segment == "fa" || segment == "facode" || segment == "fatoken")) return true; // "2FA"
        if (segments.add(segment)) return true;
    }
    return segments.end();
}

bool judge(std::string_view name) noexcept {
    if (name.size() > longest) return true;
    char lower[longest];
    bool mixed = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        mixed |= isUpper(name[i]);
        lower[i] = isUpper(name[i]) ? static_cast<char>(name[i] | 0x20) : name[i];
    }
    const std::string_view folded(lower, name.size());
    if (std::find(harmlessNames.begin(), harmlessNames.end(), folded) != harmlessNames.end()) return false;
    return isSensitive(name, folded, false) || (mixed && isSensitive(name, folded, true));
}

// What a thread has asked of late: log fields and parameters are the same few names all the time.
class Recent {
public:
    bool judged(std::string_view name) noexcept {
        if (name.empty() || name.size() > sizeof Entry::name) return judge(name);
        const auto byte = [name](std::size_t at) { return static_cast<unsigned char>(name[at]); };
        Entry& entry = entries_[(name.size() * 31 + byte(0) * 7 + byte(name.size() / 2) * 3 + byte(name.size() - 1)) %
                                entries_.size()];
        if (entry.size == name.size() && std::memcmp(entry.name, name.data(), name.size()) == 0) return entry.sensitive;
        entry.size = static_cast<unsigned char>(name.size());
        std::memcpy(entry.name, name.data(), name.size());
        return entry.sensitive = judge(name);
    }

private:
    struct Entry {
        unsigned char size = 0;
        bool sensitive = false;
        char name[30];
    };
    std::array<Entry, 64> entries_{};
};

} // namespace

bool isSensitiveName(std::string_view name) noexcept {
    static thread_local constinit Recent recent;
    return recent.judged(name);
}

} // namespace mortise::base
