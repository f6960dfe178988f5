// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "post_store.hpp"

#include <mortise/deep_pages.hpp>
#include <mortise/plugin.hpp>

#include <functional>
#include <string>

namespace mortise {
inline namespace v1 {
class GraphQlBuilder;
} // namespace v1
} // namespace mortise

namespace posts {

/// Posts in GraphQL: the type, the fields that read and change posts by what the routes use, too, and User.posts. Lives
/// as long as the instance.
class PostTypes {
public:
    PostTypes(const PostStore& store, mortise::DeepPages& deepPages, std::function<std::string()> makeId)
        : store_(store), deepPages_(deepPages), makeId_(std::move(makeId)) {}

    /// [control] In `configure`, behind the routes that its fields are the twins of.
    void declare(mortise::Setup& setup);

private:
    void declareTypes(const mortise::GraphQlBuilder& graph);
    void declareReads(const mortise::GraphQlBuilder& graph);
    void declareWrites(const mortise::GraphQlBuilder& graph);

    const PostStore& store_;
    mortise::DeepPages& deepPages_;
    std::function<std::string()> makeId_; ///< [any]
};

} // namespace posts
