// SPDX-License-Identifier: Apache-2.0
#include "json/schema_compiler.hpp"

#include "json/schema_keywords.hpp"

#include <algorithm>
#include <random>
#include <unordered_map>
#include <utility>

namespace mortise::json {
namespace {

// Rules with more properties than this find them by binary search.
constexpr std::uint32_t few_properties = 8;

} // namespace

void SchemaCompiler::run(std::string_view text) {
    resources_.load(text, "");
    const Value root = program_.documents.front()->root();
    compile(root);
    readPending();
    linkDynamic();
    refuseCycles(program_, pointers_);
    if (isStrict()) settleDefaults(program_, pointers_);
    program_.refusesNul = isStrict();
    std::random_device random;
    program_.seed = static_cast<std::uint64_t>(random()) << 32 | random();
}

void SchemaCompiler::fault(std::string message) const {
    throw CompileFault{pointer_, std::move(message)};
}

// The rule of a schema that may be read already, or be waiting.
std::uint32_t SchemaCompiler::ruleOf(const SchemaTarget& target) {
    const auto index = static_cast<std::uint32_t>(program_.rules.size());
    const auto [known, added] = compiled_.emplace(&target.schema.node(), index);
    if (!added) return known->second;
    program_.rules.emplace_back();
    pointers_.push_back(target.pointer);
    owners_.push_back(target.resource);
    pending_.push_back({index, target});
    return index;
}

void SchemaCompiler::readPending() {
    while (!pending_.empty()) {
        const Pending next = std::move(pending_.back());
        pending_.pop_back();
        pointer_ = next.target.pointer;
        resource_ = next.target.resource;
        readInto(next.rule, next.target.schema);
    }
}

std::uint32_t SchemaCompiler::compile(Value schema) {
    const auto index = static_cast<std::uint32_t>(program_.rules.size());
    const auto [known, added] = compiled_.emplace(&schema.node(), index);
    if (!added) return known->second;
    const std::uint32_t around = std::exchange(resource_, resources_.resourceOf(schema, resource_));
    program_.rules.emplace_back();
    pointers_.push_back(pointer_);
    owners_.push_back(resource_);
    readInto(index, schema);
    resource_ = around;
    return index;
}

void SchemaCompiler::readInto(std::uint32_t index, Value schema) {
    Rule rule;
    if (schema.isBoolean())
        rule.never = !schema.boolean();
    else if (schema.isObject())
        readKeywords(rule, schema);
    else
        fault("a schema must be an object, true or false");
    program_.rules[index] = rule;
}

void SchemaCompiler::readKeywords(Rule& rule, Value schema) {
    const std::uint16_t vocabularies = resources_[resource_].vocabularies;
    for (const Member member : schema.members()) {
        const SchemaStep step(pointer_, member.key);
        const SchemaKeyword* const keyword = findKeyword(member.key);
        if (keyword != nullptr && (keyword->vocabulary & vocabularies) != 0)
            keyword->read(*this, rule, member.value);
        else if (isStrict() && !member.key.starts_with("x-"))
            fault("keyword '" + std::string(member.key) + "' is not supported" + suggestKeyword(member.key));
    }
    readObject(rule, schema);
    if ((vocabularies & (vocabulary::validation | vocabulary::applicator)) != 0) readDependents(rule, schema);
    rule.strings = rule.format != Format::none || rule.pattern != no_index || rule.minLength != 0 ||
                   rule.maxLength != no_limit || rule.minBytes != 0 || rule.maxBytes != no_limit;
    rule.combined = rule.ref != no_index || rule.excluded != no_index || !rule.allOf.empty() || !rule.anyOf.empty() ||
                    !rule.oneOf.empty();
    const Extra& extra = program_.extraOf(rule);
    // Elsewhere unknown members cannot be told from those that another part knows.
    rule.closable = rule.unknown == Unknown::unset && !rule.combined &&
                    (!rule.properties.empty() || !extra.patternProperties.empty()) && extra.additional == no_index &&
                    extra.condition == no_index && extra.dynamicRef == no_index && extra.dependents.empty() &&
                    extra.unevaluatedProperties == no_index;
    if (isStrict()) refuseContradictions(rule, schema);
}

void SchemaCompiler::refuseContradictions(const Rule& rule, Value schema) {
    for (const Member member : schema.members()) {
        const SchemaKeyword* const keyword = findKeyword(member.key);
        if (keyword == nullptr) continue;
        const SchemaStep step(pointer_, member.key);
        if (keyword->applies != types::any && (keyword->applies & rule.types) == 0)
            fault("'" + std::string(member.key) + "' says nothing about the type given here");
        if (!keyword->companion.empty() && !schema.find(keyword->companion))
            fault("says nothing without '" + std::string(keyword->companion) + "'");
    }
    refuseCrossed(rule);
}

void SchemaCompiler::refuseLimit(std::uint32_t low, std::uint32_t high, std::string_view keyword) {
    const SchemaStep step(pointer_, keyword);
    if (low > high) fault("is below its minimum, so nothing could match");
}

void SchemaCompiler::refuseCrossed(const Rule& rule) {
    refuseLimit(rule.minLength, rule.maxLength, "maxLength");
    refuseLimit(rule.minBytes, rule.maxBytes, "x-maxBytes");
    refuseLimit(rule.minItems, rule.maxItems, "maxItems");
    const Extra& extra = program_.extraOf(rule);
    refuseLimit(extra.minProperties, extra.maxProperties, "maxProperties");
    if (extra.contains != no_index) refuseLimit(extra.minContains, extra.maxContains, "maxContains");
    if (rule.bounds == no_index) return;
    const Bounds& bounds = program_.bounds[rule.bounds];
    const SchemaStep step(pointer_, "maximum");
    if (bounds.minimum && bounds.maximum && bounds.minimum->number.compare(bounds.maximum->number) > 0)
        fault("is below its minimum, so nothing could match");
}

// properties and required, which make one list.
void SchemaCompiler::readObject(Rule& rule, Value schema) {
    const std::uint16_t vocabularies = resources_[resource_].vocabularies;
    std::vector<Property> list;
    std::unordered_map<std::string_view, std::size_t> places;
    if (const Value properties = schema.find("properties");
        properties && (vocabularies & vocabulary::applicator) != 0) {
        const SchemaStep step(pointer_, "properties");
        if (!properties.isObject()) fault("must be an object");
        for (const Member member : properties.members()) {
            const SchemaStep inner(pointer_, member.key);
            places.emplace(member.key, list.size());
            list.push_back({member.key, compile(member.value), false, false});
        }
    }
    if (const Value required = schema.find("required"); required && (vocabularies & vocabulary::validation) != 0) {
        const SchemaStep step(pointer_, "required");
        if (!required.isArray()) fault("must be an array of strings");
        for (const Value name : required.elements()) {
            if (!name.isString()) fault("must be an array of strings");
            const auto [place, added] = places.emplace(name.bytes(), list.size());
            if (added) list.push_back({name.bytes(), no_index, false, false});
            Property& property = list[place->second];
            if (property.required) fault("names '" + std::string(name.bytes()) + "' twice");
            property.required = true;
            ++rule.required;
        }
    }
    rule.properties = {static_cast<std::uint32_t>(program_.properties.size()), static_cast<std::uint32_t>(list.size())};
    program_.properties.insert(program_.properties.end(), list.begin(), list.end());
    if (list.size() <= few_properties) return;
    std::vector<std::uint32_t> order(list.size());
    for (std::uint32_t index = 0; index < order.size(); ++index) order[index] = index;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t left, std::uint32_t right) { return isNameBefore(list[left].name, list[right].name); });
    rule.sorted = link(order);
}

// dependentRequired and dependentSchemas, which make one list.
void SchemaCompiler::readDependents(Rule& rule, Value schema) {
    const std::uint16_t vocabularies = resources_[resource_].vocabularies;
    std::vector<Dependent> list;
    const auto dependentOf = [&list](std::string_view name) -> Dependent& {
        list.push_back({name, {}, no_index});
        return list.back();
    };
    if (const Value map = schema.find("dependentRequired"); map && (vocabularies & vocabulary::validation) != 0) {
        const SchemaStep step(pointer_, "dependentRequired");
        if (!map.isObject()) fault("must be an object");
        for (const Member member : map.members()) {
            const SchemaStep inner(pointer_, member.key);
            dependentOf(member.key).required = readNames(member.value);
        }
    }
    if (const Value map = schema.find("dependentSchemas"); map && (vocabularies & vocabulary::applicator) != 0) {
        const SchemaStep step(pointer_, "dependentSchemas");
        if (!map.isObject()) fault("must be an object");
        for (const Member member : map.members()) {
            const SchemaStep inner(pointer_, member.key);
            const std::uint32_t below = compile(member.value);
            dependentOf(member.key).rule = below;
        }
    }
    if (list.empty()) return;
    extraOf(rule).dependents = {static_cast<std::uint32_t>(program_.dependents.size()),
                                static_cast<std::uint32_t>(list.size())};
    program_.dependents.insert(program_.dependents.end(), list.begin(), list.end());
}

Range SchemaCompiler::readNames(Value list) {
    const Range range{static_cast<std::uint32_t>(program_.names.size()), list.size()};
    if (!list.isArray()) fault("must be an array of strings");
    for (const Value name : list.elements()) {
        if (!name.isString()) fault("must be an array of strings");
        program_.names.push_back(name.bytes());
    }
    return range;
}

Range SchemaCompiler::link(const std::vector<std::uint32_t>& indexes) {
    const Range range{static_cast<std::uint32_t>(program_.links.size()), static_cast<std::uint32_t>(indexes.size())};
    program_.links.insert(program_.links.end(), indexes.begin(), indexes.end());
    return range;
}

Range SchemaCompiler::compileList(Value list) {
    if (!list.isArray() || list.size() == 0) fault("must be an array of schemas, not empty");
    std::vector<std::uint32_t> indexes;
    std::uint64_t place = 0;
    for (const Value schema : list.elements()) {
        const SchemaStep step(pointer_, place++);
        indexes.push_back(compile(schema));
    }
    return link(indexes);
}

void SchemaCompiler::compileMap(Value map) {
    if (!map.isObject()) fault("must be an object");
    for (const Member member : map.members()) {
        const SchemaStep step(pointer_, member.key);
        compile(member.value);
    }
}

void SchemaCompiler::readRef(Rule& rule, Value value) {
    rule.ref = ruleOf(resources_.find(resource_, string(value), pointer_));
}

void SchemaCompiler::readDynamicRef(Rule& rule, Value value) {
    if (isStrict()) fault("is not supported: where it leads depends on other schemas; use '$ref'");
    const SchemaTarget target = resources_.find(resource_, string(value), pointer_);
    const std::uint32_t initial = ruleOf(target);
    extraOf(rule).dynamicRef = static_cast<std::uint32_t>(program_.dynamicRefs.size());
    program_.dynamicRefs.push_back({initial, target.dynamicAnchor, {}});
}

// Every resource that has the anchor of a dynamic reference could be the outermost one entered. Reading those may bring
// more references and more resources.
void SchemaCompiler::linkDynamic() {
    struct Place {
        std::uint32_t resource;
        std::uint32_t rule;
    };
    std::map<std::string_view, std::vector<Place>> places;
    std::map<std::string_view, std::size_t> seen; // resources looked through for that name
    for (bool changed = true; changed;) {
        changed = false;
        for (const DynamicRef& ref : program_.dynamicRefs)
            if (!ref.name.empty()) places[ref.name];
        for (auto& [name, list] : places) {
            for (std::size_t& next = seen[name]; next < resources_.size(); ++next) {
                const auto resource = static_cast<std::uint32_t>(next);
                const auto anchor = resources_[resource].anchors.find(name);
                if (anchor == resources_[resource].anchors.end() || !anchor->second.dynamic) continue;
                list.push_back({resource, ruleOf({anchor->second.schema, resource, anchor->second.pointer, {}})});
                changed = true;
            }
        }
        readPending();
    }
    std::map<std::string_view, Range> ranges;
    for (const auto& [name, list] : places) {
        ranges[name] = {static_cast<std::uint32_t>(program_.dynamicAnchors.size()),
                        static_cast<std::uint32_t>(list.size())};
        for (const Place& place : list) program_.dynamicAnchors.push_back({place.resource, place.rule});
    }
    if (places.empty()) return;
    for (DynamicRef& ref : program_.dynamicRefs)
        if (!ref.name.empty()) ref.anchors = ranges[ref.name];
    // Which resources are entered has to be seen at every rule now.
    for (std::uint32_t index = 0; index < program_.rules.size(); ++index)
        extraOf(program_.rules[index]).resource = owners_[index];
}

std::optional<CompileFault> compileSchema(std::string_view text, const CompileOptions& options,
                                          SchemaProgram& program) {
    try {
        SchemaCompiler(program, options).run(text);
    } catch (CompileFault& fault) {
        return std::move(fault);
    }
    return std::nullopt;
}

} // namespace mortise::json
