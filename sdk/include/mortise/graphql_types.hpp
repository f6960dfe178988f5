// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/graphql.h>

namespace mortise {
inline namespace v1 {

// The extension point of the plugin `graphql`. Whoever contributes types or fields names it in mayUse<>(), or in
// needs<>() where nothing makes sense without, and declares them by Setup::graphql(), see graphql.hpp. Where that
// plugin is not enabled, nobody looks at what is contributed.
struct GraphQlTypes {
    static constexpr const char* pointId = MORTISE_GRAPHQL_POINT;
    using Table = mortise_graphql_types;
};

} // namespace v1
} // namespace mortise
