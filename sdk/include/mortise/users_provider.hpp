// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/users.h>
#include <mortise/turn.hpp>
#include <mortise/users.hpp>

namespace mortise {
inline namespace v1 {

// Where a UsersProvider gives the one user it found or made. Views are read before the call returns.
class UserVisitor {
public:
    UserVisitor(mortise_user_visitor visit, void* context) noexcept : visit_(visit), context_(context) {}

    void operator()(const mortise_user& user) const { visit_(context_, &user); }
    // A UserRecord, or what has members called as those, with std::string_view for its texts.
    template<class Record>
    void operator()(const Record& record) const {
        mortise_user user{};
        user.struct_size = sizeof user;
        user.id = view(record.id);
        user.name = view(record.name);
        user.email = view(record.email);
        user.role = view(record.role);
        user.password_hash = view(record.passwordHash);
        user.created_ms = record.createdAt.unixMilliseconds;
        user.token_epoch = record.tokenEpoch;
        visit_(context_, &user);
    }

private:
    mortise_user_visitor visit_;
    void* context_;
};

// For a plugin to derive from: gives mortise.users/1 (name it in offers<>() as well).
class UsersProvider {
public:
    static constexpr const char* serviceId = MORTISE_USERS_SERVICE;

    virtual ~UsersProvider() = default;
    // [loop] or [worker] At most one visit; false: nobody. Throws Busy on a loop to be called again on a worker. The
    // password hash stays empty.
    virtual bool findById(std::string_view id, UserVisitor visit) = 0;
    // [worker] By the ASCII-lowered form, with the password hash.
    virtual bool findByEmail(std::string_view email, UserVisitor visit) = 0;
    // [worker] With the profile, both or neither. Durable when it returns, or with the transaction around. Throws
    // UniqueConflict, Stale.
    virtual void create(Turn turn, const NewUserRecord& user, UserVisitor visit) = 0;
    // [worker] In the place of `expected`, with the user's next token epoch, durable as with create. False: no such
    // user, or another hash by now. Where both are the same it only keeps others from changing the hash until the
    // transaction ends.
    virtual bool setPasswordHash(Turn turn, std::string_view id, std::string_view expected,
                                 std::string_view passwordHash) = 0;
    // [worker] The same for another hash of the same password: the token epoch stays. To be overridden together with
    // keepsTokenEpochs.
    virtual bool renewPasswordHash(Turn turn, std::string_view id, std::string_view expected,
                                   std::string_view passwordHash) {
        return setPasswordHash(turn, id, expected, passwordHash);
    }
    // [any] Whether setPasswordHash raises a token epoch and users are given with it; one value for the whole life of
    // the instance. False, as it is unless overridden: consumers learn that there are none (access tokens outlive the
    // password), and renewPasswordHash is never called.
    virtual bool keepsTokenEpochs() const { return false; }
};

namespace detail {

template<class T>
struct InterfaceId<UsersProvider, T> {
    static constexpr std::string_view value = MORTISE_USERS_SERVICE;
};

inline NewUserRecord newUserOf(const mortise_new_user* given) {
    const auto raw = adopt<mortise_new_user>(given);
    NewUserRecord user{text(raw.name), text(raw.email), text(raw.password_hash)};
    if (raw.profile != nullptr) {
        const auto profile = adopt<mortise_profile>(raw.profile);
        user.profile.emplace();
        if ((profile.flags & MORTISE_PROFILE_BIO) != 0) user.profile->bio = text(profile.bio);
        if ((profile.flags & MORTISE_PROFILE_AVATAR) != 0) user.profile->avatar = text(profile.avatar);
    }
    return user;
}

// The C table behind it. T is the author's class; `self` is a T*.
template<class T>
const mortise_users_table* usersTable(void* self) noexcept {
    static constexpr mortise_users_table table = {
        sizeof(mortise_users_table),
        0,
        [](void* given, mortise_view id, mortise_user_visitor visit, void* context, mortise_error* error) {
            return guard(error, [&]() -> mortise_status {
                return as<UsersProvider, T>(given).findById(text(id), UserVisitor(visit, context)) ? MORTISE_OK
                                                                                                   : MORTISE_ABSENT;
            });
        },
        [](void* given, mortise_view email, mortise_user_visitor visit, void* context, mortise_error* error) {
            return guard(error, [&]() -> mortise_status {
                return as<UsersProvider, T>(given).findByEmail(text(email), UserVisitor(visit, context))
                           ? MORTISE_OK
                           : MORTISE_ABSENT;
            });
        },
        [](void* given, mortise_exchange turn, const mortise_new_user* user, mortise_user_visitor visit, void* context,
           mortise_error* error) {
            return guard(error, [&] {
                as<UsersProvider, T>(given).create(Turn(turn), newUserOf(user), UserVisitor(visit, context));
            });
        },
        [](void* given, mortise_exchange turn, mortise_view id, mortise_view expected, mortise_view hash,
           mortise_error* error) {
            return guard(error, [&]() -> mortise_status {
                return as<UsersProvider, T>(given).setPasswordHash(Turn(turn), text(id), text(expected), text(hash))
                           ? MORTISE_OK
                           : MORTISE_ABSENT;
            });
        },
        [](void* given, mortise_exchange turn, mortise_view id, mortise_view expected, mortise_view hash,
           mortise_error* error) {
            return guard(error, [&]() -> mortise_status {
                return as<UsersProvider, T>(given).renewPasswordHash(Turn(turn), text(id), text(expected), text(hash))
                           ? MORTISE_OK
                           : MORTISE_ABSENT;
            });
        },
    };
    // A function that is not there says that no epochs are kept.
    static constexpr mortise_users_table tableWithoutEpochs = {
        table.struct_size, table.reserved,          table.find_by_id, table.find_by_email,
        table.create,      table.set_password_hash, nullptr,
    };
    bool keepsEpochs = false;
    guardQuietly([&] { keepsEpochs = as<UsersProvider, T>(self).keepsTokenEpochs(); }, [](std::string_view) {});
    return keepsEpochs ? &table : &tableWithoutEpochs;
}

} // namespace detail
} // namespace v1
} // namespace mortise
