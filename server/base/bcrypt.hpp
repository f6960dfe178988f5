// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct crypt_data;

namespace mortise::base {

// What bcrypt itself would do silently and we refuse: it ignores bytes past the 72nd, and a NUL ends its input.
enum class PasswordRefusal { tooLong, containsNul };

enum class PasswordVerdict { match, mismatch, unusableHash };

// bcrypt by libxcrypt. Owns the 32 KiB a computation works in, cleared after each: one object per hashing thread,
// reused. A call at cost 10 takes some 60 ms of CPU; each step of cost doubles it.
class Bcrypt {
public:
    static constexpr unsigned minimumCost = 4;
    static constexpr unsigned maximumCost = 15;
    static constexpr unsigned defaultCost = 10;
    static constexpr std::size_t maximumPasswordBytes = 72;

    Bcrypt();

    // Why this password cannot be hashed; no work is done.
    static std::optional<PasswordRefusal> refusal(std::string_view password) noexcept;

    // A new `$2b$` hash (60 characters) under a fresh salt. Throws std::invalid_argument for a refused password or a
    // cost out of range (ask first), std::runtime_error when libxcrypt fails.
    std::string hash(std::string_view password, unsigned cost = defaultCost);

    // Takes `$2b$`, `$2a$` and `$2y$` hashes. The work depends only on the hash: a refused password costs as much as a
    // wrong one and is a mismatch. `unusableHash` (malformed, or a cost over the maximum) is told at once and means
    // that the stored row is damaged.
    PasswordVerdict verify(std::string_view password, std::string_view hash);

    // A hash no password matches, to verify against for an account that does not exist. Throws std::invalid_argument
    // for a cost out of range.
    static std::string dummyHash(unsigned cost = defaultCost);
    // The cost a hash was made with; nothing when the hash is unusable. To hash anew after a login when the setting
    // rose.
    static std::optional<unsigned> costOf(std::string_view hash) noexcept;

private:
    struct Clear {
        void operator()(crypt_data* data) const noexcept;
    };
    std::string compute(std::string_view password, const char* setting);

    std::unique_ptr<crypt_data, Clear> data_;
};

} // namespace mortise::base
