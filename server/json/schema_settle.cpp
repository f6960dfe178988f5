// SPDX-License-Identifier: Apache-2.0
#include "json/schema_compiler.hpp"
#include "json/schema_validator.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::json {
namespace {

// Schemas applied to the same value one through the other; the stack of a validation holds as many for each level of
// the document.
constexpr std::uint32_t longest_chain = 32;

class CycleSearch {
public:
    CycleSearch(const SchemaProgram& program, const std::vector<std::string>& pointers)
        : program_(program), pointers_(pointers), heights_(program.rules.size(), unknown) {}

    void run() {
        for (std::uint32_t rule = 0; rule < heights_.size(); ++rule) visit(rule, 0);
    }

private:
    static constexpr std::uint32_t unknown = 0;
    static constexpr std::uint32_t open = 0xffffffffu;

    // How many schemas are below `index` at most, itself included.
    std::uint32_t visit(std::uint32_t index, std::uint32_t depth) {
        if (index == no_index) return 0;
        if (heights_[index] == open) refuse(index, "refers to itself without a property or item in between");
        if (heights_[index] == unknown) {
            if (depth >= longest_chain) refuseLength(index);
            heights_[index] = open;
            const std::uint32_t height = 1 + below(program_.rules[index], depth + 1);
            heights_[index] = height;
        }
        if (heights_[index] > longest_chain) refuseLength(index);
        return heights_[index];
    }

    std::uint32_t below(const Rule& rule, std::uint32_t depth) {
        const Extra& extra = program_.extraOf(rule);
        std::uint32_t height = 0;
        for (const std::uint32_t next :
             {rule.ref, rule.excluded, extra.condition, extra.consequence, extra.alternative})
            height = std::max(height, visit(next, depth));
        for (const Range range : {rule.allOf, rule.anyOf, rule.oneOf})
            for (std::uint32_t link = 0; link < range.count; ++link)
                height = std::max(height, visit(program_.links[range.first + link], depth));
        for (std::uint32_t place = 0; place < extra.dependents.count; ++place)
            height = std::max(height, visit(program_.dependents[extra.dependents.first + place].rule, depth));
        if (extra.dynamicRef == no_index) return height;
        const DynamicRef& ref = program_.dynamicRefs[extra.dynamicRef];
        height = std::max(height, visit(ref.initial, depth));
        for (std::uint32_t place = 0; place < ref.anchors.count; ++place)
            height = std::max(height, visit(program_.dynamicAnchors[ref.anchors.first + place].rule, depth));
        return height;
    }

    [[noreturn]] void refuse(std::uint32_t rule, std::string message) const {
        throw CompileFault{pointers_[rule], std::move(message)};
    }
    [[noreturn]] void refuseLength(std::uint32_t rule) const {
        refuse(rule, "is one of more than " + std::to_string(longest_chain) +
                         " schemas that apply to the same value one through the other");
    }

    const SchemaProgram& program_;
    const std::vector<std::string>& pointers_;
    std::vector<std::uint32_t> heights_;
};

// Sets Rule::defaults wherever defaults are reached from.
class DefaultSearch {
public:
    explicit DefaultSearch(SchemaProgram& program) : program_(program), users_(program.rules.size()) {}

    void run() {
        for (Property& property : program_.properties)
            property.defaulted = program_.fallbackOf(property.rule) != no_index;
        for (std::uint32_t index = 0; index < program_.rules.size(); ++index) look(index);
        while (!reached_.empty()) {
            const std::uint32_t rule = reached_.back();
            reached_.pop_back();
            for (const std::uint32_t user : users_[rule]) reach(user);
        }
    }

private:
    void look(std::uint32_t index) {
        const Rule& rule = program_.rules[index];
        const Extra& extra = program_.extraOf(rule);
        const auto use = [&](std::uint32_t other) {
            if (other != no_index) users_[other].push_back(index);
        };
        use(rule.ref);
        use(rule.items);
        use(extra.additional);
        for (std::uint32_t place = 0; place < extra.prefix.count; ++place)
            use(program_.links[extra.prefix.first + place]);
        for (std::uint32_t place = 0; place < rule.properties.count; ++place) {
            const Property& property = program_.properties[rule.properties.first + place];
            use(property.rule);
            if (property.defaulted) reach(index);
        }
    }

    void reach(std::uint32_t rule) {
        if (std::exchange(program_.rules[rule].defaults, true)) return;
        reached_.push_back(rule);
    }

    SchemaProgram& program_;
    std::vector<std::vector<std::uint32_t>> users_; // of each rule: those that apply it
    std::vector<std::uint32_t> reached_;
};

} // namespace

void refuseCycles(const SchemaProgram& program, const std::vector<std::string>& pointers) {
    CycleSearch(program, pointers).run();
}

void settleDefaults(SchemaProgram& program, const std::vector<std::string>& pointers) {
    DefaultSearch(program).run();
    for (std::uint32_t index = 0; index < program.rules.size(); ++index) {
        const std::uint32_t fallback = program.rules[index].fallback;
        if (fallback == no_index) continue;
        Details details(1);
        Validation validation(program, &details, {}, Validation::Defaults::ignored);
        if (validation.run(index, program.values[fallback])) continue;
        const Detail& detail = details.items().front();
        throw CompileFault{pointers[index] + "/default",
                           (detail.path.empty() ? "" : "does not match its own schema: '" + detail.path + "' ") +
                               detail.message};
    }
}

} // namespace mortise::json
