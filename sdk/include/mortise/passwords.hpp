// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/callback.hpp>

namespace mortise {
inline namespace v1 {

// What became of Passwords::hash.
struct HashResult {
    mortise_status status = MORTISE_ERROR;
    std::string hash; // "$2b$…"
    bool ok() const noexcept { return status == MORTISE_OK; }
};

// What became of Passwords::verify.
struct VerifyResult {
    mortise_status status = MORTISE_ERROR;
    std::string
        renewed; // when not empty: it matched, and this hash is to be stored instead of the one given, a cheaper one
    bool matches() const noexcept { return status == MORTISE_OK; }
    bool unusable() const noexcept { return status == MORTISE_INVALID; } // the stored hash is none
    bool failed() const noexcept {
        return !matches() && !unusable() && status != MORTISE_UNAUTHORIZED;
    } // neither yes nor no
};

// mortise.password/1: bcrypt in a pool of its own, at server.password_cost. Calls return at once; `done` runs exactly
// once on a worker. Both throw Busy when the queue is full, and then `done` never runs. Inputs are copied and wiped.
class Passwords {
public:
    static constexpr std::size_t maxBytes = MORTISE_PASSWORD_MAX_BYTES;

    explicit Passwords(const detail::Runtime& runtime) noexcept : runtime_(&runtime) {}

    explicit operator bool() const noexcept { return static_cast<bool>(runtime_->password); }

    // done(HashResult). Throws Invalid for more than maxBytes or U+0000.
    template<class Done>
    void hash(std::string_view password, Done&& done) const {
        const auto& service = runtime_->password;
        if (service.table.hash == nullptr) throw Absent(MORTISE_PASSWORD_SERVICE);
        auto callback = detail::makeCallback(*runtime_, std::forward<Done>(done));
        using Box = typename decltype(callback)::element_type;
        const mortise_status status =
            service.table.hash(service.self, view(password), serversCost, &hashed<Box>, callback.get(), &Box::release);
        take(status, callback);
    }
    // done(VerifyResult). What does not match takes the same work, whatever the reason: an empty `hash` (an unknown
    // user), one that is unusable or was made at a lower cost, a password that breaks the rules.
    template<class Done>
    void verify(std::string_view password, std::string_view hash, Done&& done) const {
        const auto& service = runtime_->password;
        if (service.table.verify == nullptr) throw Absent(MORTISE_PASSWORD_SERVICE);
        auto callback = detail::makeCallback(*runtime_, std::forward<Done>(done));
        using Box = typename decltype(callback)::element_type;
        const mortise_status status = service.table.verify(service.self, view(password), view(hash), serversCost,
                                                           &verified<Box>, callback.get(), &Box::release);
        take(status, callback);
    }

private:
    static constexpr std::uint32_t serversCost = 0;

    template<class Box>
    static void hashed(void* context, mortise_status status, mortise_view hash) {
        detail::guardQuietly(
            [&] {
                Box::run(context, HashResult{status, std::string(text(hash))});
            },
            [](std::string_view) {});
    }
    template<class Box>
    static void verified(void* context, mortise_status status, mortise_view renewed) {
        detail::guardQuietly(
            [&] {
                Box::run(context, VerifyResult{status, std::string(text(renewed))});
            },
            [](std::string_view) {});
    }
    // Taken: the callback belongs to the host now. Refused: it is destroyed here.
    template<class Pointer>
    static void take(mortise_status status, Pointer& callback) {
        if (status == MORTISE_PENDING || status == MORTISE_OK)
            static_cast<void>(callback.release());
        else
            detail::raise(status < 0 ? status : MORTISE_ERROR, MORTISE_PASSWORD_SERVICE);
    }

    const detail::Runtime* runtime_;
};

} // namespace v1
} // namespace mortise
