// SPDX-License-Identifier: Apache-2.0
#include "user.hpp"
#include "user_cursor.hpp"
#include "user_id.hpp"
#include "user_store.hpp"

#include <mortise/plugin.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    void create(mortise::Turn turn, std::string_view name, std::string_view email, std::string_view passwordHash,
                mortise::UserVisitor visit) override;
    bool setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                         std::string_view passwordHash) override;
    bool renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                           std::string_view passwordHash) override;
    bool keepsTokenEpochs() const override { return true; }

private:
    void declareReads(mortise::Setup& setup);
    void declareWrites(mortise::Setup& setup);
    void declareCommands(mortise::Setup& setup);

    mortise::Reply list(const ListQuery& query) const;
    mortise::Reply listByPage(std::int64_t page, std::int64_t limit) const;
    mortise::Reply listByCursor(const ListQuery& query) const;
    mortise::Reply one(const mortise::Request& request, std::string_view id) const;
    mortise::Reply post(mortise::Request& request, const CreateUser& body) const;
    mortise::Reply patch(mortise::Request& request, const PatchUser& body) const;
    mortise::Reply remove(mortise::Request& request) const;
    int setRole(const mortise::Arguments& arguments, mortise::CommandOutput& output, std::string_view role) const;

    UserStore store_;
};

/// A user with the entity tag of its representation.
template<typename Text>
mortise::Reply withTag(std::uint32_t status, const BasicUser<Text>& user) {
    return mortise::Reply::json(status, Envelope<BasicUser<Text>>{user}).field("ETag", tagOf(user));
}

/// 400: it cannot be told whether the change is wanted.
mortise::Reply badCondition() {
    return mortise::invalid({{"header", "/if-match", "format", "must be * or a list of entity tags"}});
}

mortise::Reply preconditionFailed() {
    return mortise::Reply::error(412, "Precondition failed");
}

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
        .operationId("listUsers")
        .summary("Users, newest last, by page or by cursor")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .query<ListQuery>()
        .replies<UserPage>(200, "By page")
        .replies<UserSlice>(200, "By cursor, where after is given")
        .repliesError(400)
        .repliesError(401)
        .handle([this](mortise::Request&, const ListQuery& query) { return list(query); });
    setup.get("/api/users/me")
        .operationId("getMe")
        .summary("The caller")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .replies<UserEnvelope>(200, "The caller")
        .replies(304, "If-None-Match names the user's entity tag")
        .repliesError(401)
        .handle([this](mortise::Request& request) { return one(request, request.principal().id()); });
    setup.get("/api/users/:id")
        .operationId("getUser")
        .summary("One user")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .replies<UserEnvelope>(200, "The user")
        .replies(304, "If-None-Match names the user's entity tag")
        .repliesError(401)
        .repliesError(404, "User not found")
        .handle([this](mortise::Request& request) { return one(request, request.parameter("id")); });
}

void UsersPlugin::declareWrites(mortise::Setup& setup) {
    setup.post("/api/users")
        .operationId("createUser")
        .summary("Registers a user")
        .tags("users")
        .isPrivate()
        .body<CreateUser>()
        .alsoForms()
        .replies<UserEnvelope>(201, "The new user; Location leads to it")
        .repliesError(400)
        .repliesError(409, "User already exists")
        .handle([this](mortise::Request& request, const CreateUser& body) { return post(request, body); });
    setup.patch("/api/users/:id")
        .operationId("updateUser")
        .summary("Changes the caller's name or address")
        .tags("users")
        .authenticated()
        .isPrivate()
        .body<PatchUser>()
        .alsoForms()
        .replies<UserEnvelope>(200, "The user as it is now")
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Deleted meanwhile")
        .repliesError(409, "Resource already exists")
        .repliesError(412, "If-Match does not name the user's entity tag")
        .handle([this](mortise::Request& request, const PatchUser& body) { return patch(request, body); });
    setup.del("/api/users/:id")
        .operationId("deleteUser")
        .summary("Deletes the caller")
        .tags("users")
        .authenticated()
        .isPrivate()
        .replies(204, "Deleted")
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Deleted meanwhile")
        .repliesError(412, "If-Match does not name the user's entity tag")
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
    if (query.after) return listByCursor(query);
    return listByPage(query.page.value_or(1), query.limit);
}

mortise::Reply UsersPlugin::listByPage(std::int64_t page, std::int64_t limit) const {
    UserStore::Listing listing = store_.list((page - 1) * limit, limit);
    const std::int64_t pages = (listing.total + limit - 1) / limit;
    return UserPage{std::move(listing.users), {page, limit, listing.total, pages}};
}

mortise::Reply UsersPlugin::listByCursor(const ListQuery& query) const {
    std::optional<UserId> last;
    std::vector<mortise::Detail> details;
    if (!query.after->empty()) {
        last = decodeCursor(*query.after);
        if (!last) details.push_back({"query", "/after", "format", "must be the next of an earlier answer"});
    }
    if (query.page) details.push_back({"query", "/page", "not", "must not come together with after"});
    if (!details.empty()) return mortise::invalid(std::move(details));
    // One more than is shown tells whether there is a next.
    const auto limit = static_cast<std::size_t>(query.limit);
    UserSlice slice{store_.listAfter(last ? last->text() : std::string_view(), query.limit + 1), {query.limit, {}}};
    if (slice.users.size() > limit) {
        slice.users.resize(limit);
        slice.pagination.next = encodeCursor(UserId::parse(slice.users.back().id).value());
    }
    return slice;
}

mortise::Reply UsersPlugin::one(const mortise::Request& request, std::string_view id) const {
    const std::optional<UserId> parsed = UserId::parse(id);
    if (!parsed) return userNotFound();
    const mortise::EntityTagList known(request, "If-None-Match");
    std::optional<mortise::Reply> reply;
    store_.visitView(parsed->text(), [&](const UserView& user) {
        const std::string tag = tagOf(user);
        reply.emplace(known.weakMatches({tag}) ? mortise::Reply::empty(304) : mortise::Reply(UserViewEnvelope{user}));
        reply->field("ETag", tag);
    });
    return reply ? std::move(*reply) : userNotFound();
}

mortise::Reply UsersPlugin::post(mortise::Request& request, const CreateUser& body) const {
    if (store_.emailTaken(body.email)) return mortise::conflict("User already exists");
    passwords().hash(body.password,
                     // The views of the body live until the answer.
                     [this, later = request.defer(), name = body.name,
                      email = body.email](const mortise::HashResult& hashed) mutable {
                         later.answer([&]() -> mortise::Reply {
                             if (!hashed.ok()) throw mortise::Error("the password could not be hashed", hashed.status);
                             const mortise::DateTime now = mortise::DateTime::now();
                             const std::string id = crypto().uuid7();
                             try {
                                 store_.insert(later, id, name, email, hashed.hash, now);
                             } catch (const mortise::UniqueConflict&) {
                                 return mortise::conflict("User already exists");
                             }
                             return withTag(201, UserView{id, name, email, now}).location("/api/users/" + id);
                         });
                     });
    return mortise::Reply::later();
}

mortise::Reply UsersPlugin::patch(mortise::Request& request, const PatchUser& body) const {
    const mortise::EntityTagList condition(request, "If-Match");
    if (condition.kind() == mortise::EntityTagList::Kind::malformed) return badCondition();
    const std::optional<UserId> id = ownId(request);
    if (!id) return mortise::forbidden();
    try {
        const UserStore::Change change =
            store_.update(request, id->text(), body.name, body.email, condition, mortise::DateTime::now());
        if (change.outcome == UserStore::Outcome::unmatched) return preconditionFailed();
        return change.user ? withTag(200, *change.user) : userNotFound();
    } catch (const mortise::UniqueConflict&) {
        return mortise::conflict("Resource already exists");
    }
}

mortise::Reply UsersPlugin::remove(mortise::Request& request) const {
    const mortise::EntityTagList condition(request, "If-Match");
    if (condition.kind() == mortise::EntityTagList::Kind::malformed) return badCondition();
    const std::optional<UserId> id = ownId(request);
    if (!id) return mortise::forbidden();
    switch (store_.remove(request, id->text(), condition)) {
    case UserStore::Outcome::done:
        return mortise::noContent();
    case UserStore::Outcome::unmatched:
        return preconditionFailed();
    case UserStore::Outcome::missing:
        break;
    }
    return userNotFound();
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

void UsersPlugin::create(mortise::Turn turn, std::string_view name, std::string_view email,
                         std::string_view passwordHash, mortise::UserVisitor visit) {
    const mortise::DateTime now = mortise::DateTime::now();
    const std::string id = crypto().uuid7();
    store_.insert(turn, id, name, email, passwordHash, now);
    visit(mortise::UserRecord{id, std::string(name), std::string(email), "user", {}, now});
}

bool UsersPlugin::setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                  std::string_view passwordHash) {
    const std::optional<UserId> parsed = UserId::parse(id);
    return parsed && store_.setPasswordHash(turn, parsed->text(), expected, passwordHash, mortise::DateTime::now());
}

bool UsersPlugin::renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                    std::string_view passwordHash) {
    const std::optional<UserId> parsed = UserId::parse(id);
    return parsed && store_.renewPasswordHash(turn, parsed->text(), expected, passwordHash, mortise::DateTime::now());
}

} // namespace
} // namespace users

MORTISE_PLUGIN(users::UsersPlugin, "org.mortise.users", "1.0.0", needs<mortise::Database>(),
               offers<mortise::UsersProvider>())
