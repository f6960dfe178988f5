// SPDX-License-Identifier: Apache-2.0
#include "user_reader.hpp"

#include <string>
#include <unordered_map>
#include <utility>

namespace users {
namespace {

struct OwnedProfile {
    std::string userId;
    std::optional<std::string> bio, avatar;
};
MORTISE_DESCRIBE(OwnedProfile, field(userId), field(bio), field(avatar))

struct MarkedAuthor {
    std::string id, name;
    std::optional<mortise::DateTime> removedAt;
};
MORTISE_DESCRIBE(MarkedAuthor, field(id), field(name), field(removedAt))

} // namespace

std::optional<User> UserReader::find(mortise::Turn turn, std::string_view id, mortise::Columns<User> columns) const {
    return store_.database()(turn)
        .select<User>(users)
        .columns(columns.add(&User::id))
        .where(users.id == id && users.removedAt.isNull())
        .one();
}

std::vector<User> UserReader::page(mortise::Turn turn, const mortise::PageQuery& query,
                                   mortise::Columns<User> columns) const {
    if (query.offset() <= mortise::deepOffset)
        return store_.database()(turn)
            .select<User>(users)
            .columns(columns.add(&User::id))
            .where(users.removedAt.isNull())
            .orderBy(users.id)
            .limit(query.limit)
            .offset(query.offset())
            .all();
    std::vector<User> page;
    for (UserDetails& user : store_.list(turn, query, false).rows)
        page.push_back({std::move(user.id), std::move(user.name), std::move(user.email), user.createdAt});
    return page;
}

std::vector<std::optional<Profile>> UserReader::profilesOf(mortise::Turn turn, const std::vector<std::string_view>& ids,
                                                           mortise::Columns<Profile> columns) const {
    mortise::Columns<OwnedProfile> wanted;
    wanted.add(&OwnedProfile::userId);
    if (columns.has(&Profile::bio)) wanted.add(&OwnedProfile::bio);
    if (columns.has(&Profile::avatar)) wanted.add(&OwnedProfile::avatar);
    std::vector<OwnedProfile> rows =
        store_.database()(turn).select<OwnedProfile>(profiles).columns(wanted).where(profiles.userId.in(ids)).all();
    std::unordered_map<std::string_view, OwnedProfile*> owned;
    owned.reserve(rows.size());
    for (OwnedProfile& row : rows) owned.emplace(row.userId, &row);
    std::vector<std::optional<Profile>> found(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (const auto row = owned.find(ids[i]); row != owned.end())
            found[i].emplace(Profile{std::move(row->second->bio), std::move(row->second->avatar)});
    return found;
}

std::vector<Author> UserReader::authorsOf(mortise::Turn turn, const std::vector<std::string_view>& ids,
                                          mortise::Columns<Author> columns) const {
    mortise::Columns<MarkedAuthor> wanted;
    wanted.add(&MarkedAuthor::id);
    if (columns.has(&Author::name)) wanted.add(&MarkedAuthor::name).add(&MarkedAuthor::removedAt);
    std::vector<Author> found;
    for (MarkedAuthor& row :
         store_.database()(turn).select<MarkedAuthor>(users).columns(wanted).where(users.id.in(ids)).all())
        found.push_back({std::move(row.id), row.removedAt ? std::string() : std::move(row.name)});
    return found;
}

} // namespace users
