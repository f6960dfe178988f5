// SPDX-License-Identifier: Apache-2.0
#include "json/tape.hpp"

#include "json/scan.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace mortise::json {
namespace {

constexpr std::size_t first_nodes = 16;

} // namespace

mortise_json_tape Tape::view() const noexcept {
    mortise_json_tape view{};
    view.struct_size = sizeof view;
    view.flags = flags_;
    view.node_count = static_cast<std::uint32_t>(count_);
    view.text_size = static_cast<std::uint32_t>(textSize_);
    view.nodes = nodes_.data();
    view.text = text_.data();
    return view;
}

void Tape::shrink(std::size_t keepBytes) {
    if (spare_.capacity() * sizeof(Node) > keepBytes) spare_.release();
    if ((nodes_.capacity() - count_) * sizeof(Node) > keepBytes) nodes_.fit(count_);
}

void Tape::release() noexcept {
    nodes_.release();
    spare_.release();
    text_.release();
}

void Tape::settleNul() noexcept {
    const auto has = [](const Node& node) { return (node.flags & MORTISE_JSON_HAS_NUL) != 0; };
    if (hasNul() && std::none_of(nodes_.data(), nodes_.data() + count_, has)) flags_ &= ~MORTISE_JSON_TAPE_HAS_NUL;
}

TapeBuilder::TapeBuilder(Tape& tape) noexcept : tape_(tape) {
    tape_.clear();
}

TapeBuilder::TapeBuilder(Tape& tape, Rewrite) noexcept : tape_(tape) {
    tape_.nodes_.swap(tape_.spare_);
    tape_.count_ = 0;
}

TapeBuilder TapeBuilder::rewrite(Tape& tape, const Node*& before) {
    before = tape.nodes_.data();
    return {tape, Rewrite{}};
}

Node& TapeBuilder::append(const Node& node) {
    if (tape_.count_ >= none) throw std::length_error("too many JSON nodes");
    tape_.nodes_.reserve(std::max(tape_.count_ + 1, first_nodes), tape_.count_);
    Node& added = tape_.nodes_.data()[tape_.count_++];
    added = node;
    return added;
}

Node& TapeBuilder::appendValue(const Node& node) {
    if (open_ != none) {
        Node& container = tape_.nodes_.data()[open_];
        if (container.kind == MORTISE_JSON_ARRAY) ++container.length;
    }
    return append(node);
}

Node TapeBuilder::stringNode(std::string_view text, std::uint8_t kind, std::uint8_t flags) {
    const std::size_t size = tape_.textSize_ + text.size();
    if (size > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("too much JSON text");
    tape_.text_.reserve(size + scan_padding, tape_.textSize_);
    Node node{};
    node.kind = kind;
    node.flags = flags;
    node.skip = 1;
    node.offset = static_cast<std::uint32_t>(tape_.textSize_);
    node.length = static_cast<std::uint32_t>(text.size());
    if (!text.empty()) std::memcpy(tape_.text_.data() + tape_.textSize_, text.data(), text.size());
    tape_.textSize_ = size;
    if (kind == MORTISE_JSON_STRING && text.find('\0') != std::string_view::npos) {
        node.flags |= MORTISE_JSON_HAS_NUL;
        tape_.flags_ |= MORTISE_JSON_TAPE_HAS_NUL;
    }
    return node;
}

void TapeBuilder::begin(std::uint8_t kind) {
    Node node{};
    node.kind = kind;
    node.skip = open_;
    appendValue(node);
    open_ = static_cast<std::uint32_t>(tape_.count_ - 1);
}

void TapeBuilder::end() noexcept {
    Node& container = tape_.nodes_.data()[open_];
    const std::uint32_t around = container.skip;
    container.skip = static_cast<std::uint32_t>(tape_.count_) - open_;
    open_ = around;
}

void TapeBuilder::key(std::string_view name) {
    append(stringNode(name, MORTISE_JSON_STRING, 0));
    ++tape_.nodes_.data()[open_].length;
}

void TapeBuilder::string(std::string_view value, std::uint8_t flags) {
    appendValue(stringNode(value, MORTISE_JSON_STRING, flags));
}

void TapeBuilder::number(std::string_view text, std::uint8_t kind, std::uint8_t flags) {
    appendValue(stringNode(text, kind, flags));
}

void TapeBuilder::boolean(bool value, std::uint8_t flags) {
    Node node{};
    node.kind = value ? MORTISE_JSON_TRUE : MORTISE_JSON_FALSE;
    node.flags = flags;
    node.skip = 1;
    appendValue(node);
}

void TapeBuilder::null(std::uint8_t flags) {
    Node node{};
    node.kind = MORTISE_JSON_NULL;
    node.flags = flags;
    node.skip = 1;
    appendValue(node);
}

void TapeBuilder::graft(Value value, std::uint8_t flags) {
    const Node& root = value.node();
    for (std::uint32_t index = 0; index < root.skip; ++index) {
        const Node& from = (&root)[index];
        const std::uint8_t added = index == 0 ? static_cast<std::uint8_t>(from.flags | flags) : from.flags;
        Node node = from;
        if (from.kind == MORTISE_JSON_STRING || from.kind == MORTISE_JSON_INTEGER || from.kind == MORTISE_JSON_NUMBER)
            node = stringNode(Value(&from, value.text()).bytes(), from.kind, added);
        node.flags = added;
        if (index == 0)
            appendValue(node);
        else
            append(node);
    }
}

void TapeBuilder::copyKey(const Node& key) {
    append(key);
    ++tape_.nodes_.data()[open_].length;
}

void TapeBuilder::copySubtree(const Node& node) {
    appendValue(node);
    for (std::uint32_t index = 1; index < node.skip; ++index) append((&node)[index]);
}

} // namespace mortise::json
