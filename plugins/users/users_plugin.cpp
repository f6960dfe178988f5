// SPDX-License-Identifier: Apache-2.0
#include "user.hpp"
#include "user_id.hpp"
#include "user_store.hpp"

#include <mortise/plugin.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace users {
namespace {

mortise::Reply userNotFound() {
    return mortise::notFound("User not found");
}

class UsersPlugin : public mortise::Plugin<>, public mortise::UsersProvider {
public:
    void configure(mortise::Setup& setup) override;
    void start() override { store_.open(service<mortise::Database>()); }

    bool findById(std::string_view id, mortise::UserVisitor visit) override;
    bool findByEmail(std::string_view email, mortise::UserVisitor visit) override;
    void create(std::string_view name, std::string_view email, std::string_view passwordHash,
                mortise::UserVisitor visit) override;
    bool setPasswordHash(std::string_view id, std::string_view expected, std::string_view passwordHash) override;

private:
    void declareReads(mortise::Setup& setup);
    void declareWrites(mortise::Setup& setup);
    void declareCommands(mortise::Setup& setup);

    mortise::Reply list(const ListQuery& query) const;
    mortise::Reply one(std::string_view id) const;
    mortise::Reply post(mortise::Request& request, const CreateUser& body) const;
    mortise::Reply patch(mortise::Request& request, const PatchUser& body) const;
    mortise::Reply remove(mortise::Request& request) const;
    int setRole(const mortise::Arguments& arguments, mortise::CommandOutput& output, std::string_view role) const;

    UserStore store_;
};

/// The id in the path when it is the caller's own.
std::optional<UserId> ownId(const mortise::Request& request) {
    std::optional<UserId> id = UserId::parse(request.parameter("id"));
    if (id && id->text() != request.principal().id()) id.reset();
    return id;
}

void UsersPlugin::configure(mortise::Setup& setup) {
    UserStore::declareMigrations(setup);
    declareReads(setup);
    declareWrites(setup);
    declareCommands(setup);
}

void UsersPlugin::declareReads(mortise::Setup& setup) {
    setup.get("/api/users")
        .summary("Users, newest last")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .query<ListQuery>()
        .replies<UserPage>(200)
        .repliesError(400)
        .repliesError(401)
        .handle([this](mortise::Request&, const ListQuery& query) { return list(query); });
    setup.get("/api/users/me")
        .summary("The caller")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .replies<UserEnvelope>(200)
        .repliesError(401)
        .handle([this](mortise::Request& request) { return one(request.principal().id()); });
    setup.get("/api/users/:id")
        .summary("One user")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .replies<UserEnvelope>(200)
        .repliesError(401)
        .repliesError(404)
        .handle([this](mortise::Request& request) { return one(request.parameter("id")); });
}

void UsersPlugin::declareWrites(mortise::Setup& setup) {
    setup.post("/api/users")
        .summary("Registers a user")
        .tags("users")
        .isPrivate()
        .body<CreateUser>()
        .replies<UserEnvelope>(201)
        .repliesError(400)
        .repliesError(409)
        .handle([this](mortise::Request& request, const CreateUser& body) { return post(request, body); });
    setup.patch("/api/users/:id")
        .summary("Changes the caller's name or address")
        .tags("users")
        .authenticated()
        .isPrivate()
        .body<PatchUser>()
        .replies<UserEnvelope>(200)
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Deleted meanwhile")
        .repliesError(409)
        .handle([this](mortise::Request& request, const PatchUser& body) { return patch(request, body); });
    setup.del("/api/users/:id")
        .summary("Deletes the caller")
        .tags("users")
        .authenticated()
        .isPrivate()
        .replies(204)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Deleted meanwhile")
        .handle([this](mortise::Request& request) { return remove(request); });
}

void UsersPlugin::declareCommands(mortise::Setup& setup) {
    setup.command("grant-admin", "EMAIL", "Makes a user an administrator",
                  [this](const mortise::Arguments& arguments, mortise::CommandOutput& output) {
                      return setRole(arguments, output, "admin");
                  });
    setup.command("revoke-admin", "EMAIL", "Makes an administrator a user",
                  [this](const mortise::Arguments& arguments, mortise::CommandOutput& output) {
                      return setRole(arguments, output, "user");
                  });
}

mortise::Reply UsersPlugin::list(const ListQuery& query) const {
    UserStore::Listing listing = store_.list((query.page - 1) * query.limit, query.limit);
    const std::int64_t pages = (listing.total + query.limit - 1) / query.limit;
    return UserPage{std::move(listing.users), {query.page, query.limit, listing.total, pages}};
}

mortise::Reply UsersPlugin::one(std::string_view id) const {
    const std::optional<UserId> parsed = UserId::parse(id);
    if (!parsed) return userNotFound();
    std::optional<mortise::Reply> reply;
    store_.visitView(parsed->text(), [&](const UserView& user) { reply.emplace(UserViewEnvelope{user}); });
    return reply ? std::move(*reply) : userNotFound();
}

mortise::Reply UsersPlugin::post(mortise::Request& request, const CreateUser& body) const {
    if (store_.emailTaken(body.email)) return mortise::conflict("User already exists");
    passwords().hash(
        body.password,
        // The views of the body live until the answer.
        [this, later = request.defer(), name = body.name,
         email = body.email](const mortise::HashResult& hashed) mutable {
            later.answer([&]() -> mortise::Reply {
                if (!hashed.ok()) throw mortise::Error("the password could not be hashed", hashed.status);
                const mortise::DateTime now = mortise::DateTime::now();
                const std::string id = crypto().uuid7();
                try {
                    store_.insert(id, name, email, hashed.hash, now);
                } catch (const mortise::UniqueConflict&) {
                    return mortise::conflict("User already exists");
                }
                return mortise::created(UserViewEnvelope{{id, name, email, now}}).location("/api/users/" + id);
            });
        });
    return mortise::Reply::later();
}

mortise::Reply UsersPlugin::patch(mortise::Request& request, const PatchUser& body) const {
    const std::optional<UserId> id = ownId(request);
    if (!id) return mortise::forbidden();
    try {
        const std::optional<User> user = store_.update(id->text(), body.name, body.email, mortise::DateTime::now());
        return user ? mortise::Reply(UserEnvelope{*user}) : userNotFound();
    } catch (const mortise::UniqueConflict&) {
        return mortise::conflict("Resource already exists");
    }
}

mortise::Reply UsersPlugin::remove(mortise::Request& request) const {
    const std::optional<UserId> id = ownId(request);
    if (!id) return mortise::forbidden();
    return store_.remove(id->text()) ? mortise::noContent() : userNotFound();
}

int UsersPlugin::setRole(const mortise::Arguments& arguments, mortise::CommandOutput& output,
                         std::string_view role) const {
    if (arguments.size() != 1) {
        output.printError("exactly one e-mail address is needed\n");
        return mortise::exitUsage;
    }
    const std::string email(arguments.front());
    if (!store_.setRole(email, role, mortise::DateTime::now())) {
        output.printError("no user has the address " + email + "\n");
        return mortise::exitFailed;
    }
    output.print(email + " is now " + (role == "admin" ? "an administrator" : "a user") + "\n");
    return mortise::exitOk;
}

bool UsersPlugin::findById(std::string_view id, mortise::UserVisitor visit) {
    const std::optional<UserId> parsed = UserId::parse(id);
    return parsed && store_.visitById(parsed->text(), visit);
}

bool UsersPlugin::findByEmail(std::string_view email, mortise::UserVisitor visit) {
    return store_.visitByEmail(email, visit);
}

void UsersPlugin::create(std::string_view name, std::string_view email, std::string_view passwordHash,
                         mortise::UserVisitor visit) {
    const mortise::DateTime now = mortise::DateTime::now();
    const std::string id = crypto().uuid7();
    store_.insert(id, name, email, passwordHash, now);
    visit(mortise::UserRecord{id, std::string(name), std::string(email), "user", {}, now});
}

bool UsersPlugin::setPasswordHash(std::string_view id, std::string_view expected, std::string_view passwordHash) {
    const std::optional<UserId> parsed = UserId::parse(id);
    return parsed && store_.setPasswordHash(parsed->text(), expected, passwordHash, mortise::DateTime::now());
}

} // namespace
} // namespace users

MORTISE_PLUGIN(users::UsersPlugin, "org.mortise.users", "1.0.0", needs<mortise::Database>(),
               offers<mortise::UsersProvider>())
