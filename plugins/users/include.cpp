// SPDX-License-Identifier: Apache-2.0
#include "include.hpp"

#include <algorithm>
#include <utility>

namespace users {
namespace {

constexpr std::string_view profileName = "profile";
/// More than a cursor takes, with its name's quotes.
constexpr std::size_t roomOfNext = 64;

bool isName(std::string_view name) noexcept {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    return !name.empty() && isLetter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return isLetter(c) || isDigit(c); });
}

bool isTaken(std::string_view name) noexcept {
    for (const std::string_view member : {"id", "name", "email", "createdAt", "profile", "profileNext"})
        if (name == member) return true;
    return false;
}

} // namespace

Relations::Relations(const mortise::Contributions<mortise::UserRelation>& list) {
    for (const auto& one : list) {
        if (!isName(one.name))
            list.refuse(one,
                        "its name is to be letters and digits, and to begin with a letter: it is a member of users");
        else if (isTaken(one.name))
            list.refuse(one, "users have a member of that name");
        else if (!one.methods.load && !one.methods.remove)
            list.refuse(one, "it has neither of the methods 'load' and 'remove'");
        if (one.methods.load) all_.push_back({std::string(one.name), one.methods});
        if (one.methods.remove) removing_.push_back(one.methods);
    }
}

const Relation* Relations::find(std::string_view name) const noexcept {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Relation& one) { return one.name == name; });
    return found != all_.end() ? &*found : nullptr;
}

bool Relations::removeSome(mortise::Turn turn, std::string_view id, std::int64_t limit) const {
    for (const mortise::UserRelation& relation : removing_)
        if (relation.remove(turn, id, limit) >= limit) return true;
    return false;
}

Include::Include(std::optional<std::string_view> text, const Relations* relations, const Limits& limits)
    : limits_(limits) {
    std::string_view rest = text.value_or(std::string_view());
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        add(rest.substr(0, comma), relations);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
}

void Include::add(std::string_view name, const Relations* known) {
    if (name == profileName) {
        profile_ = true;
        return;
    }
    if (const Relation* const relation = known != nullptr ? known->find(name) : nullptr) {
        if (std::find(relations_.begin(), relations_.end(), relation) == relations_.end())
            relations_.push_back(relation);
        return;
    }
    if (fault_) return;
    fault_ = "must be a comma list of: profile";
    if (known != nullptr)
        for (const Relation& one : known->all()) *fault_ += ", " + one.name;
    *fault_ += ". No plugin that is on shows others";
}

std::int64_t Include::limitOf(const Relation& relation) const noexcept {
    return relation.name == "posts" ? limits_.posts : limits_.others;
}

std::vector<mortise::Detail> Include::faults(std::int64_t users) const {
    if (fault_) return {{"query", "/include", "enum", *fault_}};
    std::int64_t rows = profile_ ? 1 : 0;
    for (const Relation* const relation : relations_) rows += limitOf(*relation);
    if (rows * users <= limits_.maximumRows) return {};
    return {{"query", "/include", "maximum",
             "may be " + std::to_string(rows * users) + " rows, and one request includes at most " +
                 std::to_string(limits_.maximumRows)}};
}

Included Include::load(mortise::Turn turn, const std::vector<std::string_view>& ids, std::string_view viewer) const {
    Included included;
    if (ids.empty()) return included;
    for (const Relation* const relation : relations_) {
        std::vector<mortise::RelatedRows> loaded = relation->methods.load(turn, ids, viewer, limitOf(*relation));
        if (loaded.size() != ids.size())
            throw mortise::Error("the relation '" + relation->name + "' has rows of " + std::to_string(loaded.size()) +
                                 " users, and was asked for " + std::to_string(ids.size()));
        for (const mortise::RelatedRows& rows : loaded)
            if (rows.count < 0 || rows.count > limitOf(*relation))
                throw mortise::Error("the relation '" + relation->name +
                                     "' has another number of rows than it was asked for");
        included.add(relation->name, std::move(loaded));
    }
    return included;
}

void Included::add(std::string_view relation, std::vector<mortise::RelatedRows> rows) {
    relations_.push_back({relation, std::move(rows)});
}

std::size_t Included::room(std::size_t user) const noexcept {
    std::size_t room = 0;
    for (const Shown& relation : relations_)
        room += relation.rows[user].json.size() + 2 * relation.name.size() + roomOfNext;
    return room;
}

void Included::appendTo(std::string& out, std::size_t user) const {
    for (const Shown& relation : relations_) {
        const mortise::RelatedRows& rows = relation.rows[user];
        out.append(",\"").append(relation.name).append("\":").append(rows.json);
        out.append(",\"").append(relation.name).append("Next\":");
        mortise::appendJson(out, rows.next);
    }
}

} // namespace users
