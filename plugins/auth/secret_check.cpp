// SPDX-License-Identifier: Apache-2.0
#include "secret_check.hpp"

#include "ascii_case.hpp"

#include <array>
#include <bitset>
#include <cstdlib>

namespace auth {
namespace {

/// Fewer distinct bytes than any 32 random hexadecimal digits show, but for one in a billion.
constexpr std::size_t minimumDistinctBytes = 6;

/// Parts of secrets that documentation and templates are full of.
constexpr std::array<std::string_view, 10> sampleParts{"changeme",       "change-me",   "change_me",   "change-this",
                                                       "change_this",    "your-secret", "your_secret", "your-super-",
                                                       "change-in-prod", "replace-me"};

constexpr std::array<std::string_view, 3> sampleBeginnings{"secret", "password", "supersecret"};

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = asciiLower(c);
    return result;
}

bool repeats(std::string_view text) noexcept {
    for (std::size_t period = 1; period <= text.size() / 2; ++period) {
        if (text.substr(period) == text.substr(0, text.size() - period)) return true;
    }
    return false;
}

/// "abcdefghij…", "0123456789…": most bytes are next to the one before.
bool counts(std::string_view text) noexcept {
    std::size_t steps = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const int step = static_cast<unsigned char>(text[i]) - static_cast<unsigned char>(text[i - 1]);
        if (std::abs(step) <= 1) ++steps;
    }
    return steps * 4 >= (text.size() - 1) * 3;
}

bool isSample(const std::string& text) noexcept {
    for (const std::string_view part : sampleParts) {
        if (text.find(part) != std::string::npos) return true;
    }
    for (const std::string_view beginning : sampleBeginnings) {
        if (text.compare(0, beginning.size(), beginning) == 0) return true;
    }
    return false;
}

} // namespace

std::optional<std::string> secretFault(std::string_view secret) {
    if (secret.size() < minimumSecretSize) {
        return "is " + std::to_string(secret.size()) + " bytes long; at least " + std::to_string(minimumSecretSize) +
               " are needed (for example: openssl rand -base64 48)";
    }
    std::bitset<256> bytes;
    for (const char c : secret) bytes.set(static_cast<unsigned char>(c));
    if (bytes.count() < minimumDistinctBytes)
        return "is weak: it has only " + std::to_string(bytes.count()) + " distinct bytes";
    if (repeats(secret)) return "is weak: it repeats a short text";
    if (counts(secret)) return "is weak: it is a simple sequence";
    if (isSample(lowered(secret))) return "is weak: it is a sample from documentation";
    return std::nullopt;
}

} // namespace auth
