// SPDX-License-Identifier: Apache-2.0
#include "language/parser.hpp"

#include "language/document_parser.hpp"
#include "language/utf8.hpp"

#include <algorithm>

namespace mortise::graphql {

namespace {

constexpr std::uint32_t highestBytes = 0xFFFFFFFE; // offsets have 32 bits

std::optional<Error> checkText(std::string_view source, const TextLimits& limits) {
    const std::uint32_t highest = std::min(limits.bytes, highestBytes);
    if (source.size() > highest)
        return Error{ErrorKind::limit, "The document has more than " + std::to_string(highest) + " bytes.", {}, {}, 0};
    const std::size_t invalid = findInvalidUtf8(source);
    if (invalid == std::string_view::npos) return std::nullopt;
    return Error{ErrorKind::syntax, "Syntax Error: Invalid UTF-8.", {static_cast<std::uint32_t>(invalid)}, {}, 0};
}

} // namespace

ParseResult parseDocument(std::string_view source, const TextLimits& limits) {
    if (auto error = checkText(source, limits)) return {{}, std::move(error)};
    return DocumentParser(source, limits).parseDocument();
}

ParseResult parseValue(std::string_view source, bool isConstant, const TextLimits& limits) {
    if (auto error = checkText(source, limits)) return {{}, std::move(error)};
    return DocumentParser(source, limits).parseValue(isConstant);
}

ParseResult parseType(std::string_view source, const TextLimits& limits) {
    if (auto error = checkText(source, limits)) return {{}, std::move(error)};
    return DocumentParser(source, limits).parseType();
}

} // namespace mortise::graphql
