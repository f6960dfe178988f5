// SPDX-License-Identifier: Apache-2.0
#include "argument_tape.hpp"

#include <charconv>
#include <cstring>

namespace mortise::graphql {

void ArgumentTape::write(const Values& values) {
    clear();
    std::uint32_t at = 0;
    value(values, at);
    show();
}

void ArgumentTape::copy(const mortise_json_tape& from) {
    nodes_.assign(from.nodes, from.nodes + from.node_count);
    text_.assign(from.text_size != 0 ? from.text : "", from.text_size);
    tape_.flags = from.flags;
    show();
}

void ArgumentTape::clear() {
    nodes_.clear();
    text_.clear();
    tape_.flags = 0;
}

void ArgumentTape::show() {
    tape_.node_count = static_cast<std::uint32_t>(nodes_.size());
    tape_.text_size = static_cast<std::uint32_t>(text_.size());
    tape_.nodes = nodes_.data();
    tape_.text = text_.data();
}

const mortise_json_tape* ArgumentTape::member(std::string_view name, mortise_json_tape& part) const {
    if (nodes_.empty() || nodes_.front().kind != MORTISE_JSON_OBJECT) return nullptr;
    const mortise_json_node* at = nodes_.data() + 1;
    for (std::uint32_t i = 0; i < nodes_.front().length; ++i) {
        const mortise_json_node* const found = at + 1;
        if (std::string_view(text_).substr(at->offset, at->length) == name) {
            if (found->kind == MORTISE_JSON_NULL) return nullptr;
            part = tape_;
            part.nodes = found;
            part.node_count = found->skip;
            return &part;
        }
        at = mortise_json_next(found);
    }
    return nullptr;
}

mortise_json_node& ArgumentTape::add(std::uint8_t kind) {
    mortise_json_node node{};
    node.kind = kind;
    node.skip = 1;
    return nodes_.emplace_back(node);
}

void ArgumentTape::string(std::string_view text) {
    mortise_json_node& node = add(MORTISE_JSON_STRING);
    node.offset = static_cast<std::uint32_t>(text_.size());
    node.length = static_cast<std::uint32_t>(text.size());
    text_.append(text);
    if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) {
        node.flags = MORTISE_JSON_HAS_NUL;
        tape_.flags = MORTISE_JSON_TAPE_HAS_NUL;
    }
}

// As it was written where that is known and no integer came of it: more digits than a double has are kept.
void ArgumentTape::number(const Value& value) {
    char digits[40];
    std::string_view text = value.text;
    if (value.kind == ValueKind::integer || text.empty()) {
        const std::to_chars_result written = value.kind == ValueKind::integer
                                                 ? std::to_chars(digits, digits + sizeof digits, value.integer)
                                                 : std::to_chars(digits, digits + sizeof digits, value.number);
        text = {digits, static_cast<std::size_t>(written.ptr - digits)};
    }
    const bool isPlain = text.find_first_of(".eE") == std::string_view::npos;
    constexpr std::size_t surelyInt64 = 19; // characters
    const bool isInteger = value.kind == ValueKind::integer || (isPlain && text.size() < surelyInt64);
    mortise_json_node& node = add(isInteger ? MORTISE_JSON_INTEGER : MORTISE_JSON_NUMBER);
    node.offset = static_cast<std::uint32_t>(text_.size());
    text_.append(text);
    if (!isInteger && isPlain) text_.append(".0");
    node.length = static_cast<std::uint32_t>(text_.size()) - node.offset;
}

// Recursive by the nesting of values, which the engine bounds.
void ArgumentTape::value(const Values& values, std::uint32_t& at) {
    const Value& value = values[at];
    ++at;
    switch (value.kind) {
    case ValueKind::null:
        add(MORTISE_JSON_NULL);
        return;
    case ValueKind::boolean:
        add(value.boolean ? MORTISE_JSON_TRUE : MORTISE_JSON_FALSE);
        return;
    case ValueKind::integer:
    case ValueKind::number:
        return number(value);
    case ValueKind::string:
    case ValueKind::enumeration:
        return string(value.text);
    case ValueKind::list:
    case ValueKind::object:
        break;
    }
    const std::size_t place = nodes_.size();
    const bool isObject = value.kind == ValueKind::object;
    add(isObject ? MORTISE_JSON_OBJECT : MORTISE_JSON_ARRAY).length = value.count;
    for (const std::uint32_t end = value.end; at < end;) {
        if (isObject) string(values[at].name);
        this->value(values, at);
    }
    nodes_[place].skip = static_cast<std::uint32_t>(nodes_.size() - place);
}

} // namespace mortise::graphql
