// SPDX-License-Identifier: Apache-2.0
#include "host/redaction.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {
namespace {

// Names are folded to lower case letters and digits; a name is secret when it contains one of the first list or equals
// one of the second.
constexpr std::array<std::string_view, 15> secretParts{
    "passw",  "passphrase", "passcode",      "secret",    "token",      "apikey",     "cookie",       "credential",
    "sessid", "sessionid",  "authorization", "accesskey", "privatekey", "signingkey", "encryptionkey"};
constexpr std::array<std::string_view, 24> secretNames{
    "auth", "pwd", "pass", "jwt",     "key",     "sig",     "signature", "code",    "session",   "sid", "otp", "totp",
    "hotp", "mfa", "pin",  "pincode", "otpcode", "mfacode", "bearer",    "authkey", "assertion", "ssn", "cvv", "cvc"};
constexpr std::size_t longestName = 64; // folded; a longer one may hide anything

} // namespace

bool isSecretName(std::string_view name) noexcept {
    char folded[longestName];
    std::size_t size = 0;
    for (const char c : name) {
        if (c == '_' || c == '-' || c == '.') continue;
        if (size == longestName) return true;
        folded[size++] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    const std::string_view word(folded, size);
    if (word.size() < 3) return false;
    for (const std::string_view part : secretParts)
        if (word.find(part) != std::string_view::npos) return true;
    for (const std::string_view whole : secretNames)
        if (word == whole) return true;
    return false;
}

std::string_view redactTarget(std::string_view target, std::string& storage) {
    const std::size_t question = std::min(target.find('?'), target.size());
    bool found = false;
    std::size_t copied = 0;
    // Userinfo, also where no valid target has any. To the last '@': a password may hold unencoded '/' and '@'.
    if (const std::size_t sign = target.substr(0, question).rfind('@');
        sign != std::string_view::npos && target.front() != '/') {
        const std::size_t scheme = target.substr(0, sign).find("://");
        storage.assign(target.substr(0, scheme == std::string_view::npos ? 0 : scheme + 3)).append(redactedText);
        found = true;
        copied = sign;
    }
    std::size_t at = question + 1;
    while (at < target.size()) {
        std::size_t end = target.find('&', at);
        if (end == std::string_view::npos) end = target.size();
        const std::size_t equals = target.substr(at, end - at).find('=');
        // An escaped name could hide a secret one: its value goes too.
        const std::string_view name = target.substr(at, equals == std::string_view::npos ? end - at : equals);
        if (equals != std::string_view::npos && (isSecretName(name) || name.find('%') != std::string_view::npos)) {
            if (!found) storage.clear();
            found = true;
            storage.append(target.substr(copied, at + equals + 1 - copied)).append(redactedText);
            copied = end;
        }
        at = end + 1;
    }
    if (!found) return target;
    storage.append(target.substr(copied));
    return storage;
}

} // namespace mortise::host
