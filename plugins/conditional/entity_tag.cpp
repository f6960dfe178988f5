// SPDX-License-Identifier: Apache-2.0
#include "entity_tag.hpp"

#include <algorithm>

namespace mortise::conditional {
namespace {

bool isTagCharacter(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x21 || (byte >= 0x23 && byte <= 0x7e) || byte >= 0x80;
}

std::optional<EntityTag> takeOne(std::string_view& text) noexcept {
    EntityTag tag;
    if (text.substr(0, 2) == "W/") {
        tag.weak = true;
        text.remove_prefix(2);
    }
    if (text.empty() || text.front() != '"') return std::nullopt;
    std::size_t end = 1;
    while (end < text.size() && isTagCharacter(text[end])) ++end;
    if (end == text.size() || text[end] != '"') return std::nullopt;
    tag.opaque = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    return tag;
}

} // namespace

std::optional<EntityTag> EntityTag::parse(std::string_view text) noexcept {
    const std::optional<EntityTag> tag = takeOne(text);
    return text.empty() ? tag : std::nullopt;
}

std::optional<EntityTag> takeTag(std::string_view& list) noexcept {
    const auto skip = [&list](std::string_view what) {
        list.remove_prefix(std::min(list.find_first_not_of(what), list.size()));
    };
    skip(" \t,"); // a list may have empty members
    const std::optional<EntityTag> tag = takeOne(list);
    skip(" \t");
    if (!tag || (!list.empty() && list.front() != ',')) {
        list = {};
        return std::nullopt;
    }
    return tag;
}

} // namespace mortise::conditional
