// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/value.hpp"

#include <mortise/abi/json_node.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mortise::json {

// Owns a document in the layout of mortise/abi/json_node.h. Made to be reused: clear() keeps the buffers, trim() gives
// big ones back. Views into it (Value, text, the ABI view) end with the next change. Thread: one at a time.
class Tape {
public:
    bool empty() const noexcept { return nodes_.empty(); }
    // Precondition: not empty.
    Value root() const noexcept { return {nodes_.data(), text_.data()}; }
    std::span<const Node> nodes() const noexcept { return nodes_; }
    std::string_view text() const noexcept { return {text_.data(), textSize_}; }
    bool hasNul() const noexcept { return (flags_ & MORTISE_JSON_TAPE_HAS_NUL) != 0; }
    mortise_json_tape view() const noexcept;

    void clear() noexcept;
    // Bytes held by the buffers, used or not.
    std::size_t capacityBytes() const noexcept;
    // clear(), and frees the buffers if together they hold more than `keepBytes`.
    void trim(std::size_t keepBytes) noexcept;

private:
    friend class TapeBuilder;
    friend class ParseRun;

    std::vector<Node> nodes_;
    std::vector<char> text_; // textSize_ bytes, then room that the parser may read
    std::vector<Node> spare_;
    std::size_t textSize_ = 0;
    std::uint32_t flags_ = 0;
};

// Writes a document into a tape from calls, as forms and defaults do. The caller keeps the order legal: one root; in an
// object, keys and values alternate and no key comes twice. Text given is copied; it must be valid UTF-8.
// Throws std::length_error when the text would pass 4 GiB.
class TapeBuilder {
public:
    // Clears the tape.
    explicit TapeBuilder(Tape& tape) noexcept;

    void beginObject() { begin(MORTISE_JSON_OBJECT); }
    void beginArray() { begin(MORTISE_JSON_ARRAY); }
    // Ends the innermost container.
    void end();
    void key(std::string_view name);
    void string(std::string_view value, std::uint8_t flags = 0);
    // `text` follows the number grammar of RFC 8259; `kind` is MORTISE_JSON_INTEGER or MORTISE_JSON_NUMBER.
    void number(std::string_view text, std::uint8_t kind, std::uint8_t flags = 0);
    void boolean(bool value, std::uint8_t flags = 0);
    void null(std::uint8_t flags = 0);

    // Replaces the tape's nodes by a rebuilt sequence that starts empty, and keeps its text, so that nodes of before
    // can be copied by copy() without touching text. `before` receives the old nodes.
    static TapeBuilder rebuild(Tape& tape, std::span<const Node>& before);
    // Appends a node as it is (a scalar or a key whose text is in this tape already).
    void copy(const Node& node);
    // Appends a whole subtree as it is (its text is in this tape already).
    void copySubtree(const Node& node);
    // Appends a subtree of another tape, text included, with `flags` added to its root.
    void graft(Value value, std::uint8_t flags);

private:
    struct Rebuild {};
    TapeBuilder(Tape& tape, Rebuild) noexcept : tape_(tape) {}
    void begin(std::uint8_t kind);
    Node& append(std::uint8_t kind, std::uint8_t flags);
    std::uint32_t addText(std::string_view text);

    Tape& tape_;
    std::vector<std::uint32_t> open_;
    bool keyPending_ = false;
};

} // namespace mortise::json
