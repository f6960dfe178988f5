// SPDX-License-Identifier: Apache-2.0
#include "base/bcrypt.hpp"

#include "base/constant_time.hpp"
#include "base/random.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mortise::base {

namespace {

constexpr std::size_t hashBytes = 60;    // "$2b$10$", 22 characters of salt, 31 of digest
constexpr std::size_t settingBytes = 29; // as far as the salt
constexpr std::size_t versionAt = 2;     // 'a', 'b' or 'y'
constexpr std::size_t costAt = 4;
constexpr std::size_t saltAt = 7;
constexpr int saltRawBytes = 16;

// Hashed in place of a refused password, so that refusing takes as long as comparing.
constexpr std::string_view substitute = "a password that was refused";

bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool isBcryptBase64(char c) noexcept {
    return c == '.' || c == '/' || isDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void checkCost(unsigned cost) {
    if (cost < Bcrypt::minimumCost || cost > Bcrypt::maximumCost)
        throw std::invalid_argument("bcrypt: cost out of range");
}

std::string settingPrefix(unsigned cost) {
    return {'$', '2', 'b', '$', static_cast<char>('0' + cost / 10), static_cast<char>('0' + cost % 10), '$'};
}

} // namespace

void Bcrypt::Clear::operator()(crypt_data* data) const noexcept {
    OPENSSL_cleanse(data, sizeof *data);
    delete data;
}

Bcrypt::Bcrypt() : data_(new crypt_data{}) {}

std::optional<PasswordRefusal> Bcrypt::refusal(std::string_view password) noexcept {
    if (password.size() > maximumPasswordBytes) return PasswordRefusal::tooLong;
    if (password.find('\0') != std::string_view::npos) return PasswordRefusal::containsNul;
    return std::nullopt;
}

std::optional<unsigned> Bcrypt::costOf(std::string_view hash) noexcept {
    if (hash.size() != hashBytes || hash.substr(0, 2) != "$2" || hash[3] != '$' || hash[6] != '$') return std::nullopt;
    if (hash[versionAt] != 'a' && hash[versionAt] != 'b' && hash[versionAt] != 'y') return std::nullopt;
    if (!isDigit(hash[costAt]) || !isDigit(hash[costAt + 1])) return std::nullopt;
    if (!std::all_of(hash.begin() + saltAt, hash.end(), isBcryptBase64)) return std::nullopt;
    const unsigned cost = static_cast<unsigned>((hash[costAt] - '0') * 10 + (hash[costAt + 1] - '0'));
    if (cost < minimumCost || cost > maximumCost) return std::nullopt;
    return cost;
}

std::string Bcrypt::hash(std::string_view password, unsigned cost) {
    if (refusal(password)) throw std::invalid_argument("bcrypt: refused password");
    checkCost(cost);
    std::array<char, saltRawBytes> salt;
    fillRandom(salt.data(), salt.size());
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting;
    if (crypt_gensalt_rn("$2b$", cost, salt.data(), saltRawBytes, setting.data(), static_cast<int>(setting.size())) ==
        nullptr) {
        throw std::runtime_error("bcrypt: libxcrypt made no salt");
    }
    std::string made = compute(password, setting.data());
    if (made.empty()) throw std::runtime_error("bcrypt: libxcrypt failed");
    return made;
}

PasswordVerdict Bcrypt::verify(std::string_view password, std::string_view hash) {
    if (!costOf(hash)) return PasswordVerdict::unusableHash;
    const bool refused = refusal(password).has_value();
    // Below 73 bytes the three versions compute the same; libxcrypt adds a countermeasure to `$2a$` that would turn
    // away some passwords beyond ASCII, so every hash is checked as `$2b$`.
    std::string setting(hash.substr(0, settingBytes));
    setting[versionAt] = 'b';
    const std::string computed = compute(refused ? substitute : password, setting.c_str());
    if (computed.size() != hashBytes) return PasswordVerdict::unusableHash;
    // The salt is left out: its last character has spare bits, which some implementations keep and libxcrypt clears.
    const bool equal = constantTimeEqual(std::string_view(computed).substr(settingBytes), hash.substr(settingBytes));
    return equal && !refused ? PasswordVerdict::match : PasswordVerdict::mismatch;
}

std::string Bcrypt::dummyHash(unsigned cost) {
    checkCost(cost);
    // Salt and digest were drawn at random: nobody knows a password for them.
    return settingPrefix(cost) + "xgJoHG89WbQBSP7osH.Dfu.L3haknIBorRUj32Qzsl6TijpkmaHHo";
}

std::string Bcrypt::compute(std::string_view password, const char* setting) {
    std::array<char, maximumPasswordBytes + 1> phrase{};
    std::copy(password.begin(), password.end(), phrase.begin());
    const char* const made = crypt_rn(phrase.data(), setting, data_.get(), static_cast<int>(sizeof *data_));
    std::string copy = made == nullptr ? std::string() : std::string(made);
    OPENSSL_cleanse(phrase.data(), phrase.size());
    OPENSSL_cleanse(data_.get(), sizeof *data_); // as new: crypt_rn wants it zeroed
    return copy;
}

} // namespace mortise::base
