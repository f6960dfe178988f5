// SPDX-License-Identifier: Apache-2.0
#include "module/manifest_object.hpp"

#include "base/text.hpp"
#include "module/declared_names.hpp"
#include "module/module_refusal.hpp"

#include <algorithm>
#include <utility>

namespace mortise::module {

namespace dom = simdjson::dom;

ManifestObject::ManifestObject(dom::element value, std::string where) : where_(std::move(where)) {
    if (value.get(object_) != simdjson::SUCCESS) refuse("", "no object");
    std::vector<std::string_view> keys;
    for (const dom::key_value_pair member : object_) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    if (const auto twice = std::adjacent_find(keys.begin(), keys.end()); twice != keys.end())
        refuse(*twice, "there twice");
}

void ManifestObject::refuse(std::string_view member, const std::string& what) const {
    throw ModuleRefusal{"has a manifest whose " + nameOf(member) + " is " + what};
}

std::string ManifestObject::nameOf(std::string_view member) const {
    std::string name = where_ + base::printable(member, 100);
    if (name.ends_with('.')) name.pop_back();
    return name.empty() ? "whole" : "'" + name + "'";
}

std::optional<dom::element> ManifestObject::find(std::string_view member) const {
    dom::element found;
    if (object_.at_key(member).get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
}

std::optional<dom::array> ManifestObject::array(std::string_view member) const {
    const auto found = find(member);
    if (!found) return std::nullopt;
    dom::array items;
    if (found->get(items) != simdjson::SUCCESS) refuse(member, "no array");
    return items;
}

std::string ManifestObject::text(std::string_view member) const {
    const auto found = find(member);
    std::string_view text;
    if (found && found->get(text) != simdjson::SUCCESS) refuse(member, "no text");
    return plainText(text, nameOf(member) + " of its manifest");
}

std::vector<std::string> ManifestObject::texts(std::string_view member) const {
    std::vector<std::string> list;
    const auto items = array(member);
    if (!items) return list;
    for (const dom::element item : *items) {
        std::string_view text;
        if (item.get(text) != simdjson::SUCCESS) refuse(member, "no array of texts");
        list.push_back(plainText(text, "an item of " + nameOf(member) + " of its manifest"));
    }
    return list;
}

bool ManifestObject::flag(std::string_view member) const {
    const auto found = find(member);
    bool set = false;
    if (found && found->get(set) != simdjson::SUCCESS) refuse(member, "neither true nor false");
    return set;
}

std::optional<std::int64_t> ManifestObject::integer(std::string_view member) const {
    const auto found = find(member);
    if (!found) return std::nullopt;
    std::int64_t value = 0;
    if (found->get(value) != simdjson::SUCCESS) refuse(member, "no integer of 64 bits");
    return value;
}

std::optional<double> ManifestObject::number(std::string_view member) const {
    const auto found = find(member);
    if (!found) return std::nullopt;
    double value = 0;
    if (found->get(value) != simdjson::SUCCESS) refuse(member, "no number");
    return value;
}

std::uint64_t ManifestObject::count(std::string_view member, std::uint64_t maximum) const {
    const std::int64_t value = integer(member).value_or(0);
    if (value < 0 || static_cast<std::uint64_t>(value) > maximum)
        refuse(member, std::to_string(value) + ", it can be 0 to " + std::to_string(maximum));
    return static_cast<std::uint64_t>(value);
}

ManifestObject ManifestObject::object(std::string_view member) const {
    const auto found = find(member);
    if (!found) refuse(member, "missing");
    return ManifestObject(*found, where_ + std::string(member) + '.');
}

std::vector<ManifestObject> ManifestObject::objects(std::string_view member, std::size_t maximum) const {
    std::vector<ManifestObject> list;
    const auto items = array(member);
    if (!items) return list;
    for (const dom::element item : *items) {
        if (list.size() == maximum) refuse(member, "longer than " + std::to_string(maximum));
        list.emplace_back(item, where_ + std::string(member) + '[' + std::to_string(list.size()) + "].");
    }
    return list;
}

} // namespace mortise::module
