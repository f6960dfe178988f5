// SPDX-License-Identifier: Apache-2.0
#include "json/schema_lookup.hpp"

namespace mortise::json {

template<class Find>
std::uint32_t SchemaLookup::search(std::uint32_t rule, const Find& find) const noexcept {
    for (; rule != no_index; rule = program_->rules[rule].ref) {
        const Rule& here = program_->rules[rule];
        const std::uint32_t found = find(here);
        if (found != no_index) return found;
        for (const Range parts : {here.allOf, here.oneOf, here.anyOf}) {
            for (std::uint32_t part = 0; part < parts.count; ++part) {
                const std::uint32_t inner = search(program_->links[parts.first + part], find);
                if (inner != no_index) return inner;
            }
        }
    }
    return no_index;
}

std::uint32_t SchemaLookup::member(std::uint32_t rule, std::string_view name) const noexcept {
    const std::uint32_t listed = search(rule, [&](const Rule& here) {
        std::uint32_t hint = 0;
        const std::uint32_t found = program_->findProperty(here, name, hint);
        return found != no_index ? program_->properties[here.properties.first + found].rule : no_index;
    });
    if (listed != no_index) return listed;
    return search(rule, [&](const Rule& here) { return program_->extraOf(here).additional; });
}

std::uint32_t SchemaLookup::element(std::uint32_t rule, std::uint32_t index) const noexcept {
    return search(rule, [&](const Rule& here) {
        const Range prefix = program_->extraOf(here).prefix;
        return index < prefix.count ? program_->links[prefix.first + index] : here.items;
    });
}

bool SchemaLookup::names(std::uint32_t rule, std::string_view name) const noexcept {
    return search(rule, [&](const Rule& here) {
               std::uint32_t hint = 0;
               return program_->findProperty(here, name, hint);
           }) != no_index;
}

std::vector<std::string_view> SchemaLookup::members(std::uint32_t rule) const {
    std::vector<std::string_view> names;
    search(rule, [&](const Rule& here) {
        for (std::uint32_t i = 0; i < here.properties.count; ++i)
            names.push_back(program_->properties[here.properties.first + i].name);
        return no_index;
    });
    return names;
}

std::uint8_t SchemaLookup::types(std::uint32_t rule) const noexcept {
    return program_->typesOf(rule);
}

bool SchemaLookup::isObject(std::uint32_t rule) const noexcept {
    if (rule == no_index || (types(rule) & types::object) == 0) return false;
    return types(rule) != types::any || search(rule, [&](const Rule& here) {
                                            return !here.properties.empty() ? here.properties.first
                                                                            : program_->extraOf(here).additional;
                                        }) != no_index;
}

bool SchemaLookup::isFile(std::uint32_t rule) const noexcept {
    return search(rule, [](const Rule& here) { return here.format == Format::binary ? 0 : no_index; }) != no_index;
}

bool SchemaLookup::isArray(std::uint32_t rule) const noexcept {
    if (rule == no_index || (types(rule) & types::array) == 0) return false;
    return types(rule) != types::any || element(rule) != no_index;
}

} // namespace mortise::json
