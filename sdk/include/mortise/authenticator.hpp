// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/challenge.hpp>
#include <mortise/request.hpp>
#include <mortise/service/authenticator.h>
#include <mortise/service/routes.h>

#include <initializer_list>

namespace mortise {
inline namespace v1 {

// An authenticator's turn: exactly one of accept, reject and missing, before it returns. Everything is copied. Throws
// Invalid for a second one, Absent under a host that is older than they are.
class Verdict {
public:
    Verdict(const Request& request, std::uint32_t need) noexcept : request_(request), need_(need) {}
    Verdict(const Verdict&) = delete;
    Verdict& operator=(const Verdict&) = delete;

    // False: a missing credential means nobody, a bad one is rejected all the same.
    bool required() const noexcept { return need_ == MORTISE_AUTHENTICATION_REQUIRED; }

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
    bool decided() const noexcept { return decided_; }

private:
    template<class Call, class... Given>
    void decide(const char* name, Call mortise_exchange_table::*call, Given... given) {
        if (decided_) throw Invalid("an authenticator comes to one verdict");
        const auto& service = request_.runtime().exchange;
        if (service.table.*call == nullptr) throw Absent(std::string(name) + " of " MORTISE_EXCHANGE_SERVICE);
        decided_ = true;
        const mortise_status status = (service.table.*call)(service.self, request_.exchange(), given...);
        // Too late: the host has ended the request, and nobody needs the verdict.
        if (status != MORTISE_STALE) detail::raise(status, name);
    }

    const Request& request_;
    std::uint32_t need_;
    bool decided_ = false;
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
    // As placed, concurrently. Makes one call on `verdict`. Throws Busy, before that, to be called again on a worker.
    virtual void authenticate(Request& request, Verdict& verdict) = 0;
};

} // namespace v1
} // namespace mortise
