// SPDX-License-Identifier: Apache-2.0
#include "include.hpp"
#include "registration.hpp"
#include "removals.hpp"
#include "representation.hpp"
#include "transfer_commands.hpp"
#include "user.hpp"
#include "user_batch.hpp"
#include "user_commands.hpp"
#include "user_store.hpp"
#include "user_types.hpp"
#include "users_settings.hpp"

#include <mortise/bounded_body.hpp>
#include <mortise/commands.hpp>
#include <mortise/crypto.hpp>
#include <mortise/deep_pages.hpp>
#include <mortise/entity_tag.hpp>
#include <mortise/extension_point.hpp>
#include <mortise/graphql_types.hpp>
#include <mortise/if_match.hpp>
#include <mortise/loops.hpp>
#include <mortise/passwords.hpp>
#include <mortise/plugin.hpp>
#include <mortise/tasks.hpp>
#include <mortise/timers.hpp>
#include <mortise/users_provider.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace users {
namespace {

class UsersPlugin : public mortise::Plugin<Settings>,
                    public mortise::UsersProvider,
                    public mortise::ExtensionPoint<mortise::UserRelation, Relations> {
public:
    void configure(mortise::Setup& setup) override;
    void start() override {
        store_.open(service<mortise::Database>(), loops(), settings().maximumTotal);
        registration_.emplace(store_, passwords(), crypto());
        removals_.emplace(
            store_, [this] { return hold(); }, tasks(), timers(), log());
        deepPages_.open(tasks(), loops(), settings().deepPages);
        types_.open(
            {&*registration_, &*removals_, &deepPages_, [this](mortise::Turn turn) { return collected(turn); }});
        transfers_.open(store_.database(), {crypto(), json(), passwords()}, settings());
    }
    void activate() override { removals_->watch(settings().removalInterval); }

    std::unique_ptr<Relations> build(const mortise::Contributions<mortise::UserRelation>& list) override {
        return std::make_unique<Relations>(list);
    }

    bool findById(std::string_view id, mortise::UserVisitor visit) override;
    bool findByEmail(std::string_view email, mortise::UserVisitor visit) override;
    void create(mortise::Turn turn, const mortise::NewUserRecord& user, mortise::UserVisitor visit) override;
    bool setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                         std::string_view passwordHash) override;
    bool renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                           std::string_view passwordHash) override;
    bool keepsTokenEpochs() const override { return true; }

private:
    void declareReads(mortise::Setup& setup);
    void declareWrites(mortise::Setup& setup);
    void declareCommands(mortise::Setup& setup);

    [[nodiscard]] Include includeOf(mortise::Turn turn, std::optional<std::string_view> text,
                                    std::int64_t postsLimit) const;
    mortise::Reply list(mortise::Request& request, const ListQuery& query);
    mortise::Reply page(mortise::Turn turn, const Include& include, const mortise::PageQuery& query,
                        std::string_view viewer) const;
    template<typename List>
    mortise::Reply withMembers(mortise::Turn turn, const Include& include, const List& list,
                               std::string_view viewer) const;
    mortise::Reply one(const mortise::Request& request, std::string_view id, const ReadQuery& query) const;
    mortise::Reply post(mortise::Request& request, const CreateUser& body) const;
    mortise::Reply postBatch(mortise::Request& request, const CreateUsers& body) const;
    mortise::Reply storeBatch(mortise::Turn turn, std::string_view caller, std::vector<BatchUser>& batch,
                              bool skipTaken) const;
    mortise::Reply patch(mortise::Request& request, const PatchUser& body, const PatchQuery& query,
                         const mortise::EntityTagList& condition) const;
    mortise::Reply remove(mortise::Request& request, const mortise::EntityTagList& condition) const;

    UserStore store_;
    UserTypes types_{store_};
    TransferCommands transfers_;
    std::optional<Registration> registration_; ///< from `start` on
    std::optional<Removals> removals_;         ///< from `start` on
    mortise::DeepPages deepPages_;
};

constexpr std::string_view entityTag = "The version of the user, for If-Match and If-None-Match";

void UsersPlugin::configure(mortise::Setup& setup) {
    UserStore::declareMigrations(setup);
    ImportStore::declareMigrations(setup);
    declareReads(setup);
    declareWrites(setup);
    types_.declare(setup);
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
        .handle([this](mortise::Request& request, const ListQuery& query) { return list(request, query); });
    setup.get("/api/users/me")
        .operationId("getMe")
        .summary("The caller")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .query<ReadQuery>()
        .replies<UserDetailsEnvelope>(200, "The caller")
        .header("ETag", entityTag)
        .replies(304, "If-None-Match names the user's entity tag")
        .header("ETag", entityTag)
        .repliesError(400)
        .repliesError(401)
        .handle([this](mortise::Request& request, const ReadQuery& query) {
            return one(request, request.principal().id(), query);
        });
    setup.get("/api/users/:id")
        .operationId("getUser")
        .summary("One user")
        .tags("users")
        .authenticated()
        .reads()
        .isPrivate()
        .query<ReadQuery>()
        .replies<UserDetailsEnvelope>(200, "The user")
        .header("ETag", entityTag)
        .replies(304, "If-None-Match names the user's entity tag")
        .header("ETag", entityTag)
        .repliesError(400)
        .repliesError(401)
        .repliesError(404, "User not found")
        .handle([this](mortise::Request& request, const ReadQuery& query) {
            return one(request, request.parameter("id"), query);
        });
}

void UsersPlugin::declareWrites(mortise::Setup& setup) {
    setup.post("/api/users")
        .operationId("createUser")
        .summary("Registers a user")
        .tags("users")
        .idempotent()
        .isPrivate()
        .body<CreateUser>()
        .alsoForms()
        .replies<UserEnvelope>(201, "The new user")
        .header("Location", "The address of the new user")
        .header("ETag", entityTag)
        .repliesError(400)
        .repliesError(409, "User already exists")
        .handle([this](mortise::Request& request, const CreateUser& body) { return post(request, body); });
    setup.post("/api/users/batch")
        .operationId("createUsers")
        .summary("Registers many users, all or none")
        .tags("users")
        .role("admin")
        .idempotent()
        .isPrivate()
        .body(&CreateUsers::users, settings().maximumBatch)
        .alsoForms()
        .replies<CreatedUsers>(201, "How many of them are new")
        .repliesError(400)
        .repliesError(401)
        .repliesError(403, "Not an administrator")
        .repliesError(409, "User already exists")
        .handle([this](mortise::Request& request, const CreateUsers& body) { return postBatch(request, body); });
    setup.patch("/api/users/:id")
        .operationId("updateUser")
        .summary("Changes the caller's name, address or profile")
        .tags("users")
        .owner("id")
        .idempotent()
        .isPrivate()
        .body<PatchUser>()
        .alsoForms()
        .query<PatchQuery>()
        .headers<mortise::IfMatch>()
        .replies<UserDetailsEnvelope>(200, "The user as it is now")
        .header("ETag", entityTag)
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Deleted meanwhile")
        .repliesError(409, "Resource already exists")
        .repliesError(412, "If-Match does not name the user's entity tag")
        .handle([this](mortise::Request& request, const PatchUser& body, const PatchQuery& query,
                       const mortise::IfMatch& condition) { return patch(request, body, query, condition.list()); });
    setup.del("/api/users/:id")
        .operationId("deleteUser")
        .summary("Deletes the caller")
        .tags("users")
        .owner("id")
        .isPrivate()
        .headers<mortise::IfMatch>()
        .replies(204, "Deleted")
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Deleted meanwhile")
        .repliesError(412, "If-Match does not name the user's entity tag")
        .handle([this](mortise::Request& request, const mortise::IfMatch& condition) {
            return remove(request, condition.list());
        });
}

void UsersPlugin::declareCommands(mortise::Setup& setup) {
    setup.command(
        "grant-admin", "EMAIL", "Makes a user an administrator",
        [this](const mortise::Arguments& arguments, mortise::CommandSession& session) {
            return setRole(store_, arguments, session, "admin");
        },
        mortise::CommandRuns::inServer);
    setup.command(
        "revoke-admin", "EMAIL", "Makes an administrator a user",
        [this](const mortise::Arguments& arguments, mortise::CommandSession& session) {
            return setRole(store_, arguments, session, "user");
        },
        mortise::CommandRuns::inServer);
    setup.command(
        "list", "[--role admin|user]", "Users, a line each: id, address, name and role, separated by tabs",
        [this](const mortise::Arguments& arguments, mortise::CommandSession& session) {
            return listUsers(store_, arguments, session);
        },
        mortise::CommandRuns::inServer);
    transfers_.declare(setup);
}

Include UsersPlugin::includeOf(mortise::Turn turn, std::optional<std::string_view> text,
                               std::int64_t postsLimit) const {
    Include::Limits limits;
    limits.posts = postsLimit;
    limits.maximumRows = settings().maxIncludedRows;
    return {text, text ? collected(turn) : nullptr, limits};
}

mortise::Reply UsersPlugin::list(mortise::Request& request, const ListQuery& query) {
    const std::string_view viewer = request.principal().id();
    const Include include = includeOf(request, query.include, query.postsLimit);
    std::vector<mortise::Detail> faults = include.faults(query.limit);
    if (include.hasRelations() && faults.empty() && loops().current() != 0)
        throw mortise::Busy("relations of several users are not read on an event loop");
    if (!query.after) {
        if (!faults.empty()) return mortise::invalid(std::move(faults));
        const mortise::PageQuery pages = query.pages();
        if (!deepPages_.takes(pages)) return page(request, include, pages, viewer);
        return deepPages_.run(
            request, [this, include, pages, viewer](mortise::Turn turn) { return page(turn, include, pages, viewer); });
    }
    mortise::PageStart start(query.pages());
    for (mortise::Detail& fault : faults) start.details.push_back(std::move(fault));
    if (!start.details.empty()) return mortise::invalid(std::move(start.details));
    UserSlice slice{
        store_.listAfter(request, start.id().value_or(std::string_view()), query.limit + 1, include.profile()),
        {query.limit, {}}};
    slice.pagination.next = mortise::cutPage(slice.users, query.limit);
    return withMembers(request, include, slice, viewer);
}

mortise::Reply UsersPlugin::page(mortise::Turn turn, const Include& include, const mortise::PageQuery& query,
                                 std::string_view viewer) const {
    mortise::Listing<UserDetails> listing = store_.list(turn, query, include.profile());
    const mortise::Pagination pagination = listing.pagination(query);
    return withMembers(turn, include, UserPage{std::move(listing.rows), pagination}, viewer);
}

template<typename List>
mortise::Reply UsersPlugin::withMembers(mortise::Turn turn, const Include& include, const List& list,
                                        std::string_view viewer) const {
    std::vector<std::string_view> ids;
    ids.reserve(list.users.size());
    for (const UserDetails& user : list.users) ids.emplace_back(user.id);
    return replyOf(list, include.load(turn, ids, viewer));
}

mortise::Reply UsersPlugin::one(const mortise::Request& request, std::string_view id, const ReadQuery& query) const {
    const Include include = includeOf(request, query.include, query.postsLimit);
    if (std::vector<mortise::Detail> faults = include.faults(1); !faults.empty())
        return mortise::invalid(std::move(faults));
    const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
    if (!parsed) return mortise::notFound("User not found");
    const mortise::EntityTagList known(request, "If-None-Match");
    if (!include.isEmpty()) {
        const std::optional<UserDetails> user = store_.find(request, parsed->text(), include.profile());
        if (!user) return mortise::notFound("User not found");
        return replyOf(*user, include.load(request, {user->id}, request.principal().id()), known);
    }
    // The row in place: what is asked for most.
    std::optional<mortise::Reply> reply;
    store_.visitView(request, parsed->text(), [&](const UserView& row) {
        const UserDetailsView user{row.id, row.name, row.email, row.createdAt};
        const std::string tag = tagOf(user);
        reply.emplace(known.weakMatches({tag}) ? mortise::Reply::empty(304)
                                               : mortise::Reply(UserDetailsViewEnvelope{user}));
        reply->field("ETag", tag);
    });
    return reply ? std::move(*reply) : mortise::notFound("User not found");
}

mortise::Reply UsersPlugin::post(mortise::Request& request, const CreateUser& body) const {
    registration_->needFree(request, body);
    registration_->hash(body,
                        // The views of the body live until the response.
                        [this, later = request.defer(), body](const mortise::HashResult& hashed) mutable {
                            later.answer([&] {
                                const std::string_view hash = Registration::hashOf(hashed);
                                return store_.database().respond(later, [&](mortise::Transaction& transaction) {
                                    const User made = registration_->insert(transaction, body, hash);
                                    const UserDetailsView shown{made.id, made.name, made.email, made.createdAt};
                                    return mortise::Reply::json(201, UserEnvelope{made})
                                        .field("ETag", tagOf(shown))
                                        .location("/api/users/" + made.id);
                                });
                            });
                        });
    return mortise::Reply::later();
}

mortise::Reply UsersPlugin::postBatch(mortise::Request& request, const CreateUsers& body) const {
    UserBatch batch(body.users);
    batch.drop(store_.takenKeys(request, batch.emailKeys()));
    if (batch.hasDropped() && !body.skipDuplicates) return mortise::conflict("User already exists");
    const std::string caller(request.principal().id());
    if (batch.users().empty()) return storeBatch(request, caller, batch.users(), body.skipDuplicates);
    const std::vector<std::string_view> secrets = batch.passwords();
    passwords().hashAll(request, secrets,
                        // The views of the body live until the response.
                        [this, later = request.defer(), caller, batch = std::move(batch),
                         skipTaken = body.skipDuplicates](const mortise::HashAllResult& hashed) mutable {
                            later.answer([&]() -> mortise::Reply {
                                if (hashed.cancelled())
                                    throw mortise::Busy("the request ended before all passwords were hashed");
                                if (!hashed.ok())
                                    throw mortise::Error("the passwords could not be hashed", hashed.status);
                                std::vector<BatchUser>& users = batch.users();
                                for (std::size_t i = 0; i < users.size(); ++i)
                                    users[i].record.passwordHash = hashed.hashes[i];
                                return storeBatch(later, caller, users, skipTaken);
                            });
                        });
    return mortise::Reply::later();
}

mortise::Reply UsersPlugin::storeBatch(mortise::Turn turn, std::string_view caller, std::vector<BatchUser>& batch,
                                       bool skipTaken) const {
    for (BatchUser& user : batch) user.id = crypto().uuid7();
    try {
        return store_.database().respond(turn, [&](mortise::Transaction& transaction) {
            // Hashing took its time: the role is that of now.
            if (!UserStore::isAdmin(transaction, caller)) throw mortise::HttpError(403, "Forbidden");
            const std::uint64_t count = UserStore::insertAll(transaction, batch, skipTaken);
            return mortise::Reply::json(201, CreatedUsers{static_cast<std::int64_t>(count)});
        });
    } catch (const mortise::UniqueConflict&) {
        return mortise::conflict("User already exists");
    }
}

mortise::Reply UsersPlugin::patch(mortise::Request& request, const PatchUser& body, const PatchQuery& query,
                                  const mortise::EntityTagList& condition) const {
    return store_.database().respond(request, [&](mortise::Transaction& transaction) {
        const UserDetails user =
            UserStore::update(transaction, request.principal().id(), body, condition, query.include.has_value());
        return mortise::Reply(UserDetailsEnvelope{user}).field("ETag", tagOf(user));
    });
}

mortise::Reply UsersPlugin::remove(mortise::Request& request, const mortise::EntityTagList& condition) const {
    return removals_->remove(request, request.principal().id(), condition, collected(request));
}

bool UsersPlugin::findById(std::string_view id, mortise::UserVisitor visit) {
    const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
    return parsed && store_.visitById(parsed->text(), visit);
}

bool UsersPlugin::findByEmail(std::string_view email, mortise::UserVisitor visit) {
    return store_.visitByEmail(email, visit);
}

void UsersPlugin::create(mortise::Turn turn, const mortise::NewUserRecord& user, mortise::UserVisitor visit) {
    const std::string id = crypto().uuid7();
    const User made = store_.database()(turn).transact(
        [&](mortise::Transaction& transaction) { return UserStore::insert(transaction, id, user); });
    visit(AccountView{made.id, made.name, made.email, "user", {}, made.createdAt});
}

bool UsersPlugin::setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                  std::string_view passwordHash) {
    const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
    return parsed && store_.setPasswordHash(turn, parsed->text(), expected, passwordHash);
}

bool UsersPlugin::renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                                    std::string_view passwordHash) {
    const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
    return parsed && store_.renewPasswordHash(turn, parsed->text(), expected, passwordHash);
}

} // namespace
} // namespace users

MORTISE_PLUGIN(users::UsersPlugin, "org.mortise.users", "1.0.0", licence("Apache-2.0"), inExample(),
               needs<mortise::Database>(), offers<mortise::UsersProvider>(), defines<mortise::UserRelation>(),
               mayUse<mortise::GraphQlTypes>())
