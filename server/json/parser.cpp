// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"

#include "json/scan.hpp"
#include "json/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace mortise::json {
namespace {

using Reason = ParseFault::Reason;

constexpr std::uint32_t no_container = 0xffffffffu;
// Recursion over a tape (compaction, validation) must stay within any thread's stack.
constexpr std::uint32_t deepest = 1000;
// Objects of up to this many members look for duplicates member by member, larger ones by sorting once.
constexpr std::uint32_t few_members = 16;
// In `reserved` while a document is being parsed.
constexpr std::uint16_t key_dropped = 1;   // of a key: a later member has the same
constexpr std::uint16_t sort_at_close = 1; // of an object

bool isBlank(char byte) noexcept {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

int hexDigit(char byte) noexcept {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

} // namespace

// One pass over a copy of the document in the tape's text: strings are unescaped where they stand (they only shrink),
// numbers stay as written. A zero byte behind the text ends every inner loop.
//
// An open container uses its fields for the parser: `skip` is the index of the container around it, and an object's
// `offset` is a set of 32 bits of the keys so far, so that most keys are known to be new without a look at the others.
class ParseRun {
public:
    ParseRun(Tape& tape, const ParseLimits& limits) noexcept
        : tape_(tape), depthLimit_(std::min(limits.depth, deepest)), nodeLimit_(limits.nodes) {}

    std::optional<ParseFault> run(std::string_view bytes) {
        tape_.clear();
        const std::size_t padded = bytes.size() + scan_padding + 1;
        tape_.text_.reserve(padded, 0);
        begin_ = tape_.text_.data();
        end_ = begin_ + bytes.size();
        at_ = begin_;
        if (!bytes.empty()) std::memcpy(begin_, bytes.data(), bytes.size());
        std::memset(end_, 0, scan_padding + 1);
        // A node takes two bytes of text at least, so small documents never grow the nodes.
        tape_.nodes_.reserve(
            std::min({bytes.size() / 2 + 1, bytes.size() / 8 + 32, static_cast<std::size_t>(nodeLimit_)}), 0);
        useNodes();

        if (!document()) {
            tape_.clear();
            return fault_;
        }
        if (dropped_) compact();
        tape_.count_ = count_;
        tape_.textSize_ = bytes.size();
        tape_.flags_ = flags_;
        return std::nullopt;
    }

private:
    bool fail(Reason reason, const char* at) noexcept {
        fault_.position = static_cast<std::size_t>(at - begin_);
        fault_.reason = reason;
        return false;
    }

    // The byte at `at` fits nothing; at the end of the text there is none.
    bool misfit(Reason reason, const char* at) noexcept {
        return fail(at == end_ ? Reason::unexpected_end : reason, at);
    }

    void useNodes() noexcept {
        nodes_ = tape_.nodes_.data();
        room_ = std::min<std::size_t>(tape_.nodes_.capacity(), nodeLimit_);
    }

    bool grow() {
        if (count_ >= nodeLimit_) return fail(Reason::too_many_values, at_);
        tape_.nodes_.reserve(count_ + 1, count_);
        useNodes();
        return true;
    }

    bool append(std::uint8_t kind, std::uint8_t flags, std::uint32_t skip, const char* text, std::size_t length) {
        if (count_ == room_ && !grow()) return false;
        Node& node = nodes_[count_++];
        node.kind = kind;
        node.flags = flags;
        node.reserved = 0;
        node.skip = skip;
        node.offset = text != nullptr ? static_cast<std::uint32_t>(text - begin_) : 0;
        node.length = static_cast<std::uint32_t>(length);
        return true;
    }

    void skipBlanks() noexcept {
        while (isBlank(*at_)) ++at_;
    }

    bool document() {
        skipBlanks();
        if (at_ == end_) return fail(begin_ == end_ ? Reason::empty : Reason::unexpected_end, at_);
        for (;;) {
            if (open_ != no_container && nodes_[open_].kind == MORTISE_JSON_ARRAY) ++nodes_[open_].length;
            bool entered = false;
            if (!value(entered)) return false;
            if (entered) continue;
            // A value is complete: close what ends here, until another value is due.
            for (;;) {
                skipBlanks();
                if (open_ == no_container) return at_ == end_ || fail(Reason::trailing_content, at_);
                const bool object = nodes_[open_].kind == MORTISE_JSON_OBJECT;
                if (*at_ == ',') {
                    ++at_;
                    skipBlanks();
                    if (object && !key()) return false;
                    break;
                }
                if (*at_ != (object ? '}' : ']')) return misfit(Reason::unexpected_character, at_);
                ++at_;
                close();
            }
        }
    }

    // `entered`: a container was opened and its first value is due.
    bool value(bool& entered) {
        switch (*at_) {
        case '{':
            if (!open(MORTISE_JSON_OBJECT)) return false;
            if (*at_ == '}') {
                ++at_;
                close();
                return true;
            }
            entered = true;
            return key();
        case '[':
            if (!open(MORTISE_JSON_ARRAY)) return false;
            if (*at_ == ']') {
                ++at_;
                close();
                return true;
            }
            entered = true;
            return true;
        case '"':
            return string();
        case 't':
            return literal("true", MORTISE_JSON_TRUE);
        case 'f':
            return literal("false", MORTISE_JSON_FALSE);
        case 'n':
            return literal("null", MORTISE_JSON_NULL);
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            return number();
        default:
            return misfit(Reason::unexpected_character, at_);
        }
    }

    bool open(std::uint8_t kind) {
        if (depth_ == depthLimit_) return fail(Reason::too_deep, at_);
        if (!append(kind, 0, open_, nullptr, 0)) return false;
        open_ = static_cast<std::uint32_t>(count_ - 1);
        ++depth_;
        ++at_;
        skipBlanks();
        return true;
    }

    void close() {
        Node& node = nodes_[open_];
        if (node.reserved == sort_at_close) dropDuplicates(open_);
        const std::uint32_t around = node.skip;
        node.skip = static_cast<std::uint32_t>(count_) - open_;
        node.offset = 0;
        node.reserved = 0;
        open_ = around;
        --depth_;
    }

    bool literal(std::string_view word, std::uint8_t kind) {
        for (std::size_t index = 1; index < word.size(); ++index)
            if (at_[index] != word[index]) return misfit(Reason::unexpected_character, at_ + index);
        at_ += word.size();
        return append(kind, 0, 1, nullptr, 0);
    }

    bool number() {
        std::size_t length = 0;
        const NumberScan scan = scanNumber({at_, static_cast<std::size_t>(end_ - at_)}, length);
        if (scan == NumberScan::malformed) return misfit(Reason::bad_number, at_ + length);
        if (scan == NumberScan::out_of_range) return fail(Reason::number_out_of_range, at_);
        const char* const text = at_;
        at_ += length;
        return append(scan == NumberScan::integer ? MORTISE_JSON_INTEGER : MORTISE_JSON_NUMBER, 0, 1, text, length);
    }

    bool key() {
        if (*at_ != '"') return misfit(Reason::unexpected_character, at_);
        if (!string()) return false;
        noteKey();
        skipBlanks();
        if (*at_ != ':') return misfit(Reason::unexpected_character, at_);
        ++at_;
        skipBlanks();
        return true;
    }

    bool string() {
        char* const text = at_ + 1;
        char* stop = text + (scanPlain(text) - text);
        std::uint8_t flags = 0;
        at_ = stop;
        if (*stop != '"') {
            if (!unescape(stop, flags)) return false;
            flags_ |= flags != 0 ? MORTISE_JSON_TAPE_HAS_NUL : 0;
        }
        ++at_;
        return append(MORTISE_JSON_STRING, flags, 1, text, static_cast<std::size_t>(stop - text));
    }

    // From the first byte that is not plain to the closing quote; `out` ends behind the last unescaped byte.
    bool unescape(char*& out, std::uint8_t& flags) noexcept {
        for (;;) {
            if (*at_ == '"') return true;
            if (*at_ != '\\') return misfit(Reason::control_character, at_);
            ++at_;
            switch (*at_) {
            case '"':
            case '\\':
            case '/':
                *out++ = *at_++;
                break;
            case 'b':
                *out++ = '\b', ++at_;
                break;
            case 'f':
                *out++ = '\f', ++at_;
                break;
            case 'n':
                *out++ = '\n', ++at_;
                break;
            case 'r':
                *out++ = '\r', ++at_;
                break;
            case 't':
                *out++ = '\t', ++at_;
                break;
            case 'u': {
                std::uint32_t codePoint = 0;
                if (!escapedCodePoint(codePoint)) return false;
                if (codePoint == 0) flags |= MORTISE_JSON_HAS_NUL;
                out = encodeUtf8(codePoint, out);
                break;
            }
            default:
                return misfit(Reason::bad_escape, at_);
            }
            const char* const plain = at_;
            const auto length = static_cast<std::size_t>(scanPlain(plain) - plain);
            std::memmove(out, plain, length);
            out += length;
            at_ += length;
        }
    }

    // At the `u`; reads a surrogate pair whole.
    bool escapedCodePoint(std::uint32_t& codePoint) noexcept {
        const char* const backslash = at_ - 1;
        if (!fourHex(codePoint)) return false;
        if (codePoint < 0xd800 || codePoint > 0xdfff) return true;
        if (codePoint > 0xdbff) return fail(Reason::lone_surrogate, backslash);
        for (const char* next = at_; next != at_ + 2; ++next) {
            if (next == end_) return fail(Reason::unexpected_end, end_);
            if (*next != (next == at_ ? '\\' : 'u')) return fail(Reason::lone_surrogate, backslash);
        }
        ++at_;
        std::uint32_t low = 0;
        if (!fourHex(low)) return false;
        if (low < 0xdc00 || low > 0xdfff) return fail(Reason::lone_surrogate, backslash);
        codePoint = 0x10000 + ((codePoint - 0xd800) << 10) + (low - 0xdc00);
        return true;
    }

    bool fourHex(std::uint32_t& value) noexcept {
        value = 0;
        ++at_;
        for (int digit = 0; digit < 4; ++digit, ++at_) {
            const int nibble = hexDigit(*at_);
            if (nibble < 0) return misfit(Reason::bad_escape, at_);
            value = value << 4 | static_cast<std::uint32_t>(nibble);
        }
        return true;
    }

    std::string_view textOf(const Node& node) const noexcept { return {begin_ + node.offset, node.length}; }

    // Counts the key just appended, and marks an earlier member of the same name as dropped.
    void noteKey() noexcept {
        Node& object = nodes_[open_];
        const Node& key = nodes_[count_ - 1];
        const std::string_view name = textOf(key);
        std::uint32_t mix = key.length * 0x9e3779b1u;
        if (!name.empty())
            mix += static_cast<unsigned char>(name.front()) * 0x85ebca6bu +
                   static_cast<unsigned char>(name.back()) * 0xc2b2ae35u;
        const std::uint32_t bit = 1u << (mix >> 27);
        const bool maybeKnown = (object.offset & bit) != 0;
        object.offset |= bit;
        ++object.length;
        if (!maybeKnown || object.reserved == sort_at_close) return;
        std::uint32_t looked = 0;
        for (Node* other = nodes_ + open_ + 1; other != &key; other += 1 + other[1].skip) {
            if (++looked > few_members) {
                object.reserved = sort_at_close;
                return;
            }
            if (other->reserved == key_dropped || textOf(*other) != name) continue;
            drop(*other, object);
            return;
        }
    }

    void drop(Node& key, Node& object) noexcept {
        key.reserved = key_dropped;
        --object.length;
        dropped_ = true;
    }

    void dropDuplicates(std::uint32_t object) {
        std::vector<Node*> keys;
        keys.reserve(nodes_[object].length);
        for (Node* key = nodes_ + object + 1; key != nodes_ + count_; key += 1 + key[1].skip)
            if (key->reserved != key_dropped) keys.push_back(key);
        const auto same = [this](const Node* left, const Node* right) { return textOf(*left) == textOf(*right); };
        std::sort(keys.begin(), keys.end(), [&](const Node* left, const Node* right) {
            if (left->length != right->length) return left->length < right->length;
            const int order = textOf(*left).compare(textOf(*right));
            return order != 0 ? order < 0 : left < right;
        });
        for (std::size_t index = 1; index < keys.size(); ++index)
            if (same(keys[index - 1], keys[index])) drop(*keys[index - 1], nodes_[object]);
    }

    // Closes the gaps of dropped members, once for the whole document.
    void compact() noexcept {
        const Node* from = nodes_;
        Node* const end = compactValue(from, nodes_);
        count_ = static_cast<std::size_t>(end - nodes_);
    }

    // Moves the value at `from` to `to`, which is not behind it; returns the end of what was written.
    Node* compactValue(const Node*& from, Node* to) noexcept {
        const Node* const end = mortise_json_next(from);
        const bool object = from->kind == MORTISE_JSON_OBJECT;
        Node* const moved = to;
        *to++ = *from++;
        while (from != end) {
            if (object) {
                if (from->reserved == key_dropped) {
                    from = mortise_json_next(from + 1);
                    continue;
                }
                *to++ = *from++;
            }
            to = compactValue(from, to);
        }
        moved->skip = static_cast<std::uint32_t>(to - moved);
        return to;
    }

    Tape& tape_;
    char* begin_ = nullptr;
    char* end_ = nullptr;
    char* at_ = nullptr;
    Node* nodes_ = nullptr;
    std::size_t count_ = 0;
    std::size_t room_ = 0;
    std::uint32_t open_ = no_container;
    std::uint32_t depth_ = 0;
    std::uint32_t depthLimit_;
    std::uint32_t nodeLimit_;
    std::uint32_t flags_ = 0;
    bool dropped_ = false;
    ParseFault fault_;
};

std::string_view describe(ParseFault::Reason reason) noexcept {
    switch (reason) {
    case Reason::empty:
        return "empty document";
    case Reason::unexpected_character:
        return "unexpected character";
    case Reason::unexpected_end:
        return "unexpected end";
    case Reason::trailing_content:
        return "content after the value";
    case Reason::bad_number:
        return "malformed number";
    case Reason::number_out_of_range:
        return "number out of range";
    case Reason::control_character:
        return "control character in a string";
    case Reason::bad_escape:
        return "malformed escape";
    case Reason::lone_surrogate:
        return "lone surrogate";
    case Reason::invalid_utf8:
        return "invalid UTF-8";
    case Reason::byte_order_mark:
        return "byte-order mark";
    case Reason::too_deep:
        return "nested too deep";
    case Reason::too_many_values:
        return "too many values";
    case Reason::too_large:
        return "too large";
    }
    return "malformed";
}

std::optional<ParseFault> parse(std::string_view bytes, Tape& tape, const ParseLimits& limits) {
    tape.clear();
    constexpr std::size_t largest = std::numeric_limits<std::uint32_t>::max() - 1024;
    if (bytes.size() > largest) return ParseFault{largest, Reason::too_large};
    if (bytes.starts_with("\xef\xbb\xbf")) return ParseFault{0, Reason::byte_order_mark};
    if (isUtf8(bytes)) return ParseRun(tape, limits).run(bytes);
    // The earlier fault is the one to report.
    const std::size_t valid = validUtf8Prefix(bytes);
    const std::optional<ParseFault> fault = ParseRun(tape, limits).run(bytes.substr(0, valid));
    tape.clear();
    if (fault && fault->position < valid) return fault;
    return ParseFault{valid, Reason::invalid_utf8};
}

} // namespace mortise::json
