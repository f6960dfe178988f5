// SPDX-License-Identifier: Apache-2.0
#include "http/constant_fields.hpp"

#include "http/field_block.hpp"

#include <algorithm>
#include <utility>

namespace mortise::http {

ConstantFields::ConstantFields(std::string block) : text_(std::move(block)) {
    std::string_view left = text_;
    while (!left.empty()) {
        const std::string_view line = left.substr(0, left.find("\r\n") + 2);
        lines_.push_back({line.substr(0, line.find(':')), line});
        names_.add(lines_.back().name);
        left.remove_prefix(line.size());
    }
}

bool ConstantFields::has(std::string_view name) const noexcept {
    return names_.mayHave(name) && std::any_of(lines_.begin(), lines_.end(),
                                               [name](const Line& line) { return equalsIgnoreCase(line.name, name); });
}

std::string_view ConstantFields::find(std::string_view name) const noexcept {
    if (!names_.mayHave(name)) return {};
    for (const Line& line : lines_)
        if (equalsIgnoreCase(line.name, name)) return findField(line.text, name);
    return {};
}

bool ConstantFields::meets(std::string_view block) const noexcept {
    while (!block.empty()) {
        if (has(block.substr(0, block.find(':')))) return true;
        block.remove_prefix(block.find("\r\n") + 2);
    }
    return false;
}

bool ConstantFields::meets(const ConstantFields& other) const noexcept {
    return names_.mayMeet(other.names_) &&
           std::any_of(other.lines_.begin(), other.lines_.end(), [this](const Line& line) { return has(line.name); });
}

} // namespace mortise::http
