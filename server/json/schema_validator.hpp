// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/catalogue.hpp"
#include "json/schema.hpp"
#include "json/schema_program.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

    // The resources entered on the way here, on the stack of the run.
    struct Scope {
        const Scope* around;
        std::uint32_t resource;
    };

    bool check(std::uint32_t rule, Value value, const Place* place);
    bool checkType(const Rule& rule, Value value, const Place* place);
    bool checkString(const Rule& rule, Value value, const Place* place);
    bool checkNumber(const Bounds& bounds, Value value, const Place* place);
    bool checkArray(const Rule& rule, Value array, const Place* place);
    bool checkObject(const Rule& rule, Value object, const Place* place);
    bool checkRequired(const Rule& rule, Value object, const Place* place);
    bool checkValues(const Rule& rule, Value value, const Place* place);
    bool checkCombined(const Rule& rule, Value value, const Place* place);
    std::uint32_t countMatches(Range range, Value value, std::uint32_t enough);

    // Of rules that have an Extra, and of all whose evaluated members and items count for one around them.
    bool checkWidely(const Rule& rule, Value value, const Place* place);
    bool checkWidelyInScope(const Rule& rule, const Extra& extra, Value value, const Place* place);
    bool checkItems(const Rule& rule, const Extra& extra, Value array, const Place* place);
    bool checkContains(const Extra& extra, Value array, const Place* place);
    bool checkMembers(const Rule& rule, const Extra& extra, Value object, const Place* place);
    bool checkMember(const Rule& rule, const Extra& extra, Value key, const Place& inner, std::uint32_t& hint,
                     std::uint32_t ordinal);
    bool checkCondition(const Extra& extra, Value value, const Place* place);
    bool checkDependents(const Extra& extra, Value object, const Place* place);
    bool checkUnevaluated(std::uint32_t rule, Value value, const Place* place, std::size_t from);
    std::uint32_t targetOf(const DynamicRef& ref) const noexcept;
    // A part of the value at hand; what is evaluated in it does not count here.
    bool descend(std::uint32_t rule, Value part, const Place* place, Defaults defaults);
    // Silent.
    bool probe(std::uint32_t rule, Value value);
    void markEvaluated(std::uint32_t ordinal) {
        if (tracking_) evaluated_.push_back(ordinal);
    }
    bool refuseNulBelow(Value value, const Place* place);

    // Whether to look on after a failure.
    bool goesOn() const noexcept { return details_ != nullptr && !details_->full() && !isExhausted(); }
    bool isExhausted() const noexcept { return steps_ > mostSteps_; }
    bool fail(Check check, const Place* place, std::string_view value = {});
    bool fail(Check check, const Place* place, std::uint64_t value);
    static std::string pathOf(const Place* place);

    const SchemaProgram& program_;
    Details* details_;
    ValidateOptions options_;
    Defaults defaults_;
    // Schemas applied to a value beside others; without a bound, a careless schema makes them grow exponentially with
    // the depth of the document.
    std::uint64_t steps_ = 0;
    std::uint64_t mostSteps_ = 0;
    const Scope* scope_ = nullptr;
    // Members and items of values on the way here that some rule has evaluated, by ordinal; kept only below rules with
    // unevaluatedProperties or unevaluatedItems.
    bool tracking_ = false;
    std::vector<std::uint32_t> evaluated_;
};

} // namespace mortise::json
