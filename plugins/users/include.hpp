// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/extension_point.hpp>
#include <mortise/plugin.hpp>
#include <mortise/user_relations.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// What another plugin shows with users.
struct Relation {
    std::string name;
    mortise::UserRelation methods;
};

/// All relations of one generation.
class Relations {
public:
    /// [control] Refuses those that cannot be shown.
    explicit Relations(const mortise::Contributions<mortise::UserRelation>& list);

    /// Those that are shown.
    [[nodiscard]] const std::vector<Relation>& all() const noexcept { return all_; }
    [[nodiscard]] const Relation* find(std::string_view name) const noexcept;

    /// [worker] Deletes at most `limit` rows of the user; true: there may be more.
    bool removeSome(mortise::Turn turn, std::string_view id, std::int64_t limit) const;

private:
    std::vector<Relation> all_;
    std::vector<mortise::UserRelation> removing_;
};

/// What the relations of a request show of its users.
class Included {
public:
    /// Of each user, in their order.
    void add(std::string_view relation, std::vector<mortise::RelatedRows> rows);

    /// Whether no relation is included.
    [[nodiscard]] bool isEmpty() const noexcept { return relations_.empty(); }
    /// More bytes than appendTo() adds for the user at that place, as cursors are.
    [[nodiscard]] std::size_t room(std::size_t user) const noexcept;
    /// The members of the user at that place, behind what is there: `,"posts":[…],"postsNext":null`.
    void appendTo(std::string& out, std::size_t user) const;

private:
    struct Shown {
        std::string_view name; // as long as the generation is
        std::vector<mortise::RelatedRows> rows;
    };
    std::vector<Shown> relations_;
};

/// What a request includes: include=profile,posts.
class Include {
public:
    /// How many rows of each user a relation shows.
    struct Limits {
        std::int64_t posts = 20;         ///< as postsLimit says
        std::int64_t others = 20;        ///< no parameter is theirs
        std::int64_t maximumRows = 2000; ///< of all users and relations
    };

    Include(std::optional<std::string_view> text, const Relations* relations, const Limits& limits);

    /// The details of a 400: an unknown name, or more rows than one request may include for so many users.
    [[nodiscard]] std::vector<mortise::Detail> faults(std::int64_t users) const;
    [[nodiscard]] bool isEmpty() const noexcept { return !profile_ && relations_.empty(); }
    [[nodiscard]] bool profile() const noexcept { return profile_; }
    [[nodiscard]] bool hasRelations() const noexcept { return !relations_.empty(); }

    /// What relations show of these users. A constant number of statements. Throws mortise::Busy.
    [[nodiscard]] Included load(mortise::Turn turn, const std::vector<std::string_view>& ids,
                                std::string_view viewer) const;

private:
    [[nodiscard]] std::int64_t limitOf(const Relation& relation) const noexcept;
    void add(std::string_view name, const Relations* known);

    Limits limits_;
    bool profile_ = false;
    std::vector<const Relation*> relations_;
    std::optional<std::string> fault_;
};

} // namespace users
