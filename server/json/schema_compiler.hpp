// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/schema.hpp"
#include "json/schema_program.hpp"
#include "json/schema_resources.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::json {

// Fills an empty `program`. After a fault its contents are of no use.
[[nodiscard]] std::optional<CompileFault> compileSchema(std::string_view text, const CompileOptions& options,
                                                        SchemaProgram& program);

// Reads schemas into rules. What a reference leads to is put off, so that only the nesting of the text makes the stack
// grow. All functions throw CompileFault.
class SchemaCompiler {
public:
    SchemaCompiler(SchemaProgram& program, const CompileOptions& options)
        : program_(program), options_(options), resources_(program, options) {}

    void run(std::string_view text);

    // For the readers of keywords; `value` is the keyword's, and faults name the place of the keyword.
    bool isStrict() const noexcept { return options_.mode == SchemaMode::strict; }
    [[noreturn]] void fault(std::string message) const;
    std::uint32_t compile(Value schema);
    Range compileList(Value list);
    void compileMap(Value map);
    Extra& extraOf(Rule& rule);
    Bounds& boundsOf(Rule& rule);
    std::uint32_t keep(Value value);
    std::uint32_t count(Value value) const;
    bool boolean(Value value) const;
    std::string_view string(Value value) const;
    Bound bound(Value value) const;
    void readType(Rule& rule, Value value) const;
    void readAdditional(Rule& rule, Value value);
    void readFormat(Rule& rule, Value value) const;
    std::uint32_t readPattern(std::string_view text);
    void readPatternProperties(Rule& rule, Value value);
    void readDependents(Rule& rule, Value schema);
    void readRef(Rule& rule, Value value);
    void readDynamicRef(Rule& rule, Value value);
    void readAnchor(Value value) const;
    void readId(Value value) const;
    void readSchema(Value value) const;

private:
    // A rule that has its index and is read later.
    struct Pending {
        std::uint32_t rule;
        SchemaTarget target;
    };

    std::uint32_t ruleOf(const SchemaTarget& target);
    void readPending();
    void readInto(std::uint32_t index, Value schema);
    void readKeywords(Rule& rule, Value schema);
    void readObject(Rule& rule, Value schema);
    void refuseContradictions(const Rule& rule, Value schema);
    void refuseCrossed(const Rule& rule);
    void refuseLimit(std::uint32_t low, std::uint32_t high, std::string_view keyword);
    Range link(const std::vector<std::uint32_t>& indexes);
    Range readNames(Value list);
    void linkDynamic();

    SchemaProgram& program_;
    const CompileOptions& options_;
    SchemaResources resources_;
    std::uint32_t resource_ = 0;        // that is read
    std::string pointer_;               // to what is read
    std::vector<std::string> pointers_; // of each rule
    std::vector<std::uint32_t> owners_; // of each rule: its resource
    std::unordered_map<const Node*, std::uint32_t> compiled_;
    std::vector<Pending> pending_;
};

// What is known once all rules are there; `pointers` are those of the rules. All functions throw CompileFault.

// Refuses schemas that apply themselves to the same value again, or too many one after the other.
void refuseCycles(const SchemaProgram& program, const std::vector<std::string>& pointers);
// Finds out where defaults are, and refuses those that their own schema does not accept.
void settleDefaults(SchemaProgram& program, const std::vector<std::string>& pointers);

} // namespace mortise::json
