// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/tape.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mortise::json {

class Schema;

struct FormLimits {
    std::uint32_t pairs = 1000;
    std::uint32_t depth = 8; // pairs of brackets in a name
};

struct FormFault {
    enum class Reason : std::uint8_t { bad_escape, invalid_utf8, too_many_pairs, too_large, too_deep, conflict };
    std::size_t position = 0; // byte offset in the input; the index of the pair for readPairs and readFields
    Reason reason = Reason::bad_escape;
};

// A short sentence part: "bad percent escape".
std::string_view describe(FormFault::Reason reason) noexcept;

// Makes an object of name/value text. A value whose property the
// schema types as integer, number, boolean or null only becomes one if its text is one (RFC 8259's numbers, `true`,
// `false`; empty for null) and stays a string otherwise, so that the validator reports `type`. A property typed array
// collects every value of its name, in order; otherwise of a repeated name the last one wins. Members stand in the
// order of their first occurrence; what brackets in names mean is said at FormTree. Values carry
// MORTISE_JSON_FROM_TEXT. After a fault the tape is empty.

// application/x-www-form-urlencoded, also for query strings (without the `?`): `&` separates, `+` is a blank, a name
// without `=` has the empty value, empty parts are ignored. `schema` may be null: everything is a string, and names are
// taken literally.
[[nodiscard]] std::optional<FormFault> readForm(std::string_view bytes, const Schema* schema, Tape& tape,
                                                const FormLimits& limits = {});

struct FormPair {
    std::string_view name;
    std::string_view value;
    bool isFile = false; // `value` is where the file stands among the request's parts; for readFields
};

// Pairs that are decoded already, as path parameters and header fields are. Names are taken literally.
[[nodiscard]] std::optional<FormFault> readPairs(std::span<const FormPair> pairs, const Schema* schema, Tape& tape,
                                                 const FormLimits& limits = {});

// Fields of a multipart/form-data body: names are read as in readForm. A file goes where the schema has `format:
// binary`, as a string with MORTISE_JSON_FILE, and is null everywhere else.
[[nodiscard]] std::optional<FormFault> readFields(std::span<const FormPair> fields, const Schema* schema, Tape& tape,
                                                  const FormLimits& limits = {});

} // namespace mortise::json
