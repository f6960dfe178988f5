// SPDX-License-Identifier: Apache-2.0
#include "json/schema_compiler.hpp"

#include "json/parser.hpp"
#include "json/pointer.hpp"
#include "json/schema_validator.hpp"

#include "base/suggest.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <unordered_map>
#include <utility>

namespace mortise::json {
namespace {

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
// A pattern's compiled form and its caches; past it RE2 falls back to its slower engine.
constexpr std::int64_t pattern_memory_bytes = 1 << 20;
// Rules with more properties than this find them by binary search.
constexpr std::uint32_t few_properties = 8;

struct TypeName {
    std::string_view name;
    std::uint8_t bit;
};
constexpr std::array type_names = {
    TypeName{"null", types::null},     TypeName{"boolean", types::boolean}, TypeName{"integer", types::integer},
    TypeName{"number", types::number}, TypeName{"string", types::string},   TypeName{"array", types::array},
    TypeName{"object", types::object},
};

[[noreturn]] void refuse(std::string pointer, std::string message) {
    throw CompileFault{std::move(pointer), std::move(message)};
}

class SchemaCompiler {
public:
    explicit SchemaCompiler(SchemaProgram& program) noexcept : program_(program) {}

    void run() {
        compile(program_.source.root());
        refuseCycles();
        markDefaults();
        checkDefaults();
        std::random_device random;
        program_.seed = static_cast<std::uint64_t>(random()) << 32 | random();
    }

private:
    struct Keyword {
        std::string_view name;
        std::uint8_t applies; // to values of these types; any: whatever the type
        void (*read)(SchemaCompiler&, Rule&, Value);
    };

    // One step of the pointer to where the compiler is.
    class Step {
    public:
        template<class Key>
        Step(SchemaCompiler& compiler, const Key& key) : pointer_(compiler.pointer_), size_(pointer_.size()) {
            appendStep(pointer_, key);
        }
        ~Step() { pointer_.resize(size_); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

    private:
        std::string& pointer_;
        std::size_t size_;
    };

    static const std::vector<Keyword>& keywords();

    [[noreturn]] void fault(std::string message) const { refuse(pointer_, std::move(message)); }

    std::uint32_t indexOf(Value value) const noexcept {
        return static_cast<std::uint32_t>(&value.node() - program_.source.nodes().data());
    }

    std::uint32_t compile(Value schema) {
        const auto [known, added] =
            compiled_.emplace(indexOf(schema), static_cast<std::uint32_t>(program_.rules.size()));
        if (!added) return known->second;
        const std::uint32_t index = known->second;
        program_.rules.emplace_back();
        pointers_.push_back(pointer_);

        Rule rule;
        if (schema.isBoolean()) {
            rule.never = !schema.boolean();
        } else if (schema.isObject()) {
            readKeywords(rule, schema);
        } else {
            fault("a schema must be an object, true or false");
        }
        program_.rules[index] = rule;
        return index;
    }

    void readKeywords(Rule& rule, Value schema) {
        for (const Member member : schema.members()) {
            const Step step(*this, member.key);
            if (const Keyword* const keyword = find(member.key))
                keyword->read(*this, rule, member.value);
            else if (!member.key.starts_with("x-"))
                fault("keyword '" + std::string(member.key) + "' is not supported" + suggestion(member.key));
        }
        readObject(rule, schema);
        rule.strings = rule.format != Format::none || rule.pattern != no_index || rule.minLength != 0 ||
                       rule.maxLength != no_limit || rule.minBytes != 0 || rule.maxBytes != no_limit;
        rule.combined = rule.ref != no_index || rule.excluded != no_index || !rule.allOf.empty() ||
                        !rule.anyOf.empty() || !rule.oneOf.empty();
        refuseContradictions(rule, schema);
    }

    void refuseContradictions(const Rule& rule, Value schema) {
        for (const Member member : schema.members()) {
            const Keyword* const keyword = find(member.key);
            if (keyword == nullptr || keyword->applies == types::any || (keyword->applies & rule.types) != 0) continue;
            const Step step(*this, member.key);
            fault("'" + std::string(member.key) + "' says nothing about the type given here");
        }
        const auto ordered = [this](std::uint32_t low, std::uint32_t high, std::string_view key) {
            const Step step(*this, key);
            if (low > high) fault("is below its minimum, so nothing could match");
        };
        ordered(rule.minLength, rule.maxLength, "maxLength");
        ordered(rule.minBytes, rule.maxBytes, "x-maxBytes");
        ordered(rule.minItems, rule.maxItems, "maxItems");
        if (rule.bounds == no_index) return;
        const Bounds& bounds = program_.bounds[rule.bounds];
        const Step step(*this, "maximum");
        if (bounds.minimum && bounds.maximum && bounds.minimum->number.compare(bounds.maximum->number) > 0)
            fault("is below its minimum, so nothing could match");
    }

    // properties and required, which make one list.
    void readObject(Rule& rule, Value schema) {
        std::vector<Property> list;
        if (const Value properties = schema.find("properties")) {
            const Step step(*this, "properties");
            if (!properties.isObject()) fault("must be an object");
            for (const Member member : properties.members()) {
                const Step inner(*this, member.key);
                list.push_back({member.key, compile(member.value), false, false});
            }
        }
        if (const Value required = schema.find("required")) {
            const Step step(*this, "required");
            if (!required.isArray()) fault("must be an array of strings");
            for (const Value name : required.elements()) {
                if (!name.isString()) fault("must be an array of strings");
                auto property = std::find_if(list.begin(), list.end(),
                                             [&](const Property& known) { return known.name == name.bytes(); });
                if (property == list.end()) property = list.insert(list.end(), {name.bytes(), no_index, false, false});
                if (property->required) fault("names '" + std::string(name.bytes()) + "' twice");
                property->required = true;
                ++rule.required;
            }
        }
        rule.properties = {static_cast<std::uint32_t>(program_.properties.size()),
                           static_cast<std::uint32_t>(list.size())};
        program_.properties.insert(program_.properties.end(), list.begin(), list.end());
        if (list.size() <= few_properties) return;
        std::vector<std::uint32_t> order(list.size());
        for (std::uint32_t index = 0; index < order.size(); ++index) order[index] = index;
        std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
            return isNameBefore(list[left].name, list[right].name);
        });
        rule.sorted = link(order);
    }

    Range link(const std::vector<std::uint32_t>& indexes) {
        const Range range{static_cast<std::uint32_t>(program_.links.size()),
                          static_cast<std::uint32_t>(indexes.size())};
        program_.links.insert(program_.links.end(), indexes.begin(), indexes.end());
        return range;
    }

    Range compileList(Value list) {
        if (!list.isArray() || list.size() == 0) fault("must be an array of schemas, not empty");
        std::vector<std::uint32_t> indexes;
        std::uint64_t place = 0;
        for (const Value schema : list.elements()) {
            const Step step(*this, place++);
            indexes.push_back(compile(schema));
        }
        return link(indexes);
    }

    void compileMap(Value map) {
        if (!map.isObject()) fault("must be an object");
        for (const Member member : map.members()) {
            const Step step(*this, member.key);
            compile(member.value);
        }
    }

    std::uint32_t count(Value value) const {
        const auto number = value.isNumber() ? value.number().uint64() : std::nullopt;
        if (!number) fault("must be an integer, 0 or more");
        if (*number >= no_limit) fault("is too large");
        return static_cast<std::uint32_t>(*number);
    }

    bool boolean(Value value) const {
        if (!value.isBoolean()) fault("must be true or false");
        return value.boolean();
    }

    std::string_view string(Value value) const {
        if (!value.isString()) fault("must be a string");
        return value.bytes();
    }

    Bounds& boundsOf(Rule& rule) {
        if (rule.bounds == no_index) {
            rule.bounds = static_cast<std::uint32_t>(program_.bounds.size());
            program_.bounds.emplace_back();
        }
        return program_.bounds[rule.bounds];
    }

    Bound bound(Value value) const {
        if (!value.isNumber()) fault("must be a number");
        return {value.number(), value.bytes()};
    }

    void readType(Rule& rule, Value value) const {
        const auto bitOf = [this](Value name) {
            for (const TypeName& type : type_names)
                if (name.isString() && name.bytes() == type.name) return type.bit;
            fault("must be null, boolean, integer, number, string, array or object, or an array of these");
        };
        if (!value.isArray()) {
            rule.types = bitOf(value);
            return;
        }
        if (value.size() == 0) fault("must not be empty");
        rule.types = 0;
        for (const Value name : value.elements()) {
            const std::uint8_t bit = bitOf(name);
            if ((rule.types & bit) != 0) fault("names '" + std::string(name.bytes()) + "' twice");
            rule.types |= bit;
        }
    }

    void readPattern(Rule& rule, Value value) {
        RE2::Options options(RE2::Quiet);
        options.set_max_mem(pattern_memory_bytes);
        const std::string_view text = string(value);
        auto pattern = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
        if (!pattern->ok()) fault("is not a pattern that RE2 takes: " + pattern->error());
        rule.pattern = static_cast<std::uint32_t>(program_.patterns.size());
        program_.patterns.push_back(std::move(pattern));
    }

    void readFormat(Rule& rule, Value value) const {
        const std::string_view name = string(value);
        if (const auto format = formatOf(name)) {
            rule.format = *format;
            return;
        }
        std::vector<std::string> known;
        for (const FormatEntry& entry : formats()) known.emplace_back(entry.keyword);
        fault("format '" + std::string(name) + "' is not supported" + base::didYouMean(name, known));
    }

    void readRef(Rule& rule, Value value) {
        const std::string_view text = string(value);
        if (!text.starts_with('#')) fault("only references into this schema are supported, as '#/$defs/name'");
        const std::string target = decodeFragment(text.substr(1));
        const Value found = resolvePointer(program_.source.root(), target);
        if (!found) fault("leads nowhere: '" + std::string(text) + "'");
        std::string here = std::exchange(pointer_, target);
        rule.ref = compile(found);
        pointer_ = std::move(here);
    }

    std::string decodeFragment(std::string_view text) const {
        std::string decoded;
        for (std::size_t index = 0; index < text.size(); ++index) {
            if (text[index] != '%') {
                decoded += text[index];
                continue;
            }
            constexpr std::string_view digits = "0123456789abcdef";
            const auto digit = [&](std::size_t at) {
                const char byte = at < text.size() ? text[at] : '\0';
                return digits.find(byte >= 'A' && byte <= 'F' ? static_cast<char>(byte + 32) : byte);
            };
            const std::size_t high = digit(index + 1);
            const std::size_t low = digit(index + 2);
            if (high >= 16 || low >= 16) fault("has a malformed percent escape");
            decoded += static_cast<char>(high * 16 + low);
            index += 2;
        }
        return decoded;
    }

    static const Keyword* find(std::string_view name) {
        for (const Keyword& keyword : keywords())
            if (keyword.name == name) return &keyword;
        return nullptr;
    }

    static std::string suggestion(std::string_view name) {
        if (name == "nullable") return "; write \"type\": [\"...\", \"null\"]";
        std::vector<std::string> known;
        for (const Keyword& keyword : keywords()) known.emplace_back(keyword.name);
        return base::didYouMean(name, known);
    }

    // A schema that applies itself to the same value again would never end.
    void refuseCycles() {
        std::vector<std::uint8_t> state(program_.rules.size(), 0); // 1: on the way down, 2: done
        for (std::uint32_t rule = 0; rule < state.size(); ++rule) visit(rule, state);
    }

    void visit(std::uint32_t index, std::vector<std::uint8_t>& state) {
        if (index == no_index || state[index] == 2) return;
        if (state[index] == 1) refuse(pointers_[index], "refers to itself without a property or item in between");
        state[index] = 1;
        const Rule& rule = program_.rules[index];
        visit(rule.ref, state);
        visit(rule.excluded, state);
        for (const Range range : {rule.allOf, rule.anyOf, rule.oneOf})
            for (std::uint32_t link = 0; link < range.count; ++link) visit(program_.links[range.first + link], state);
        state[index] = 2;
    }

    void markDefaults() {
        for (Property& property : program_.properties)
            property.defaulted = program_.fallbackOf(property.rule) != no_index;
        const auto has = [this](std::uint32_t rule) { return rule != no_index && program_.rules[rule].defaults; };
        for (bool changed = true; changed;) {
            changed = false;
            for (Rule& rule : program_.rules) {
                if (rule.defaults) continue;
                rule.defaults = has(rule.ref) || has(rule.items);
                for (std::uint32_t index = 0; index < rule.properties.count; ++index) {
                    const Property& property = program_.properties[rule.properties.first + index];
                    rule.defaults = rule.defaults || property.defaulted || has(property.rule);
                }
                changed = changed || rule.defaults;
            }
        }
    }

    void checkDefaults() {
        for (std::uint32_t index = 0; index < program_.rules.size(); ++index) {
            const std::uint32_t fallback = program_.rules[index].fallback;
            if (fallback == no_index) continue;
            Details details(1);
            Validation validation(program_, &details, {}, Validation::Defaults::ignored);
            if (validation.run(index, program_.at(fallback))) continue;
            const Detail& detail = details.items().front();
            refuse(pointers_[index] + "/default",
                   (detail.path.empty() ? "" : "does not match its own schema: '" + detail.path + "' ") +
                       detail.message);
        }
    }

    SchemaProgram& program_;
    std::string pointer_;
    std::vector<std::string> pointers_;                         // of each rule
    std::unordered_map<std::uint32_t, std::uint32_t> compiled_; // node of a schema: its rule
};

const std::vector<SchemaCompiler::Keyword>& SchemaCompiler::keywords() {
    using C = SchemaCompiler;
    constexpr std::uint8_t any = types::any;
    constexpr std::uint8_t numbers = types::integer | types::number;
    constexpr auto ignore = [](C&, Rule&, Value) {};
    static const std::vector<Keyword> list = {
        {"$comment", any, ignore},
        {"$defs", any, [](C& c, Rule&, Value v) { c.compileMap(v); }},
        {"$id", any,
         [](C& c, Rule&, Value) {
             if (c.pointer_ != "/$id") c.fault("is supported at the root only: it would move the base of references");
         }},
        {"$ref", any, [](C& c, Rule& r, Value v) { c.readRef(r, v); }},
        {"$schema", any,
         [](C& c, Rule&, Value v) {
             if (c.string(v) != dialect) c.fault("must be \"" + std::string(dialect) + "\"");
         }},
        {"additionalProperties", types::object,
         [](C& c, Rule& r, Value v) { r.unknown = c.boolean(v) ? Unknown::allowed : Unknown::rejected; }},
        {"allOf", any, [](C& c, Rule& r, Value v) { r.allOf = c.compileList(v); }},
        {"anyOf", any, [](C& c, Rule& r, Value v) { r.anyOf = c.compileList(v); }},
        {"const", any, [](C& c, Rule& r, Value v) { r.constant = c.indexOf(v); }},
        {"default", any, [](C& c, Rule& r, Value v) { r.fallback = c.indexOf(v); }},
        {"deprecated", any, ignore},
        {"description", any, ignore},
        {"enum", any,
         [](C& c, Rule& r, Value v) {
             if (!v.isArray() || v.size() == 0) c.fault("must be an array, not empty");
             r.enumeration = c.indexOf(v);
         }},
        {"example", any, ignore},
        {"examples", any, ignore},
        {"exclusiveMaximum", numbers, [](C& c, Rule& r, Value v) { c.boundsOf(r).exclusiveMaximum = c.bound(v); }},
        {"exclusiveMinimum", numbers, [](C& c, Rule& r, Value v) { c.boundsOf(r).exclusiveMinimum = c.bound(v); }},
        {"format", types::string, [](C& c, Rule& r, Value v) { c.readFormat(r, v); }},
        {"items", types::array, [](C& c, Rule& r, Value v) { r.items = c.compile(v); }},
        {"maxItems", types::array, [](C& c, Rule& r, Value v) { r.maxItems = c.count(v); }},
        {"maxLength", types::string, [](C& c, Rule& r, Value v) { r.maxLength = c.count(v); }},
        {"maximum", numbers, [](C& c, Rule& r, Value v) { c.boundsOf(r).maximum = c.bound(v); }},
        {"minItems", types::array, [](C& c, Rule& r, Value v) { r.minItems = c.count(v); }},
        {"minLength", types::string, [](C& c, Rule& r, Value v) { r.minLength = c.count(v); }},
        {"minimum", numbers, [](C& c, Rule& r, Value v) { c.boundsOf(r).minimum = c.bound(v); }},
        {"multipleOf", numbers,
         [](C& c, Rule& r, Value v) {
             const Bound step = c.bound(v);
             if (step.number.compare(Number(std::int64_t{0})) <= 0) c.fault("must be greater than 0");
             c.boundsOf(r).multipleOf = step;
         }},
        {"not", any, [](C& c, Rule& r, Value v) { r.excluded = c.compile(v); }},
        {"oneOf", any, [](C& c, Rule& r, Value v) { r.oneOf = c.compileList(v); }},
        {"pattern", types::string, [](C& c, Rule& r, Value v) { c.readPattern(r, v); }},
        {"properties", types::object, ignore}, // readObject()
        {"readOnly", any, ignore},
        {"required", types::object, ignore}, // readObject()
        {"title", any, ignore},
        {"type", any, [](C& c, Rule& r, Value v) { c.readType(r, v); }},
        {"uniqueItems", types::array, [](C& c, Rule& r, Value v) { r.unique = c.boolean(v); }},
        {"writeOnly", any, ignore},
        {"x-maxBytes", types::string, [](C& c, Rule& r, Value v) { r.maxBytes = c.count(v); }},
        {"x-minBytes", types::string, [](C& c, Rule& r, Value v) { r.minBytes = c.count(v); }},
    };
    return list;
}

} // namespace

std::optional<CompileFault> compileSchema(std::string_view text, SchemaProgram& program) {
    if (const auto fault = parse(text, program.source)) {
        return CompileFault{"", "is not JSON: " + std::string(describe(fault->reason)) + " at byte " +
                                    std::to_string(fault->position)};
    }
    try {
        SchemaCompiler(program).run();
    } catch (CompileFault& fault) {
        return std::move(fault);
    }
    return std::nullopt;
}

} // namespace mortise::json
