// SPDX-License-Identifier: Apache-2.0
#include "json/schema_program.hpp"

#include <algorithm>

namespace mortise::json {

bool isNameBefore(std::string_view left, std::string_view right) noexcept {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

std::uint32_t SchemaProgram::findProperty(const Rule& rule, std::string_view name, std::uint32_t& hint) const noexcept {
    const std::uint32_t count = rule.properties.count;
    const Property* const list = properties.data() + rule.properties.first;
    if (hint < count && list[hint].name == name) return hint++;
    if (rule.sorted.empty()) {
        for (std::uint32_t index = 0; index < count; ++index) {
            if (list[index].name != name) continue;
            hint = index + 1;
            return index;
        }
        return no_index;
    }
    const std::uint32_t* const first = links.data() + rule.sorted.first;
    const std::uint32_t* const last = first + rule.sorted.count;
    const std::uint32_t* const found =
        std::lower_bound(first, last, name, [&](std::uint32_t index, std::string_view wanted) {
            return isNameBefore(list[index].name, wanted);
        });
    if (found == last || list[*found].name != name) return no_index;
    hint = *found + 1;
    return *found;
}

const Extra& SchemaProgram::extraOf(const Rule& rule) const noexcept {
    static const Extra none;
    return rule.extra != no_index ? extras[rule.extra] : none;
}

std::uint32_t SchemaProgram::fallbackOf(std::uint32_t rule) const noexcept {
    while (rule != no_index) {
        if (rules[rule].fallback != no_index) return rules[rule].fallback;
        rule = rules[rule].ref;
    }
    return no_index;
}

std::uint8_t SchemaProgram::typesOf(std::uint32_t rule) const noexcept {
    std::uint8_t left = types::any;
    for (; rule != no_index; rule = rules[rule].ref) left &= rules[rule].types;
    return left;
}

} // namespace mortise::json
