// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/buffer.hpp"
#include "json/value.hpp"

#include <mortise/abi/json_node.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::json {

// Owns a document in the layout of mortise/abi/json_node.h. Made to be reused: clear() keeps the buffers, trim() gives
// big ones back. Views into it (Value, text, the ABI view) end with the next change. Thread: one at a time.
class Tape {
public:
    bool empty() const noexcept { return count_ == 0; }
    // Precondition: not empty.
    Value root() const noexcept { return {nodes_.data(), text_.data()}; }
    std::span<const Node> nodes() const noexcept { return {nodes_.data(), count_}; }
    std::string_view text() const noexcept { return {text_.data(), textSize_}; }
    bool hasNul() const noexcept { return (flags_ & MORTISE_JSON_TAPE_HAS_NUL) != 0; }
    mortise_json_tape view() const noexcept;

    void clear() noexcept {
        count_ = 0;
        textSize_ = 0;
        flags_ = 0;
    }
    // Bytes held by the buffers, used or not.
    std::size_t capacityBytes() const noexcept {
        return (nodes_.capacity() + spare_.capacity()) * sizeof(Node) + text_.capacity();
    }
    // Gives back what is not used of the nodes, as far as that is more than `keepBytes`; the document stays.
    void shrink(std::size_t keepBytes);
    // clear(), and frees the buffers if together they hold more than `keepBytes`.
    void trim(std::size_t keepBytes) noexcept {
        clear();
        if (capacityBytes() > keepBytes) release();
    }

private:
    friend class FormReader;
    friend class ParseRun;
    friend class TapeBuilder;

    void release() noexcept;
    // After something was dropped: what had U+0000 may be gone.
    void settleNul() noexcept;

    Buffer<Node> nodes_;
    Buffer<Node> spare_; // for whoever rewrites the nodes
    Buffer<char> text_;
    std::size_t count_ = 0;
    std::size_t textSize_ = 0;
    std::uint32_t flags_ = 0;
};

// Writes a document into a tape from calls, as forms and defaults do. The caller keeps the order legal: one root; in an
// object, keys and values alternate and no key comes twice. Text must be valid UTF-8.
// Throws std::length_error when nodes or text would pass 4 GiB.
class TapeBuilder {
public:
    // Clears the tape.
    explicit TapeBuilder(Tape& tape) noexcept;

    void beginObject() { begin(MORTISE_JSON_OBJECT); }
    void beginArray() { begin(MORTISE_JSON_ARRAY); }
    // Ends the innermost container.
    void end() noexcept;
    void key(std::string_view name);
    void string(std::string_view value, std::uint8_t flags = 0);
    // `text` follows the number grammar of RFC 8259; `kind` is MORTISE_JSON_INTEGER or MORTISE_JSON_NUMBER.
    void number(std::string_view text, std::uint8_t kind, std::uint8_t flags = 0);
    void boolean(bool value, std::uint8_t flags = 0);
    void null(std::uint8_t flags = 0);
    // A subtree of any tape but this one, text included; `flags` are added to its root.
    void graft(Value value, std::uint8_t flags);

    // For rewriting a tape: sets its nodes aside, where they stay readable at `before` until the tape changes again,
    // and starts it empty; its text is kept, so copyKey() and copySubtree() take nodes over as they are.
    static TapeBuilder rewrite(Tape& tape, const Node*& before);
    void copyKey(const Node& key);
    void copySubtree(const Node& node);

private:
    static constexpr std::uint32_t none = 0xffffffffu;

    struct Rewrite {};
    TapeBuilder(Tape& tape, Rewrite) noexcept;
    void begin(std::uint8_t kind);
    Node& append(const Node& node);
    // An element of the innermost array, or the value of a member.
    Node& appendValue(const Node& node);
    Node stringNode(std::string_view text, std::uint8_t kind, std::uint8_t flags);

    Tape& tape_;
    std::uint32_t open_ = none; // innermost container; while open, its `skip` is the index of the one around it
};

} // namespace mortise::json
