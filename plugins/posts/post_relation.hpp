// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "post_store.hpp"

#include <mortise/user_relations.hpp>

namespace posts {

/// What users show of their posts. `store` lives as long as the instance.
mortise::UserRelation relationOf(const PostStore& store);

} // namespace posts
