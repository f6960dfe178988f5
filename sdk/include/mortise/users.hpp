// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/date_time.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/profile.hpp>
#include <mortise/service/users.h>
#include <mortise/turn.hpp>

#include <exception>
#include <optional>

namespace mortise {
inline namespace v1 {

// A user as mortise.users/1 gives it. The hash comes from look-ups by address only.
struct UserRecord {
    std::string id, name, email, role, passwordHash;
    DateTime createdAt;
    std::int64_t tokenEpoch = 0; // one more with every change of the password: tokens of another epoch are void
};

// A user who is made. Borrowed.
struct NewUserRecord {
    std::string_view name, email, passwordHash;
    std::optional<NewProfile> profile = {};
};

// mortise.users/1 for plugins that need users. An absent service finds nobody, and create throws Absent. Views in
// visits are borrowed for the call. Throws Busy, Error.
class Users {
public:
    static constexpr const char* serviceId = MORTISE_USERS_SERVICE;

    Users() = default;
    explicit Users(const mortise_host* host) noexcept
        : service_(detail::resolve<mortise_users_table>(host, serviceId)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }
    // False: the provider keeps none, or is older than they are; all of them read as 0.
    bool keepsTokenEpochs() const noexcept { return service_.table.renew_password_hash != nullptr; }

    // [loop] where reads are placed there, else [worker]. visit(const mortise_user&); false: nobody.
    template<class Visit>
    bool visitById(std::string_view id, Visit&& visit) const {
        if (service_.table.find_by_id == nullptr) return false;
        Once<std::remove_reference_t<Visit>> once{&visit, nullptr};
        detail::ErrorText error;
        return finish(service_.table.find_by_id(service_.self, view(id), &once.call, &once, error.raw()), once.failure,
                      error, "find_by_id");
    }
    std::optional<UserRecord> findById(std::string_view id) const {
        std::optional<UserRecord> found;
        visitById(id, [&](const mortise_user& user) { found = copy(user); });
        return found;
    }
    // [worker] By the ASCII-lowered form.
    std::optional<UserRecord> findByEmail(std::string_view email) const {
        std::optional<UserRecord> found;
        if (service_.table.find_by_email == nullptr) return found;
        auto visit = [&](const mortise_user& user) { found = copy(user); };
        Once<decltype(visit)> once{&visit, nullptr};
        detail::ErrorText error;
        finish(service_.table.find_by_email(service_.self, view(email), &once.call, &once, error.raw()), once.failure,
               error, "find_by_email");
        return found;
    }
    // [worker] Durable when it returns (inside a body of Database::transact: with that, on behalf of its turn). Throws
    // UniqueConflict when the address is taken, Stale when the host has ended the request. All of it is validated.
    UserRecord create(Turn turn, const NewUserRecord& user) const {
        if (service_.table.create == nullptr) throw Absent(serviceId);
        mortise_profile profile = MORTISE_INIT(mortise_profile);
        mortise_new_user raw = MORTISE_INIT(mortise_new_user);
        raw.name = view(user.name);
        raw.email = view(user.email);
        raw.password_hash = view(user.passwordHash);
        if (user.profile) {
            raw.profile = &profile;
            if (user.profile->bio) profile.flags |= MORTISE_PROFILE_BIO;
            if (user.profile->avatar) profile.flags |= MORTISE_PROFILE_AVATAR;
            profile.bio = view(user.profile->bio.value_or(std::string_view()));
            profile.avatar = view(user.profile->avatar.value_or(std::string_view()));
        }
        UserRecord made;
        auto visit = [&](const mortise_user& found) { made = copy(found); };
        Once<decltype(visit)> once{&visit, nullptr};
        detail::ErrorText error;
        finish(service_.table.create(service_.self, turn.handle(), &raw, &once.call, &once, error.raw()), once.failure,
               error, "create");
        return made;
    }

    static UserRecord copy(const mortise_user& user) {
        return {std::string(text(user.id)),
                std::string(text(user.name)),
                std::string(text(user.email)),
                std::string(text(user.role)),
                std::string(text(user.password_hash)),
                DateTime{user.created_ms},
                user.token_epoch};
    }

    // [worker] Stores `passwordHash`, of another password, in the place of `expected`, durable as with create, and the
    // user's next token epoch. False: there is no such user, its hash is another one by now, or the provider is older
    // than this call. With `expected` again nothing of the user changes, and in a transaction nobody else changes the
    // hash before its end.
    bool setPasswordHash(Turn turn, std::string_view id, std::string_view expected,
                         std::string_view passwordHash) const {
        if (service_.table.set_password_hash == nullptr) return false;
        detail::ErrorText error;
        return finish(service_.table.set_password_hash(service_.self, turn.handle(), view(id), view(expected),
                                                       view(passwordHash), error.raw()),
                      nullptr, error, "set_password_hash");
    }
    // [worker] The same for another hash of the same password: the token epoch stays.
    bool renewPasswordHash(Turn turn, std::string_view id, std::string_view expected,
                           std::string_view passwordHash) const {
        if (service_.table.renew_password_hash == nullptr) return setPasswordHash(turn, id, expected, passwordHash);
        detail::ErrorText error;
        return finish(service_.table.renew_password_hash(service_.self, turn.handle(), view(id), view(expected),
                                                         view(passwordHash), error.raw()),
                      nullptr, error, "renew_password_hash");
    }

private:
    template<class Visit>
    struct Once {
        Visit* visit;
        std::exception_ptr failure;
        static void call(void* context, const mortise_user* user) {
            auto& self = *static_cast<Once*>(context);
            try {
                (*self.visit)(detail::adopt<mortise_user>(user));
            } catch (...) {
                self.failure = std::current_exception();
            }
        }
    };
    static bool finish(mortise_status status, const std::exception_ptr& failure, const detail::ErrorText& error,
                       const char* what) {
        if (failure) std::rethrow_exception(failure);
        if (status == MORTISE_ABSENT) return false;
        detail::raise(status, what, error);
        return true;
    }

    detail::Service<mortise_users_table> service_;
};

} // namespace v1
} // namespace mortise
