// SPDX-License-Identifier: Apache-2.0
#include "json/schema_validator.hpp"

#include "json/equality.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mortise::json {
namespace {

// In the list of evaluated members and items: all of them.
constexpr std::uint32_t everything = no_index;

} // namespace

bool Validation::descend(std::uint32_t rule, Value part, const Place* place, Defaults defaults) {
    const bool tracking = std::exchange(tracking_, false);
    const Defaults around = std::exchange(defaults_, defaults);
    const bool good = check(rule, part, place);
    defaults_ = around;
    tracking_ = tracking;
    return good;
}

bool Validation::checkWidely(const Rule& rule, Value value, const Place* place) {
    if (++steps_ > mostSteps_) return false;
    const Extra& extra = program_.extraOf(rule);
    if (program_.dynamicAnchors.empty() || (scope_ != nullptr && scope_->resource == extra.resource))
        return checkWidelyInScope(rule, extra, value, place);
    const Scope scope{scope_, extra.resource};
    scope_ = &scope;
    const bool good = checkWidelyInScope(rule, extra, value, place);
    scope_ = scope.around;
    return good;
}

bool Validation::checkWidelyInScope(const Rule& rule, const Extra& extra, Value value, const Place* place) {
    if (rule.never) return fail(Check::never, place);
    const bool typed = (rule.types & types::of(value.kind())) != 0 || checkType(rule, value, place);
    if (!typed) return false;
    const std::uint32_t unevaluated = value.isArray()    ? extra.unevaluatedItems
                                      : value.isObject() ? extra.unevaluatedProperties
                                                         : no_index;
    const bool tracking = tracking_;
    const std::size_t from = evaluated_.size();
    tracking_ = tracking || unevaluated != no_index;

    bool good = true;
    if (value.isString() && rule.strings) good = checkString(rule, value, place);
    if (value.isNumber() && rule.bounds != no_index) good = checkNumber(program_.bounds[rule.bounds], value, place);
    if (value.isArray()) good = checkItems(rule, extra, value, place);
    if (value.isObject()) good = checkMembers(rule, extra, value, place);
    if ((good || goesOn()) && (rule.enumeration != no_index || rule.constant != no_index))
        good = checkValues(rule, value, place) && good;
    if (rule.combined && (good || goesOn())) good = checkCombined(rule, value, place) && good;
    if (extra.dynamicRef != no_index && (good || goesOn()))
        good = check(targetOf(program_.dynamicRefs[extra.dynamicRef]), value, place) && good;
    if ((extra.condition != no_index || !extra.dependents.empty()) && (good || goesOn())) {
        // As in checkCombined().
        const bool rejectUnknown = std::exchange(options_.rejectUnknown, false);
        const Defaults defaults = std::exchange(defaults_, Defaults::ignored);
        if (extra.condition != no_index) good = checkCondition(extra, value, place) && good;
        if (value.isObject() && (good || goesOn())) good = checkDependents(extra, value, place) && good;
        options_.rejectUnknown = rejectUnknown;
        defaults_ = defaults;
    }
    if (unevaluated != no_index && (good || goesOn())) good = checkUnevaluated(unevaluated, value, place, from) && good;

    tracking_ = tracking;
    if (!tracking) evaluated_.resize(from);
    return good;
}

bool Validation::checkItems(const Rule& rule, const Extra& extra, Value array, const Place* place) {
    bool good = true;
    if (array.size() < rule.minItems) good = fail(Check::min_items, place, rule.minItems);
    if (array.size() > rule.maxItems) good = fail(Check::max_items, place, rule.maxItems);
    if (rule.items != no_index || !extra.prefix.empty()) {
        Place item{place, {}, 0, true};
        for (const Value element : array.elements()) {
            if (!good && !goesOn()) return false;
            const bool first = item.index < extra.prefix.count;
            if (!first && rule.items == no_index) break;
            good = descend(first ? program_.links[extra.prefix.first + item.index] : rule.items, element, &item,
                           defaults_) &&
                   good;
            markEvaluated(item.index);
            ++item.index;
        }
    }
    if (extra.contains != no_index && (good || goesOn())) good = checkContains(extra, array, place) && good;
    if (rule.unique && (good || goesOn()) && !areAllDifferent(array, program_.seed))
        good = fail(Check::all_different, place);
    return good;
}

bool Validation::checkContains(const Extra& extra, Value array, const Place* place) {
    const bool rejectUnknown = std::exchange(options_.rejectUnknown, false);
    const Defaults defaults = std::exchange(defaults_, Defaults::ignored);
    const bool tracking = std::exchange(tracking_, false);
    const bool all = tracking || extra.maxContains != no_limit;
    std::uint32_t matched = 0;
    std::uint32_t index = 0;
    for (const Value element : array.elements()) {
        if (!all && matched >= extra.minContains) break;
        if (probe(extra.contains, element)) {
            ++matched;
            if (tracking) evaluated_.push_back(index);
        }
        ++index;
    }
    tracking_ = tracking;
    defaults_ = defaults;
    options_.rejectUnknown = rejectUnknown;
    if (matched < extra.minContains) return fail(Check::contains, place, extra.minContains);
    if (matched > extra.maxContains) return fail(Check::max_contains, place, extra.maxContains);
    return true;
}

bool Validation::checkMembers(const Rule& rule, const Extra& extra, Value object, const Place* place) {
    bool good = true;
    if (object.size() < extra.minProperties) good = fail(Check::min_properties, place, extra.minProperties);
    if (object.size() > extra.maxProperties) good = fail(Check::max_properties, place, extra.maxProperties);
    std::uint32_t hint = 0;
    std::uint32_t ordinal = 0;
    const Node* const end = mortise_json_next(&object.node());
    for (const Node* node = &object.node() + 1; node != end; node = mortise_json_next(node + 1)) {
        if (!good && !goesOn()) return false;
        const Value key(node, object.text());
        const Place inner{place, key.bytes(), 0, false};
        good = checkMember(rule, extra, key, inner, hint, ordinal++) && good;
    }
    if (rule.required != 0 && (good || goesOn())) good = checkRequired(rule, object, place) && good;
    return good;
}

bool Validation::checkMember(const Rule& rule, const Extra& extra, Value key, const Place& inner, std::uint32_t& hint,
                             std::uint32_t ordinal) {
    const Value value(&key.node() + 1, key.text());
    bool good = true;
    if (extra.names != no_index) {
        const bool tracking = std::exchange(tracking_, false);
        if (!probe(extra.names, key)) good = fail(Check::property_names, &inner);
        tracking_ = tracking;
    }
    bool known = false;
    const std::uint32_t found = program_.findProperty(rule, key.bytes(), hint);
    const std::uint32_t own = found != no_index ? program_.properties[rule.properties.first + found].rule : no_index;
    if (own != no_index) {
        known = true;
        good = descend(own, value, &inner, defaults_) && good;
    }
    for (std::uint32_t place = 0; place < extra.patternProperties.count; ++place) {
        const PatternRule& candidate = program_.patternRules[extra.patternProperties.first + place];
        const re2::StringPiece name(key.bytes().data(), key.bytes().size());
        if (!RE2::PartialMatch(name, *program_.patterns[candidate.pattern].compiled)) continue;
        known = true;
        if (good || goesOn()) good = descend(candidate.rule, value, &inner, Defaults::ignored) && good;
    }
    if (!known && extra.additional != no_index) {
        known = true;
        const Defaults defaults = extra.patternProperties.empty() ? defaults_ : Defaults::ignored;
        if (good || goesOn()) good = descend(extra.additional, value, &inner, defaults) && good;
    }
    if (!known && rule.unknown == Unknown::allowed) known = true;
    if (!known && (rule.unknown == Unknown::rejected || (rule.closable && options_.rejectUnknown)))
        good = fail(Check::additional_properties, &inner);
    if (known) markEvaluated(ordinal);
    return good;
}

bool Validation::checkCondition(const Extra& extra, Value value, const Place* place) {
    const std::uint32_t next = probe(extra.condition, value) ? extra.consequence : extra.alternative;
    return next == no_index || check(next, value, place);
}

bool Validation::checkDependents(const Extra& extra, Value object, const Place* place) {
    bool good = true;
    for (std::uint32_t index = 0; index < extra.dependents.count; ++index) {
        if (!good && !goesOn()) return false;
        const Dependent& dependent = program_.dependents[extra.dependents.first + index];
        if (!object.find(dependent.name)) continue;
        for (std::uint32_t name = 0; name < dependent.required.count; ++name) {
            const std::string_view required = program_.names[dependent.required.first + name];
            if (object.find(required)) continue;
            const Place inner{place, required, 0, false};
            good = fail(Check::dependent_required, &inner, dependent.name);
        }
        if (dependent.rule != no_index && (good || goesOn())) good = check(dependent.rule, object, place) && good;
    }
    return good;
}

// `from` is where the list of what was evaluated in this value begins.
bool Validation::checkUnevaluated(std::uint32_t rule, Value value, const Place* place, std::size_t from) {
    const auto first = evaluated_.begin() + static_cast<std::ptrdiff_t>(from);
    const bool all = std::find(first, evaluated_.end(), everything) != evaluated_.end();
    std::vector<bool> seen(all ? 0 : value.size());
    if (!all) {
        for (auto mark = first; mark != evaluated_.end(); ++mark) seen[*mark] = true;
    }
    evaluated_.resize(from);
    evaluated_.push_back(everything);
    if (all) return true;
    const bool never = program_.rules[rule].never;
    bool good = true;
    std::uint32_t ordinal = 0;
    const auto look = [&](Value part, const Place& inner, Check check) {
        if (seen[ordinal++]) return;
        good = (never ? fail(check, &inner) : descend(rule, part, &inner, Defaults::ignored)) && good;
    };
    if (value.isArray()) {
        Place item{place, {}, 0, true};
        for (const Value element : value.elements()) {
            if (!good && !goesOn()) break;
            look(element, item, Check::unevaluated_items);
            ++item.index;
        }
    } else {
        for (const Member member : value.members()) {
            if (!good && !goesOn()) break;
            const Place inner{place, member.key, 0, false};
            look(member.value, inner, Check::unevaluated_properties);
        }
    }
    return good;
}

// The anchor of the outermost resource entered that has one.
std::uint32_t Validation::targetOf(const DynamicRef& ref) const noexcept {
    std::uint32_t target = ref.initial;
    if (ref.anchors.empty()) return target;
    const DynamicAnchor* const first = program_.dynamicAnchors.data() + ref.anchors.first;
    const DynamicAnchor* const last = first + ref.anchors.count;
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->around) {
        const DynamicAnchor* const found =
            std::lower_bound(first, last, scope->resource, [](const DynamicAnchor& anchor, std::uint32_t resource) {
                return anchor.resource < resource;
            });
        if (found != last && found->resource == scope->resource) target = found->rule;
    }
    return target;
}

} // namespace mortise::json
