// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/catalogue.hpp"
#include "json/schema.hpp"
#include "json/schema_program.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::json {

// One run of a program over a value.
class Validation {
public:
    // Whether a missing member that has a default is a failure where it is required.
    enum class Defaults : std::uint8_t { stand_in, ignored };

    // Without `details` the run ends at the first failure.
    Validation(const SchemaProgram& program, Details* details, const ValidateOptions& options,
               Defaults defaults) noexcept
        : program_(program), details_(details), options_(options), defaults_(defaults) {}

    bool run(std::uint32_t rule, Value value);
    // Reports every string and key below `value` that contains U+0000; true when there is none.
    bool refuseNul(Value value);

private:
    // A step of the path to the value that is looked at, on the stack of the run.
    struct Place {
        const Place* around;
        std::string_view key;
        std::uint32_t index;
        bool isIndex;
    };

    bool check(std::uint32_t rule, Value value, const Place* place);
    bool checkType(const Rule& rule, Value value, const Place* place);
    bool checkString(const Rule& rule, std::string_view text, const Place* place);
    bool checkNumber(const Bounds& bounds, Value value, const Place* place);
    bool checkArray(const Rule& rule, Value array, const Place* place);
    bool checkObject(const Rule& rule, Value object, const Place* place);
    bool checkRequired(const Rule& rule, Value object, const Place* place);
    bool checkValues(const Rule& rule, Value value, const Place* place);
    bool checkCombined(const Rule& rule, Value value, const Place* place);
    std::uint32_t countMatches(Range range, Value value, std::uint32_t enough);
    bool refuseNulBelow(Value value, const Place* place);

    // Whether to look on after a failure.
    bool goesOn() const noexcept { return details_ != nullptr && !details_->full(); }
    bool fail(Check check, const Place* place, std::string_view value = {});
    bool fail(Check check, const Place* place, std::uint64_t value);
    static std::string pathOf(const Place* place);

    const SchemaProgram& program_;
    Details* details_;
    ValidateOptions options_;
    Defaults defaults_;
};

} // namespace mortise::json
