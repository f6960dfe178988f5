// SPDX-License-Identifier: Apache-2.0
#include "schema/value.hpp"

#include <algorithm>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::uint32_t fewMembers = 16; // that many are searched one by one

} // namespace

const Value* Values::member(const Value& object, std::string_view name) const {
    const auto first = static_cast<std::uint32_t>(&object - values_.data());
    if (first == 0 && rootIndex_.size() != 0) {
        const std::uint32_t at = rootIndex_.find(name);
        return at == NameIndex::none ? nullptr : &values_[at];
    }
    for (std::uint32_t at = first + 1; at < object.end; at = values_[at].end)
        if (values_[at].name == name) return &values_[at];
    return nullptr;
}

std::uint32_t Values::add(const Value& value) {
    const std::uint32_t index = size();
    values_.push_back(value);
    values_.back().end = index + 1;
    values_.back().count = 0;
    return index;
}

std::uint32_t Values::begin(ValueKind kind, std::string_view name) {
    Value value;
    value.kind = kind;
    value.name = name;
    return add(value);
}

void Values::end(std::uint32_t index) {
    std::uint32_t count = 0;
    for (std::uint32_t at = index + 1; at < size(); at = values_[at].end) ++count;
    values_[index].end = size();
    values_[index].count = count;
}

std::uint32_t Values::append(const Values& from, std::uint32_t index, std::string_view name) {
    const std::uint32_t first = size();
    const std::uint32_t count = from.values_[index].end - index;
    if (count > maximum_ - std::min(first, maximum_)) {
        isExceeded_ = true;
        Value null;
        null.name = name;
        return add(null);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        values_.push_back(from.values_[index + i]);
        values_.back().end = values_.back().end - index + first;
    }
    values_[first].name = name;
    return first;
}

std::string_view Values::keep(std::string text) {
    kept_.push_back(std::make_unique<const std::string>(std::move(text)));
    keptBytes_ += sizeof(kept_.back()) + sizeof(std::string) + kept_.back()->capacity();
    return *kept_.back();
}

void Values::indexRoot() {
    if (values_.empty() || values_[0].count <= fewMembers) return;
    for (std::uint32_t at = 1; at < values_[0].end; at = values_[at].end) rootIndex_.insert(values_[at].name, at);
}

void Values::clear() {
    values_.clear();
    kept_.clear();
    keptBytes_ = 0;
    rootIndex_ = {};
    isExceeded_ = false;
}

} // namespace mortise::graphql
