// SPDX-License-Identifier: Apache-2.0
#include "json/schema.hpp"

#include "json/schema_compiler.hpp"
#include "json/schema_program.hpp"
#include "json/schema_validator.hpp"

#include <algorithm>
#include <utility>

namespace mortise::json {
namespace {

// Puts defaults in, one object after the other. `rule` is what applies to `value`, with its chain of $ref.
class DefaultFiller {
public:
    DefaultFiller(const SchemaProgram& program, Tape& tape) noexcept : program_(program), tape_(tape) {}

    bool isMissing(std::uint32_t index, Value value) const {
        for (; index != no_index; index = program_.rules[index].ref) {
            const Rule& rule = program_.rules[index];
            if (!rule.defaults) continue;
            if (value.isArray()) {
                std::uint32_t place = 0;
                for (const Value element : value.elements())
                    if (isMissing(itemOf(rule, place++), element)) return true;
            }
            if (!value.isObject()) continue;
            for (std::uint32_t place = 0; place < rule.properties.count; ++place) {
                const Property& property = propertyOf(rule, place);
                if (property.defaulted && !value.find(property.name)) return true;
            }
            std::uint32_t hint = 0;
            for (const Member member : value.members()) {
                if (isMissing(memberOf(rule, member.key, hint), member.value)) return true;
            }
        }
        return false;
    }

    // Writes `node`, set aside by the builder, completed.
    void fill(std::uint32_t index, const Node& node, TapeBuilder& builder) const {
        const bool array = node.kind == MORTISE_JSON_ARRAY;
        if (index == no_index || !program_.rules[index].defaults || (!array && node.kind != MORTISE_JSON_OBJECT)) {
            builder.copySubtree(node);
            return;
        }
        const Node* const end = mortise_json_next(&node);
        if (array) {
            builder.beginArray();
            std::uint32_t place = 0;
            for (const Node* item = &node + 1; item != end; item = mortise_json_next(item))
                fill(itemsOf(index, place++), *item, builder);
        } else {
            builder.beginObject();
            for (const Node* key = &node + 1; key != end; key = mortise_json_next(key + 1)) {
                builder.copyKey(*key);
                fill(ruleOf(index, valueOf(*key).bytes()), key[1], builder);
            }
            addMissing(index, node, builder);
        }
        builder.end();
    }

private:
    // The builder may move the text, so no Value is kept across a call of it.
    Value valueOf(const Node& node) const noexcept { return {&node, tape_.text().data()}; }

    const Property& propertyOf(const Rule& rule, std::uint32_t place) const noexcept {
        return program_.properties[rule.properties.first + place];
    }

    // What a rule itself, without its $ref, says about an element or a member; no_index when nothing.
    std::uint32_t itemOf(const Rule& rule, std::uint32_t place) const noexcept {
        const Range prefix = program_.extraOf(rule).prefix;
        return place < prefix.count ? program_.links[prefix.first + place] : rule.items;
    }
    std::uint32_t memberOf(const Rule& rule, std::string_view key, std::uint32_t& hint) const noexcept {
        const std::uint32_t found = program_.findProperty(rule, key, hint);
        if (found != no_index && propertyOf(rule, found).rule != no_index) return propertyOf(rule, found).rule;
        const Extra& extra = program_.extraOf(rule);
        // A pattern may know the member, so that it is no additional one.
        return extra.patternProperties.empty() ? extra.additional : no_index;
    }

    std::uint32_t itemsOf(std::uint32_t index, std::uint32_t place) const noexcept {
        for (; index != no_index; index = program_.rules[index].ref) {
            const std::uint32_t item = itemOf(program_.rules[index], place);
            if (item != no_index) return item;
        }
        return no_index;
    }

    std::uint32_t ruleOf(std::uint32_t index, std::string_view key) const noexcept {
        for (; index != no_index; index = program_.rules[index].ref) {
            std::uint32_t hint = 0;
            const std::uint32_t member = memberOf(program_.rules[index], key, hint);
            if (member != no_index) return member;
        }
        return no_index;
    }

    void addMissing(std::uint32_t index, const Node& object, TapeBuilder& builder) const {
        const std::uint32_t first = index;
        for (; index != no_index; index = program_.rules[index].ref) {
            const Rule& rule = program_.rules[index];
            for (std::uint32_t place = 0; place < rule.properties.count; ++place) {
                const Property& property = propertyOf(rule, place);
                // A $ref may know the same property; the nearer one has added it.
                if (!property.defaulted || valueOf(object).find(property.name) ||
                    ruleOf(first, property.name) != property.rule)
                    continue;
                builder.key(property.name);
                builder.graft(program_.values[program_.fallbackOf(property.rule)], MORTISE_JSON_DEFAULTED);
            }
        }
    }

    const SchemaProgram& program_;
    Tape& tape_;
};

} // namespace

Schema::Schema() {
    auto program = std::make_unique<SchemaProgram>();
    program->rules.emplace_back();
    program_ = std::move(program);
}

Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

std::optional<CompileFault> Schema::compile(std::string_view text, Schema& out, const CompileOptions& options) {
    auto program = std::make_unique<SchemaProgram>();
    if (auto fault = compileSchema(text, options, *program)) return fault;
    out.program_ = std::move(program);
    return std::nullopt;
}

bool Schema::validate(const Tape& tape, Details& details, const ValidateOptions& options) const {
    Validation validation(*program_, &details, options, Validation::Defaults::stand_in);
    const bool refusesNul = options.refusesNul && program_->refusesNul;
    const bool clean = !tape.hasNul() || !refusesNul || validation.refuseNul(tape.root());
    return validation.run(0, tape.root()) && clean;
}

void Schema::applyDefaults(Tape& tape) const {
    const DefaultFiller filler(*program_, tape);
    if (!program_->rules[0].defaults || !filler.isMissing(0, tape.root())) return;
    const Node* before = nullptr;
    TapeBuilder builder = TapeBuilder::rewrite(tape, before);
    filler.fill(0, *before, builder);
}

bool Schema::takesFiles() const noexcept {
    return std::any_of(program_->rules.begin(), program_->rules.end(),
                       [](const Rule& rule) { return rule.format == Format::binary; });
}

} // namespace mortise::json
