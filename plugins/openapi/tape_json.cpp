// SPDX-License-Identifier: Apache-2.0
#include "tape_json.hpp"

namespace mortise::openapi {
namespace {

std::string_view textOf(const mortise_json_tape& tape, const mortise_json_node& node) {
    return {tape.text + node.offset, node.length};
}

Json valueOf(const mortise_json_tape& tape, const mortise_json_node* node) {
    switch (node->kind) {
    case MORTISE_JSON_FALSE:
    case MORTISE_JSON_TRUE:
        return Json::boolean(node->kind == MORTISE_JSON_TRUE);
    case MORTISE_JSON_INTEGER:
    case MORTISE_JSON_NUMBER:
        return Json::number(textOf(tape, *node));
    case MORTISE_JSON_STRING:
        return Json::string(textOf(tape, *node));
    case MORTISE_JSON_ARRAY: {
        Json array = Json::array();
        const mortise_json_node* item = node + 1;
        for (std::uint32_t i = 0; i < node->length; ++i, item = mortise_json_next(item))
            array.push(valueOf(tape, item));
        return array;
    }
    case MORTISE_JSON_OBJECT: {
        Json object = Json::object();
        const mortise_json_node* key = node + 1;
        for (std::uint32_t i = 0; i < node->length; ++i, key = mortise_json_next(key + 1))
            object.members().push_back({std::string(textOf(tape, *key)), valueOf(tape, key + 1)});
        return object;
    }
    default:
        return {};
    }
}

} // namespace

Json jsonOf(const mortise_json_tape& tape) {
    return valueOf(tape, tape.nodes);
}

} // namespace mortise::openapi
