// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "route_note.hpp"

#include <mortise/extension_point.hpp>
#include <mortise/route_documentation.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::openapi {

// What plugins of one generation add to routes of others.
class RouteAdditions {
public:
    struct One {
        std::string plugin;
        mortise::RouteDocumentation methods;
    };

    explicit RouteAdditions(const mortise::Contributions<mortise::RouteDocumentation>& list);
    const std::vector<One>& all() const noexcept { return all_; }

private:
    std::vector<One> all_;
};

// The JSON of a schema's text; nothing: there is none, or it is malformed.
using ReadSchema = std::function<std::optional<Json>(std::string_view text)>;

// Adds to the note what the route does not say itself.
void extend(RouteNote& note, const mortise::RouteAddition& addition, const ReadSchema& readSchema);

} // namespace mortise::openapi
