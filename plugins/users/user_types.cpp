// SPDX-License-Identifier: Apache-2.0
#include "user_types.hpp"

#include <mortise/graphql.hpp>
#include <mortise/graphql_pages.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace users {
namespace {

/// As ListQuery, with what Int has in place of REST's last page.
struct UsersArguments {
    std::int64_t page = 1;
    std::int64_t limit = 10;

    [[nodiscard]] mortise::PageQuery query() const noexcept { return {page, limit, std::nullopt}; }
};
MORTISE_DESCRIBE(UsersArguments, field(page).min(1).max(std::numeric_limits<std::int32_t>::max()).defaults(1),
                 field(limit).min(1).max(100).defaults(10).text("The maximum number of users"))

std::vector<std::string_view> listOf(const mortise::GraphQlKeys& keys) {
    return {keys.begin(), keys.end()};
}

/// A user who may have been marked by a mutation. Deletes what they left once the operation, and so the transaction of
/// that mutation, is over.
class UnfinishedRemoval {
public:
    explicit UnfinishedRemoval(const Removals& removals) noexcept : removals_(removals) {}
    UnfinishedRemoval(const UnfinishedRemoval&) = delete;
    UnfinishedRemoval& operator=(const UnfinishedRemoval&) = delete;
    ~UnfinishedRemoval() {
        if (!marked_.empty()) removals_.finish(marked_);
    }

    void mark(std::string_view id) { marked_ = id; }

private:
    const Removals& removals_;
    std::string marked_;
};

} // namespace

void UserTypes::declare(mortise::Setup& setup) {
    const mortise::GraphQlBuilder graph = setup.graphql();
    declareTypes(graph);
    declareReads(graph);
    declareWrites(graph);
}

void UserTypes::declareTypes(const mortise::GraphQlBuilder& graph) {
    graph.object<User>("User").key(&User::id).text("Somebody who has registered");
    graph.object<Profile>("Profile").text("What a user says of themselves");
    graph.object<Author>("Author")
        .key(&Author::id)
        .text("Whoever wrote something, as anybody sees them")
        .reads()
        .load([this](mortise::GraphQlCall& call, const mortise::GraphQlKeys& keys) {
            return reader_.authorsOf(call, listOf(keys), call.columns<Author>());
        });
    graph.input<mortise::NewProfile>("ProfileInput");
    graph.input<PatchProfile>("UpdateProfileInput");
    graph.input<CreateUser>("CreateUserInput");
    graph.input<PatchUser>("UpdateUserInput");
}

void UserTypes::declareReads(const mortise::GraphQlBuilder& graph) {
    graph.query<std::vector<User>>("users")
        .text("Users, newest last")
        .twin("GET /api/users")
        .openable()
        .arguments<UsersArguments>()
        .resolveLater([this](mortise::GraphQlCall& call, const UsersArguments& arguments,
                             mortise::GraphQlLater<std::vector<User>> later) {
            mortise::completePage(*uses_.deepPages, call, arguments.query(), std::move(later),
                                  [this, query = arguments.query(), columns = call.columns<User>()](
                                      mortise::Turn turn) { return reader_.page(turn, query, columns); });
        });
    graph.query<std::optional<User>>("user")
        .text("One user; null where there is none")
        .twin("GET /api/users/:id")
        .openable()
        .argument<std::string_view>("id")
        .resolve([this](mortise::GraphQlCall& call, std::string_view id) -> std::optional<User> {
            const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
            if (!parsed) return std::nullopt;
            return reader_.find(call, parsed->text(), call.columns<User>());
        });
    graph.query<std::optional<User>>("me")
        .text("The caller")
        .twin("GET /api/users/me")
        .resolve([this](mortise::GraphQlCall& call) {
            return reader_.find(call, call.principal().id(), call.columns<User>());
        });
    graph.field<std::vector<std::optional<Profile>>>("User", "profile")
        .text("Null where the user has none")
        .reads()
        .resolve([this](mortise::GraphQlCall& call, const mortise::GraphQlKeys& keys) {
            return reader_.profilesOf(call, listOf(keys), call.columns<Profile>());
        });
}

void UserTypes::declareWrites(const mortise::GraphQlBuilder& graph) {
    graph.mutation<User>("createUser")
        .text("Registers a user")
        .twin("POST /api/users")
        .body<CreateUser>("input")
        .prepare([this](mortise::GraphQlCall& call, const CreateUser& body, mortise::GraphQlLater<std::string> later) {
            uses_.registration->needFree(call, body);
            uses_.registration->hash(body, [later = std::move(later)](const mortise::HashResult& hashed) mutable {
                later.complete([&] { return std::string(Registration::hashOf(hashed)); });
            });
        })
        .resolve([this](mortise::GraphQlCall& call, const CreateUser& body, const std::string& hash) {
            return store_.database()(call).transact(
                [&](mortise::Transaction& transaction) { return uses_.registration->insert(transaction, body, hash); });
        });
    graph.mutation<User>("updateUser")
        .text("Changes the caller's name, address or profile")
        .twin("PATCH /api/users/:id")
        .argument<std::string_view>("id")
        .body<PatchUser>("input")
        .resolve([this](mortise::GraphQlCall& call, std::string_view, const PatchUser& body) {
            return store_.database()(call).transact([&](mortise::Transaction& transaction) {
                UserDetails user = UserStore::update(transaction, call.principal().id(), body, {}, false);
                return User{std::move(user.id), std::move(user.name), std::move(user.email), user.createdAt};
            });
        });
    graph.mutation<bool>("deleteUser")
        .text("Deletes the caller")
        .twin("DELETE /api/users/:id")
        .argument<std::string_view>("id")
        .prepare([this](mortise::GraphQlCall&, std::string_view) {
            return std::make_unique<UnfinishedRemoval>(*uses_.removals);
        })
        .resolve(
            [this](mortise::GraphQlCall& call, std::string_view, const std::unique_ptr<UnfinishedRemoval>& unfinished) {
                const std::string_view id = call.principal().id();
                if (!uses_.removals->begin(call, id, {}, uses_.relations(call))) unfinished->mark(id);
                return true;
            });
}

} // namespace users
