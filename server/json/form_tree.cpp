// SPDX-License-Identifier: Apache-2.0
#include "json/form_tree.hpp"

#include <algorithm>

namespace mortise::json {
namespace {

// Of an element's index, without leading zeros; no_index for anything else. More digits are no index of a form.
std::uint32_t indexOf(std::string_view digits) noexcept {
    if (digits.empty() || digits.size() > 6 || (digits.size() > 1 && digits[0] == '0')) return no_index;
    std::uint32_t index = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') return no_index;
        index = index * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    return index;
}

} // namespace

FormTree::FormTree(SchemaLookup lookup, std::uint32_t depth) : lookup_(lookup), depth_(depth) {
    places_.push_back({Kind::object, SchemaLookup::root, {}, no_index, no_index, no_index, {}});
}

bool FormTree::read(std::string_view name) {
    steps_.clear();
    const Step literal{name, lookup_.member(SchemaLookup::root, name), false};
    const std::size_t bracket = name.find('[');
    if (bracket == std::string_view::npos || bracket == 0 || name.back() != ']' ||
        lookup_.names(SchemaLookup::root, name)) {
        steps_.push_back(literal);
        return true;
    }
    const std::string_view base = name.substr(0, bracket);
    std::uint32_t rule = lookup_.member(SchemaLookup::root, base);
    steps_.push_back({base, rule, false});
    std::string_view rest = name.substr(bracket);
    while (!rest.empty()) {
        const std::size_t end = rest[0] == '[' ? rest.find(']') : std::string_view::npos;
        const std::string_view key = end != std::string_view::npos ? rest.substr(1, end - 1) : std::string_view();
        const bool isElement = lookup_.isArray(rule) && (key.empty() || indexOf(key) != no_index);
        if (end == std::string_view::npos || (!isElement && (key.empty() || !lookup_.isObject(rule)))) {
            steps_.assign(1, literal);
            return true;
        }
        if (steps_.size() > depth_) return false;
        rule = isElement ? lookup_.element(rule, indexOf(key)) : lookup_.member(rule, key);
        steps_.push_back({key, rule, isElement});
        rest.remove_prefix(end + 1);
    }
    return true;
}

std::uint32_t FormTree::enter(std::uint32_t place, const Step& step) {
    const Kind kind = step.isElement ? Kind::array : Kind::object;
    const bool isNew = places_[place].kind == Kind::value && places_[place].first == no_index;
    if (isNew) places_[place].kind = kind;
    if (places_[place].kind != kind) return no_index;
    const auto made = static_cast<std::uint32_t>(places_.size());
    const bool isAppended = step.isElement && step.key.empty();
    if (!isAppended) {
        const auto [known, added] = known_.emplace(std::pair(place, step.key), made);
        if (!added) return known->second;
    }
    places_[place].inner.push_back(made);
    places_.push_back(
        {Kind::value, step.rule, step.key, step.isElement ? indexOf(step.key) : no_index, no_index, no_index, {}});
    return made;
}

FormTree::Outcome FormTree::add(std::uint32_t pair, std::string_view name, std::uint32_t& before) {
    if (!read(name)) return Outcome::too_deep;
    std::uint32_t place = root;
    for (const Step& step : steps_) {
        place = enter(place, step);
        if (place == no_index) return Outcome::conflict;
    }
    Place& value = places_[place];
    if (value.kind != Kind::value) return Outcome::conflict;
    before = value.last;
    if (value.first == no_index) value.first = pair;
    value.last = pair;
    return Outcome::added;
}

void FormTree::sort() {
    for (Place& place : places_) {
        if (place.kind != Kind::array) continue;
        // Those without an index have the largest.
        std::stable_sort(place.inner.begin(), place.inner.end(), [this](std::uint32_t left, std::uint32_t right) {
            return places_[left].index < places_[right].index;
        });
    }
}

} // namespace mortise::json
