// SPDX-License-Identifier: Apache-2.0
#include "json/pointer.hpp"

#include <charconv>

namespace mortise::json {
namespace {

bool unescapeStep(std::string_view step, std::string& key) {
    key.clear();
    for (std::size_t index = 0; index < step.size(); ++index) {
        if (step[index] != '~') {
            key += step[index];
            continue;
        }
        if (++index == step.size() || (step[index] != '0' && step[index] != '1')) return false;
        key += step[index] == '0' ? '~' : '/';
    }
    return true;
}

Value elementAt(Value array, std::string_view step) {
    std::uint32_t wanted = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), wanted);
    if (error != std::errc() || end != step.data() + step.size() || wanted >= array.size()) return {};
    if (step.size() > 1 && step[0] == '0') return {};
    Value::Elements::Iterator element = array.elements().begin();
    for (; wanted > 0; --wanted) ++element;
    return *element;
}

} // namespace

void appendStep(std::string& pointer, std::string_view key) {
    pointer += '/';
    for (const char byte : key) {
        if (byte == '~')
            pointer += "~0";
        else if (byte == '/')
            pointer += "~1";
        else
            pointer += byte;
    }
}

void appendStep(std::string& pointer, std::uint64_t index) {
    pointer += '/';
    pointer += std::to_string(index);
}

std::optional<std::string> takeStep(std::string_view& pointer) {
    if (pointer[0] != '/') return std::nullopt;
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    std::string key;
    if (!unescapeStep(step, key)) return std::nullopt;
    return key;
}

Value followStep(Value parent, std::string_view step) {
    return parent.isArray() ? elementAt(parent, step) : parent.find(step);
}

Value resolvePointer(Value root, std::string_view pointer) {
    while (root && !pointer.empty()) {
        const auto step = takeStep(pointer);
        if (!step) return {};
        root = followStep(root, *step);
    }
    return root;
}

} // namespace mortise::json
