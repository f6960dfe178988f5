// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/challenge.hpp>
#include <mortise/detail/extensions.hpp>
#include <mortise/guard.hpp>
#include <mortise/request.hpp>
#include <mortise/service/authenticator.h>
#include <mortise/service/routes.h>

#include <initializer_list>

namespace mortise {
inline namespace v1 {

// An authenticator's turn: exactly one of accept, reject and missing. Everything is copied. Throws Invalid for a second
// one, Absent under a host that is older than they are. Move-only. Any thread.
class Verdict {
public:
    Verdict(const detail::Runtime& runtime, mortise_exchange exchange, std::uint32_t need) noexcept
        : runtime_(&runtime), exchange_(exchange), need_(need) {}
    Verdict(Verdict&& other) noexcept
        : runtime_(other.runtime_), exchange_(other.exchange_), need_(other.need_), state_(other.state_) {
        other.state_ = State::moved;
    }
    Verdict& operator=(Verdict&&) = delete;
    Verdict(const Verdict&) = delete;
    Verdict& operator=(const Verdict&) = delete;
    // Of one that was kept: without a verdict the client gets 500.
    ~Verdict() {
        if (state_ == State::kept && runtime_->exchange.table.abandon != nullptr)
            runtime_->exchange.table.abandon(runtime_->exchange.self, exchange_);
    }

    // False: a missing credential means nobody, a bad one is rejected all the same.
    bool required() const noexcept { return need_ == MORTISE_AUTHENTICATION_REQUIRED; }

    // To come to the verdict later, also before authenticate() has returned. Once; this one is done with then.
    Verdict later() {
        if (state_ != State::open) throw Invalid("an authenticator comes to one verdict");
        state_ = State::deferred;
        Verdict kept(*runtime_, exchange_, need_);
        kept.state_ = State::kept;
        return kept;
    }

    void accept(std::string_view id, std::initializer_list<std::string_view> roles = {}, std::string_view name = {}) {
        mortise_view rawRoles[8];
        std::uint32_t count = 0;
        for (const std::string_view role : roles)
            if (count < 8 && !role.empty()) rawRoles[count++] = view(role);
        mortise_principal principal{};
        principal.struct_size = sizeof principal;
        principal.role_count = count;
        principal.id = view(id);
        principal.roles = rawRoles;
        principal.name = view(name);
        decide("accept", &mortise_exchange_table::accept, &principal);
    }
    // A credential was offered and is not good. 401; `challenge` is the value of WWW-Authenticate.
    void reject(std::string_view message, std::string_view challenge = invalidTokenChallenge) {
        decide("reject", &mortise_exchange_table::reject, view(message), view(challenge));
    }
    // No credential was offered.
    void missing(std::string_view message, std::string_view challenge = bearerChallenge) {
        decide("missing", &mortise_exchange_table::missing, view(message), view(challenge));
    }
    bool decided() const noexcept { return state_ == State::decided; }
    bool deferred() const noexcept { return state_ == State::deferred; }
    // True when the client is gone or the request has ended. Only informs: a verdict is still owed.
    bool cancelled() const noexcept {
        const auto& service = runtime_->exchange;
        return service.table.cancelled != nullptr && service.table.cancelled(service.self, exchange_) != 0;
    }
    mortise_exchange exchange() const noexcept { return exchange_; }

private:
    enum class State : std::uint8_t { open, kept, deferred, decided, moved };

    template<class Call, class... Given>
    void decide(const char* name, Call mortise_exchange_table::*call, Given... given) {
        if (state_ != State::open && state_ != State::kept) throw Invalid("an authenticator comes to one verdict");
        const auto& service = runtime_->exchange;
        if (service.table.*call == nullptr) throw Absent(std::string(name) + " of " MORTISE_EXCHANGE_SERVICE);
        const State before = state_;
        state_ = State::decided;
        const mortise_status status = (service.table.*call)(service.self, exchange_, given...);
        if (status == MORTISE_INVALID) state_ = before; // nothing was done
        // Too late: the host has ended the request, and nobody needs the verdict.
        if (status != MORTISE_STALE) detail::raise(status, name);
    }

    const detail::Runtime* runtime_;
    mortise_exchange exchange_;
    std::uint32_t need_;
    State state_ = State::open;
};

// For a plugin to derive from: mortise.plugin.authenticator/1.
class Authenticator {
public:
    enum class Placement : std::uint32_t {
        worker = MORTISE_PLACEMENT_WORKER,
        loop = MORTISE_PLACEMENT_LOOP,                  // never blocks
        databaseRead = MORTISE_PLACEMENT_DATABASE_READ, // short reads only
    };

    virtual ~Authenticator() = default;
    // [control] After configure: where authenticate may run.
    virtual Placement authenticatorPlacement() const { return Placement::databaseRead; }
    // As placed, concurrently. Makes one call on `verdict`, or keeps verdict.later() and returns. Throws Busy, before
    // that, to be called again on a worker.
    virtual void authenticate(Request& request, Verdict& verdict) = 0;
};

namespace detail {

template<class T>
struct InterfaceId<Authenticator, T> {
    static constexpr std::string_view value = MORTISE_AUTHENTICATOR_EXTENSION;
};

// T is the author's class; `self` is a T*.
template<class T>
mortise_status authenticate(const Runtime& runtime, void* self, mortise_exchange exchange, const mortise_request* raw,
                            const mortise_authentication* peer) noexcept {
    const mortise_authentication asked = adopt<mortise_authentication>(peer);
    ErrorText error;
    Request request(runtime, exchange, *raw);
    Verdict verdict(runtime, exchange, asked.need);
    mortise_status status = guard(error.raw(), [&]() -> mortise_status {
        as<Authenticator, T>(self).authenticate(request, verdict);
        if (verdict.deferred()) return MORTISE_PENDING;
        if (!verdict.decided()) throw Error("authenticate() came to no verdict");
        return MORTISE_OK;
    });
    // Called again it would come to a second verdict.
    if (status == MORTISE_BUSY && (verdict.decided() || verdict.deferred())) status = MORTISE_ERROR;
    if (status < 0 && status != MORTISE_BUSY) runtime.complain("Authentication failed", error.text(), exchange);
    return status;
}

template<class T, Runtime& (*RuntimeOf)(void* self) noexcept>
const mortise_plugin_authenticator* authenticatorTable(void* self) noexcept {
    static constexpr auto call = [](void* s, mortise_exchange exchange, const mortise_request* request,
                                    const mortise_authentication* authentication) {
        return authenticate<T>(RuntimeOf(s), s, exchange, request, authentication);
    };
    // One table a placement: the choice is the instance's, the tables are constant.
    static constexpr mortise_plugin_authenticator tables[] = {
        {sizeof(mortise_plugin_authenticator), MORTISE_PLACEMENT_WORKER, call},
        {sizeof(mortise_plugin_authenticator), MORTISE_PLACEMENT_LOOP, call},
        {sizeof(mortise_plugin_authenticator), MORTISE_PLACEMENT_DATABASE_READ, call},
    };
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    guardQuietly([&] { placement = static_cast<std::uint32_t>(as<Authenticator, T>(self).authenticatorPlacement()); },
                 [&](std::string_view reason) { RuntimeOf(self).complain("authenticatorPlacement threw", reason); });
    return &tables[placement];
}

} // namespace detail
} // namespace v1
} // namespace mortise
