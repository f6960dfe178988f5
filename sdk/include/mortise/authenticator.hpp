// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/request.hpp>
#include <mortise/service/authenticator.h>
#include <mortise/service/routes.h>

#include <initializer_list>

namespace mortise {
inline namespace v1 {

// Where an authenticator leaves its verdict: exactly one call. Everything is copied.
class Verdict {
public:
    explicit Verdict(const mortise_authentication& raw) noexcept : raw_(raw) {}

    // False: a missing credential means nobody, a bad one is refused all the same.
    bool required() const noexcept { return raw_.need == MORTISE_AUTHENTICATION_REQUIRED; }

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
        decided_ = true;
        raw_.accept(raw_.context, &principal);
    }
    // 401; `challenge` is the value of WWW-Authenticate.
    void reject(std::string_view sentence, std::string_view challenge = "Bearer") {
        decided_ = true;
        raw_.reject(raw_.context, view(sentence), view(challenge));
    }
    // No credential was offered.
    void missing(std::string_view sentence, std::string_view challenge = "Bearer") {
        decided_ = true;
        raw_.missing(raw_.context, view(sentence), view(challenge));
    }
    bool decided() const noexcept { return decided_; }

private:
    const mortise_authentication& raw_;
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
    // As placed, concurrently. Makes one call on `verdict`. Throws Busy to be called again on a worker.
    virtual void authenticate(Request& request, Verdict& verdict) = 0;
};

} // namespace v1
} // namespace mortise
