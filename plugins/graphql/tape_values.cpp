// SPDX-License-Identifier: Apache-2.0
#include "tape_values.hpp"

#include <charconv>
#include <string_view>

namespace mortise::graphql {

namespace {

class TapeReader {
public:
    TapeReader(const mortise_json_tape& tape, std::uint32_t maximum, Values& values)
        : tape_(tape), maximum_(maximum), values_(values) {}

    // Recursive by the nesting of JSON, which the host bounds.
    bool read(const mortise_json_node& node, std::string_view name) {
        if (values_.size() >= maximum_) return false;
        if (node.kind == MORTISE_JSON_OBJECT || node.kind == MORTISE_JSON_ARRAY) return readBelow(node, name);
        Value value;
        value.name = name;
        switch (node.kind) {
        case MORTISE_JSON_FALSE:
        case MORTISE_JSON_TRUE:
            value.kind = ValueKind::boolean;
            value.boolean = node.kind == MORTISE_JSON_TRUE;
            break;
        case MORTISE_JSON_STRING:
            value.kind = ValueKind::string;
            value.text = textOf(node);
            break;
        case MORTISE_JSON_INTEGER:
        case MORTISE_JSON_NUMBER:
            readNumber(node, value);
            break;
        default:
            break;
        }
        values_.add(value);
        return true;
    }

private:
    std::string_view textOf(const mortise_json_node& node) const { return {tape_.text + node.offset, node.length}; }

    void readNumber(const mortise_json_node& node, Value& value) const {
        value.text = textOf(node);
        const char* const end = value.text.data() + value.text.size();
        std::from_chars(value.text.data(), end, value.number);
        value.kind = ValueKind::number;
        if (node.kind == MORTISE_JSON_INTEGER &&
            std::from_chars(value.text.data(), end, value.integer).ec == std::errc())
            value.kind = ValueKind::integer;
    }

    bool readBelow(const mortise_json_node& node, std::string_view name) {
        const bool isObject = node.kind == MORTISE_JSON_OBJECT;
        const std::uint32_t place = values_.begin(isObject ? ValueKind::object : ValueKind::list, name);
        const mortise_json_node* at = &node + 1;
        for (std::uint32_t i = 0; i < node.length; ++i) {
            std::string_view member;
            if (isObject) member = textOf(*at++);
            if (!read(*at, member)) return false;
            at = mortise_json_next(at);
        }
        values_.end(place);
        return true;
    }

    const mortise_json_tape& tape_;
    std::uint32_t maximum_;
    Values& values_;
};

} // namespace

bool valuesOfTape(const mortise_json_tape& tape, const mortise_json_node& at, std::uint32_t maximum, Values& values) {
    return TapeReader(tape, maximum, values).read(at, {});
}

} // namespace mortise::graphql
