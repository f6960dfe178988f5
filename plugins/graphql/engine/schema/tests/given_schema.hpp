// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/parser.hpp"
#include "schema/inspect.hpp"
#include "schema/sdl_reader.hpp"
#include "schema/untyped_literal.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::graphql {

// A schema of SDL that has no faults.
inline Schema givenSchema(std::string_view sdl, std::span<const NamedScalar> scalars = {}) {
    SchemaResult result = schemaFromSdl(sdl, scalars);
    for (const Error& error : result.errors) CPPUNIT_FAIL(error.message);
    return std::move(*result.schema);
}

// Values written as a literal: `{a: [1, "x"]}` is what JSON of that shape is. The text outlives the values.
inline Values givenValues(std::string_view literal) {
    const ParseResult parsed = parseValue(literal, true);
    CPPUNIT_ASSERT_MESSAGE(std::string(literal), !parsed.error);
    Values values;
    appendLiteral(parsed.document, 1, nullptr, values, {});
    return values;
}

// As `inspect` shows values, whatever their depth.
inline std::string wholeText(const Values& values, std::uint32_t index) {
    const Value& value = values[index];
    const bool isList = value.kind == ValueKind::list;
    if ((!isList && value.kind != ValueKind::object) || value.count == 0) return inspect(values, index);
    std::string text = isList ? "[" : "{ ";
    for (std::uint32_t at = index + 1; at < value.end; at = values[at].end) {
        if (at != index + 1) text += ", ";
        if (!isList) text.append(values[at].name) += ": ";
        text += wholeText(values, at);
    }
    return text += isList ? "]" : " }";
}

// Messages, sorted, one a line.
inline std::string messagesOf(const std::vector<Error>& errors) {
    std::vector<std::string> messages;
    for (const Error& error : errors) messages.push_back(error.message + "\n");
    std::sort(messages.begin(), messages.end());
    std::string all;
    for (const std::string& message : messages) all += message;
    return all;
}

} // namespace mortise::graphql
