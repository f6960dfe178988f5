// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"
#include "schema/schema_definition.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::graphql {

// The rules for directives applied to definitions (graphql-js: KnownDirectives, UniqueDirectivesPerLocation,
// KnownArgumentNames, UniqueArgumentNames and ProvidedRequiredArguments on directives). Used once.
class SdlDirectiveRules {
public:
    SdlDirectiveRules(const Document& document, std::vector<Error>& errors);

    // Faults are appended.
    void check();

private:
    // What a directive may be given, of its definition.
    struct Known {
        bool repeatable = false;
        std::vector<std::string> locations;
        std::vector<std::string> arguments;
        std::vector<std::pair<std::string, std::string>> required; // name and type
    };
    using Seen = std::unordered_map<std::string_view, NodeId>;

    void learn(const DirectiveDefinition& definition);
    void learn(NodeId definition);
    // `parent` is the kind of the node around `node`.
    void checkAppliedTo(NodeId node, NodeKind parent);
    void checkUnique(NodeId directive, const Known& known, Seen& seen);
    void checkArguments(NodeId directive, const Known* known);
    void report(std::string message, std::uint32_t offset);

    const Document& document_;
    std::vector<Error>& errors_;
    std::unordered_map<std::string, Known> known_;
    Seen onSchema_;
    std::unordered_map<std::string_view, Seen> onTypes_; // a type and its extensions are one place
};

} // namespace mortise::graphql
