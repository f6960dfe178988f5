// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/callback.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/service/password.h>
#include <mortise/turn.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// What became of Passwords::hash.
struct HashResult {
    mortise_status status = MORTISE_ERROR;
    std::string hash; // "$2b$…"
    bool ok() const noexcept { return status == MORTISE_OK; }
};

// What became of Passwords::hashAll.
struct HashAllResult {
    mortise_status status = MORTISE_ERROR;
    std::vector<std::string> hashes; // in the order of the passwords
    bool ok() const noexcept { return status == MORTISE_OK; }
    bool cancelled() const noexcept { return status == MORTISE_STALE; } // the request has ended, or its client left
};

// What became of Passwords::verify.
struct VerifyResult {
    mortise_status status = MORTISE_ERROR;
    std::string
        renewed; // when not empty: it matched, and this hash is to be stored instead of the one given, a cheaper one
    bool matches() const noexcept { return status == MORTISE_OK; }
    // The stored hash is none, or its cost is above costLimit().
    bool unusable() const noexcept { return status == MORTISE_INVALID; }
    bool failed() const noexcept {
        return !matches() && !unusable() && status != MORTISE_UNAUTHORIZED;
    } // neither yes nor no
};

// mortise.password/1: bcrypt in a pool of its own, at server.password_cost. Calls return at once; `done` runs exactly
// once on a worker. All throw Busy when the queue is full, and then `done` never runs. Inputs are copied and wiped.
class Passwords {
public:
    static constexpr std::size_t maxBytes = MORTISE_PASSWORD_MAX_BYTES;
    static constexpr std::size_t maxCount = MORTISE_PASSWORD_MAX_COUNT;

    explicit Passwords(const detail::Runtime& runtime) noexcept
        : runtime_(&runtime),
          service_(detail::resolve<mortise_password_table>(runtime.host, MORTISE_PASSWORD_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // The highest cost of a hash that can verify a password.
    unsigned costLimit() const {
        if (service_.table.cost_limit == nullptr) throw Absent(MORTISE_PASSWORD_SERVICE);
        return service_.table.cost_limit(service_.self);
    }
    // done(HashResult). Throws Invalid for more than maxBytes or U+0000.
    template<class Done>
    void hash(std::string_view password, Done&& done) const {
        if (service_.table.hash == nullptr) throw Absent(MORTISE_PASSWORD_SERVICE);
        auto callback = detail::makeCallback(*runtime_, std::forward<Done>(done));
        using Box = typename decltype(callback)::element_type;
        const mortise_status status = service_.table.hash(service_.self, view(password), serversCost, &hashed<Box>,
                                                          callback.get(), &Box::release);
        take(status, callback);
    }
    // done(HashAllResult), of 1 to maxCount passwords, on behalf of the turn's request. They step back behind all that
    // is hashed and verified one by one, and end with the request. Throws Invalid as hash().
    template<class Done>
    void hashAll(Turn turn, const std::vector<std::string_view>& passwords, Done&& done) const {
        if (service_.table.hash_all == nullptr) throw Absent("hash_all of " MORTISE_PASSWORD_SERVICE);
        std::vector<mortise_view> views;
        views.reserve(passwords.size());
        for (const std::string_view password : passwords) views.push_back(view(password));
        auto callback = detail::makeCallback(*runtime_, std::forward<Done>(done));
        using Box = typename decltype(callback)::element_type;
        const mortise_status status = service_.table.hash_all(service_.self, turn.handle(), views.data(),
                                                              static_cast<std::uint32_t>(views.size()), serversCost,
                                                              &hashedAll<Box>, callback.get(), &Box::release);
        take(status, callback);
    }
    // done(VerifyResult). What does not match takes the same work, whatever the reason: an empty `hash` (an unknown
    // user), one that is unusable or was made at a lower cost or one above costLimit(), a password that breaks the
    // rules.
    template<class Done>
    void verify(std::string_view password, std::string_view hash, Done&& done) const {
        if (service_.table.verify == nullptr) throw Absent(MORTISE_PASSWORD_SERVICE);
        auto callback = detail::makeCallback(*runtime_, std::forward<Done>(done));
        using Box = typename decltype(callback)::element_type;
        const mortise_status status = service_.table.verify(service_.self, view(password), view(hash), serversCost,
                                                            &verified<Box>, callback.get(), &Box::release);
        take(status, callback);
    }

private:
    static constexpr std::uint32_t serversCost = 0;

    template<class Box>
    static void hashed(void* context, mortise_status status, mortise_view hash) {
        detail::guardQuietly(
            [&] {
                Box::run(context, HashResult{detail::peerStatus(status), std::string(text(hash))});
            },
            [](std::string_view) {});
    }
    template<class Box>
    static void hashedAll(void* context, mortise_status status, const mortise_view* hashes, std::uint32_t count) {
        detail::guardQuietly(
            [&] {
                HashAllResult result{detail::peerStatus(status, MORTISE_STALE), {}};
                result.hashes.reserve(count);
                for (std::uint32_t i = 0; i < count; ++i) result.hashes.emplace_back(text(hashes[i]));
                Box::run(context, std::move(result));
            },
            [](std::string_view) {});
    }
    template<class Box>
    static void verified(void* context, mortise_status status, mortise_view renewed) {
        detail::guardQuietly(
            [&] {
                Box::run(context, VerifyResult{detail::peerStatus(status, MORTISE_UNAUTHORIZED, MORTISE_INVALID),
                                               std::string(text(renewed))});
            },
            [](std::string_view) {});
    }
    // Taken: the callback belongs to the host now. Refused: it is destroyed here.
    template<class Pointer>
    static void take(mortise_status status, Pointer& callback) {
        const mortise_status known = detail::peerStatus(status, MORTISE_PENDING, MORTISE_BUSY, MORTISE_INVALID);
        if (known >= 0)
            static_cast<void>(callback.release());
        else
            detail::raise(known, MORTISE_PASSWORD_SERVICE);
    }

    const detail::Runtime* runtime_;
    detail::Service<mortise_password_table> service_;
};

inline Passwords PluginBase::passwords() const noexcept {
    return Passwords(runtime_);
}

} // namespace v1
} // namespace mortise
