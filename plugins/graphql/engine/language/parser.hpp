// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::graphql {

// What nests may be walked by recursion: documents and values nest no deeper, whatever their limits say.
inline constexpr std::uint32_t highestNesting = 500;

// Bounds of a text, checked before and while it is parsed.
struct TextLimits {
    std::uint32_t bytes = 100'000;
    std::uint32_t tokens = 5'000; // comments and commas are none
    // Selection sets, lists, objects and list types within each other; highestNesting at the most.
    std::uint32_t nesting = 200;
};

// A document, or why there is none: then the document is empty.
struct ParseResult {
    Document document; // at most one node a token, and one
    std::optional<Error> error;
};

// Parses executable and type system definitions, in one document (of an operation's document validation refuses the
// latter: ExecutableDefinitions). Takes time by the bytes of the source, memory by its
// tokens. The document borrows the source. Descriptions before operations, fragments and variables are read and not
// kept.
ParseResult parseDocument(std::string_view source, const TextLimits& limits = {});

// One value; a constant one has no variables. Node 0 is a document, node 1 the value.
ParseResult parseValue(std::string_view source, bool isConstant, const TextLimits& limits = {});

// One type reference. Node 0 is a document, node 1 the type.
ParseResult parseType(std::string_view source, const TextLimits& limits = {});

} // namespace mortise::graphql
