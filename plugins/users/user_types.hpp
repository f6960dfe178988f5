// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registration.hpp"
#include "removals.hpp"
#include "user_reader.hpp"

#include <mortise/deep_pages.hpp>
#include <mortise/plugin.hpp>

#include <functional>

namespace mortise {
inline namespace v1 {
class GraphQlBuilder;
} // namespace v1
} // namespace mortise

namespace users {

/// Users in GraphQL: the types, and the fields that read and change users by what the routes use, too. Lives as long as
/// the instance.
class UserTypes {
public:
    /// What the plugin's routes use; there from `start` on.
    struct Uses {
        const Registration* registration;
        const Removals* removals;
        mortise::DeepPages* deepPages;
        std::function<const Relations*(mortise::Turn)> relations;
    };

    explicit UserTypes(const UserStore& store) noexcept : store_(store), reader_(store) {}

    /// [control] In `configure`, behind the routes that its fields are the twins of.
    void declare(mortise::Setup& setup);
    /// [control] In `start`.
    void open(Uses uses) { uses_ = std::move(uses); }

private:
    void declareTypes(const mortise::GraphQlBuilder& graph);
    void declareReads(const mortise::GraphQlBuilder& graph);
    void declareWrites(const mortise::GraphQlBuilder& graph);

    const UserStore& store_;
    UserReader reader_;
    Uses uses_{};
};

} // namespace users
