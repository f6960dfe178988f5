// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_tree.hpp"
#include "tape_json.hpp"
#include "json/parser.hpp"

#include <stdexcept>
#include <string_view>

namespace mortise::openapi {

// The tree of a JSON text, read by the host's parser.
inline Json parsed(std::string_view text) {
    json::Tape tape;
    if (json::parse(text, tape)) throw std::runtime_error("no JSON: " + std::string(text));
    return jsonOf(tape.view());
}

// What lies at a path of keys, "paths|/users|get"; a number counts items.
inline const Json& at(const Json& root, std::string_view path) {
    const Json* place = &root;
    while (!path.empty()) {
        const std::size_t bar = std::min(path.find('|'), path.size());
        const std::string key(path.substr(0, bar));
        path.remove_prefix(std::min(bar + 1, path.size()));
        const Json* next = nullptr;
        if (place->kind() == Json::Kind::array)
            next = &place->items().at(std::stoul(key));
        else
            next = place->find(key);
        if (next == nullptr) throw std::runtime_error("'" + key + "' is not in " + toJson(*place));
        place = next;
    }
    return *place;
}

} // namespace mortise::openapi
