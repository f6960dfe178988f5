// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/details.hpp"
#include "json/tape.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::json {

struct SchemaProgram;

struct CompileFault {
    std::string pointer; // JSON pointer to the offending keyword or value in the schema
    std::string message;
};

enum class SchemaMode : std::uint8_t {
    strict, // for routes: formats are checked, defaults count, and whatever could be a mistake is a fault
    spec,   // as the specification says, dynamic references and other documents included
};

struct CompileOptions {
    SchemaMode mode = SchemaMode::strict;
    // For `spec`: the text of the schema at an absolute URI without fragment, nothing when there is none. Called while
    // compiling, at most once for each URI. The schemas of the specification itself need none.
    std::function<std::optional<std::string>(std::string_view uri)> resolver;
};

struct ValidateOptions {
    Location in = Location::body;
    // Members that the schema does not know are failures, as under `additionalProperties: false`. Only where the schema
    // lists properties and does not itself set additionalProperties.
    bool rejectUnknown = false;
    // U+0000 in texts and names is a failure where the schema is strict.
    bool refusesNul = true;
};

// A compiled JSON Schema (2020-12, see README.md).
// Immutable once compiled: any number of threads may use it at once.
class Schema {
public:
    // Accepts everything.
    Schema();
    Schema(Schema&&) noexcept;
    Schema& operator=(Schema&&) noexcept;
    Schema(const Schema&) = delete;
    Schema& operator=(const Schema&) = delete;
    ~Schema();

    // `out` is changed only on success. In strict mode defaults are checked against their own schema. Any text is safe:
    // sizes, chains of references and what a check can cost are bounded.
    [[nodiscard]] static std::optional<CompileFault> compile(std::string_view text, Schema& out,
                                                             const CompileOptions& options = {});

    // Adds every failure to `details` until that is full; true when there was none. A missing member that has a
    // default is not a failure, so defaults may be applied before or after. U+0000 in any string or key is one in
    // strict mode.
    bool validate(const Tape& tape, Details& details, const ValidateOptions& options = {}) const;

    // Adds the members that are missing and have a default, in `properties`, `additionalProperties`, `prefixItems` and
    // `items` at any depth, through $ref, and below no other keyword; strict mode only. A default is added as it
    // stands: what is missing in it is not. Costs nothing when the schema has no default, and one pass when none is
    // missing. Precondition: the tape is not empty.
    void applyDefaults(Tape& tape) const;

    // Whether uploaded files have places in it: `format: binary` in strict mode.
    bool takesFiles() const noexcept;

    const SchemaProgram& program() const noexcept { return *program_; }

private:
    std::unique_ptr<const SchemaProgram> program_;
};

} // namespace mortise::json
