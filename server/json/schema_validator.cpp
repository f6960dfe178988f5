// SPDX-License-Identifier: Apache-2.0
#include "json/schema_validator.hpp"

#include "json/equality.hpp"
#include "json/pointer.hpp"
#include "json/utf8.hpp"
#include "json/writer.hpp"

#include <array>
#include <utility>
#include <vector>

namespace mortise::json {
namespace {

// What a client put into a path or a schema into a message is cut to this.
constexpr std::size_t path_bytes = 512;
constexpr std::size_t value_bytes = 256;

// "a string, an integer or null"
std::string describeTypes(std::uint8_t wanted) {
    struct Noun {
        std::uint8_t bit;
        std::string_view text;
    };
    constexpr std::array nouns = {Noun{types::string, "a string"}, Noun{types::integer, "an integer"},
                                  Noun{types::number, "a number"}, Noun{types::boolean, "a boolean"},
                                  Noun{types::array, "an array"},  Noun{types::object, "an object"},
                                  Noun{types::null, "null"}};
    if ((wanted & types::number) != 0) wanted &= static_cast<std::uint8_t>(~types::integer);
    std::string text;
    for (const Noun& noun : nouns) {
        if ((wanted & noun.bit) == 0) continue;
        wanted &= static_cast<std::uint8_t>(~noun.bit);
        if (!text.empty()) text += wanted == 0 ? " or " : ", ";
        text += noun.text;
    }
    return text;
}

// Nothing but a reference, as far as objects are concerned.
bool isPlainRef(const Rule& rule) noexcept {
    return rule.properties.empty() && rule.allOf.empty() && rule.anyOf.empty() && rule.oneOf.empty() &&
           rule.extra == no_index;
}

// Combined rules that a value and what is in it may cost.
std::uint64_t stepsFor(Value value) noexcept {
    return 100'000 + std::uint64_t{64} * value.node().skip;
}

std::string cut(std::string text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    text.resize(cutUtf8(text, bytes).size());
    return text + "\xe2\x80\xa6";
}

std::string asText(Value value) {
    std::string text;
    Writer writer(text);
    if (value.isArray()) {
        for (const Value element : value.elements()) {
            if (!text.empty()) text += ", ";
            if (text.size() > value_bytes) break;
            Writer(text).value(element);
        }
    } else {
        writer.value(value);
    }
    return cut(std::move(text), value_bytes);
}

} // namespace

namespace {

bool isOfFormat(Format format, Value value) noexcept {
    if (format == Format::binary) return (value.node().flags & MORTISE_JSON_FILE) != 0;
    return matches(format, value.bytes());
}

} // namespace

bool Validation::run(std::uint32_t rule, Value value) {
    steps_ = 0;
    mostSteps_ = stepsFor(value);
    const bool good = check(rule, value, nullptr);
    if (!isExhausted()) return good;
    if (details_ != nullptr) details_->add(options_.in, "", codeOf(Check::complexity), messageOf(Check::complexity));
    return false;
}

std::string Validation::pathOf(const Place* place) {
    std::vector<const Place*> steps;
    for (; place != nullptr; place = place->around) steps.push_back(place);
    std::string path;
    for (auto step = steps.rbegin(); step != steps.rend() && path.size() <= path_bytes; ++step) {
        if ((*step)->isIndex)
            appendStep(path, (*step)->index);
        else
            appendStep(path, cutUtf8((*step)->key, path_bytes));
    }
    return cut(std::move(path), path_bytes);
}

bool Validation::fail(Check check, const Place* place, std::string_view value) {
    if (goesOn()) details_->add(options_.in, pathOf(place), codeOf(check), messageOf(check, value));
    return false;
}

bool Validation::fail(Check check, const Place* place, std::uint64_t value) {
    if (goesOn()) details_->add(options_.in, pathOf(place), codeOf(check), messageOf(check, value));
    return false;
}

bool Validation::check(std::uint32_t index, Value value, const Place* place) {
    const Rule& rule = program_.rules[index];
    if (rule.extra != no_index || tracking_) return checkWidely(rule, value, place);
    if (rule.never) return fail(Check::never, place);
    if ((rule.types & types::of(value.kind())) == 0 && !checkType(rule, value, place)) return false;
    bool good = true;
    switch (value.kind()) {
    case MORTISE_JSON_STRING:
        if (rule.strings) good = checkString(rule, value, place);
        break;
    case MORTISE_JSON_INTEGER:
    case MORTISE_JSON_NUMBER:
        if (rule.bounds != no_index) good = checkNumber(program_.bounds[rule.bounds], value, place);
        break;
    case MORTISE_JSON_ARRAY:
        good = checkArray(rule, value, place);
        break;
    case MORTISE_JSON_OBJECT:
        good = checkObject(rule, value, place);
        break;
    default:
        break;
    }
    if (!good && !goesOn()) return false;
    if (rule.enumeration != no_index || rule.constant != no_index) good = checkValues(rule, value, place) && good;
    if (rule.combined && (good || goesOn())) good = checkCombined(rule, value, place) && good;
    return good;
}

// Of a value whose kind is not among the types: a number may still be an integer by value (2020-12, section 4.2.3).
bool Validation::checkType(const Rule& rule, Value value, const Place* place) {
    if (value.kind() == MORTISE_JSON_NUMBER && (rule.types & types::integer) != 0 && value.number().isInteger())
        return true;
    return fail(Check::type, place, describeTypes(rule.types));
}

bool Validation::checkString(const Rule& rule, Value value, const Place* place) {
    const std::string_view text = value.bytes();
    bool good = true;
    if (rule.minLength != 0 || rule.maxLength != no_limit) {
        // A code point takes one to four bytes, so most lengths are decided without counting.
        if (text.size() / 4 < rule.minLength || text.size() > rule.maxLength) {
            const std::size_t length = countCodePoints(text);
            if (length < rule.minLength) good = fail(Check::min_length, place, rule.minLength);
            if (length > rule.maxLength) good = fail(Check::max_length, place, rule.maxLength);
        }
    }
    if (text.size() < rule.minBytes) good = fail(Check::min_bytes, place, rule.minBytes);
    if (text.size() > rule.maxBytes) good = fail(Check::max_bytes, place, rule.maxBytes);
    if (rule.format != Format::none && !isOfFormat(rule.format, value))
        good = fail(Check::format, place, nounOf(rule.format));
    if (rule.pattern != no_index) {
        const Pattern& pattern = program_.patterns[rule.pattern];
        if (!RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern.compiled))
            good = fail(Check::pattern, place, cut(std::string(pattern.text), value_bytes));
    }
    return good;
}

bool Validation::checkNumber(const Bounds& bounds, Value value, const Place* place) {
    const Number number = value.number();
    bool good = true;
    if (bounds.minimum && number.compare(bounds.minimum->number) < 0)
        good = fail(Check::minimum, place, bounds.minimum->text);
    if (bounds.maximum && number.compare(bounds.maximum->number) > 0)
        good = fail(Check::maximum, place, bounds.maximum->text);
    if (bounds.exclusiveMinimum && number.compare(bounds.exclusiveMinimum->number) <= 0)
        good = fail(Check::exclusive_minimum, place, bounds.exclusiveMinimum->text);
    if (bounds.exclusiveMaximum && number.compare(bounds.exclusiveMaximum->number) >= 0)
        good = fail(Check::exclusive_maximum, place, bounds.exclusiveMaximum->text);
    if (bounds.multipleOf && !isMultiple(value.bytes(), bounds.multipleOf->text))
        good = fail(Check::multiple_of, place, bounds.multipleOf->text);
    return good;
}

bool Validation::checkArray(const Rule& rule, Value array, const Place* place) {
    bool good = true;
    if (array.size() < rule.minItems) good = fail(Check::min_items, place, rule.minItems);
    if (array.size() > rule.maxItems) good = fail(Check::max_items, place, rule.maxItems);
    if (rule.items != no_index) {
        Place item{place, {}, 0, true};
        for (const Value element : array.elements()) {
            if (!good && !goesOn()) return false;
            good = check(rule.items, element, &item) && good;
            ++item.index;
        }
    }
    if (rule.unique && (good || goesOn()) && !areAllDifferent(array, program_.seed))
        good = fail(Check::all_different, place);
    return good;
}

bool Validation::checkObject(const Rule& rule, Value object, const Place* place) {
    const bool rejects = rule.unknown == Unknown::rejected || (rule.closable && options_.rejectUnknown);
    if (rule.properties.empty() && !rejects) return true;
    bool good = true;
    std::uint32_t hint = 0;
    std::uint32_t required = 0;
    for (const Member member : object.members()) {
        if (!good && !goesOn()) return false;
        const std::uint32_t found = program_.findProperty(rule, member.key, hint);
        const Property* const property =
            found != no_index ? &program_.properties[rule.properties.first + found] : nullptr;
        if (property != nullptr && property->required) ++required;
        const Place inner{place, member.key, 0, false};
        if (property != nullptr && property->rule != no_index)
            good = check(property->rule, member.value, &inner) && good;
        else if (rejects)
            good = fail(Check::additional_properties, &inner);
    }
    if (required < rule.required && (good || goesOn())) good = checkRequired(rule, object, place) && good;
    return good;
}

bool Validation::checkRequired(const Rule& rule, Value object, const Place* place) {
    bool good = true;
    for (std::uint32_t index = 0; index < rule.properties.count; ++index) {
        const Property& property = program_.properties[rule.properties.first + index];
        if (!property.required || (property.defaulted && defaults_ == Defaults::stand_in)) continue;
        if (object.find(property.name)) continue;
        const Place inner{place, property.name, 0, false};
        good = fail(Check::required, &inner);
        if (!goesOn()) return false;
    }
    return good;
}

bool Validation::checkValues(const Rule& rule, Value value, const Place* place) {
    bool good = true;
    if (rule.constant != no_index && !areEqual(value, program_.values[rule.constant]))
        good = fail(Check::constant, place, asText(program_.values[rule.constant]));
    if (rule.enumeration != no_index) {
        const Value allowed = program_.values[rule.enumeration];
        bool found = false;
        for (const Value choice : allowed.elements()) found = found || areEqual(value, choice);
        if (!found) good = fail(Check::enumeration, place, asText(allowed));
    }
    return good;
}

bool Validation::checkCombined(const Rule& rule, Value value, const Place* place) {
    if (++steps_ > mostSteps_) return false;
    // Unknown members cannot be told from those that another part knows.
    const bool rejectUnknown = std::exchange(options_.rejectUnknown, options_.rejectUnknown && isPlainRef(rule));
    bool good = rule.ref == no_index || check(rule.ref, value, place);
    options_.rejectUnknown = false;
    // Defaults are applied behind $ref only.
    const Defaults defaults = std::exchange(defaults_, Defaults::ignored);
    for (std::uint32_t index = 0; index < rule.allOf.count; ++index) {
        if (!good && !goesOn()) break;
        good = check(program_.links[rule.allOf.first + index], value, place) && good;
    }
    // Every form that matches may evaluate something.
    const std::uint32_t enough = tracking_ ? rule.anyOf.count : 1;
    if ((good || goesOn()) && !rule.anyOf.empty() && countMatches(rule.anyOf, value, enough) == 0)
        good = fail(Check::any_of, place);
    if ((good || goesOn()) && !rule.oneOf.empty() && countMatches(rule.oneOf, value, 2) != 1)
        good = fail(Check::one_of, place);
    if ((good || goesOn()) && rule.excluded != no_index) {
        const bool tracking = std::exchange(tracking_, false);
        if (probe(rule.excluded, value)) good = fail(Check::excluded, place);
        tracking_ = tracking;
    }
    defaults_ = defaults;
    options_.rejectUnknown = rejectUnknown;
    return good;
}

// Silent; stops at `enough`.
std::uint32_t Validation::countMatches(Range range, Value value, std::uint32_t enough) {
    std::uint32_t matched = 0;
    for (std::uint32_t index = 0; index < range.count && matched < enough; ++index)
        matched += probe(program_.links[range.first + index], value) ? 1 : 0;
    return matched;
}

bool Validation::probe(std::uint32_t rule, Value value) {
    Details* const details = std::exchange(details_, nullptr);
    const std::size_t evaluated = evaluated_.size();
    const bool matched = check(rule, value, nullptr);
    // What does not match evaluates nothing.
    if (!matched) evaluated_.resize(evaluated);
    details_ = details;
    return matched;
}

bool Validation::refuseNul(Value value) {
    return refuseNulBelow(value, nullptr);
}

bool Validation::refuseNulBelow(Value value, const Place* place) {
    if (value.isString() && (value.node().flags & MORTISE_JSON_HAS_NUL) != 0) return fail(Check::nul, place);
    bool good = true;
    if (value.isArray()) {
        Place item{place, {}, 0, true};
        for (const Value element : value.elements()) {
            good = refuseNulBelow(element, &item) && good;
            if (!good && !goesOn()) return false;
            ++item.index;
        }
    }
    if (value.isObject()) {
        for (const Member member : value.members()) {
            const Place inner{place, member.key, 0, false};
            if (member.key.find('\0') != std::string_view::npos) good = fail(Check::nul, &inner);
            good = refuseNulBelow(member.value, &inner) && good;
            if (!good && !goesOn()) return false;
        }
    }
    return good;
}

} // namespace mortise::json
