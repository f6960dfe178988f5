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

bool isDigit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
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
        if (dropped_) tape_.settleNul();
        return std::nullopt;
    }

private:
    // Null, as every reading function below returns where it cannot go on.
    char* fail(Reason reason, const char* at) noexcept {
        fault_.position = static_cast<std::size_t>(at - begin_);
        fault_.reason = reason;
        return nullptr;
    }

    // The byte at `at` fits nothing; at the end of the text there is none.
    char* misfit(Reason reason, const char* at) noexcept {
        return fail(at == end_ ? Reason::unexpected_end : reason, at);
    }

    void useNodes() noexcept {
        nodes_ = tape_.nodes_.data();
        room_ = std::min<std::size_t>(tape_.nodes_.capacity(), nodeLimit_);
    }

    // `at`: where one value too many would be.
    bool grow(const char* at) {
        if (count_ >= nodeLimit_) return fail(Reason::too_many_values, at) != nullptr;
        tape_.nodes_.reserve(count_ + 1, count_);
        useNodes();
        return true;
    }

    // Returns `at`, where reading goes on.
    char* append(std::uint8_t kind, std::uint8_t flags, std::uint32_t skip, const char* text, std::size_t length,
                 char* at) {
        if (count_ == room_ && !grow(at)) return nullptr;
        Node& node = nodes_[count_++];
        node.kind = kind;
        node.flags = flags;
        node.reserved = 0;
        node.skip = skip;
        node.offset = text != nullptr ? static_cast<std::uint32_t>(text - begin_) : 0;
        node.length = static_cast<std::uint32_t>(length);
        return at;
    }

    static char* skipBlanks(char* at) noexcept {
        while (isBlank(*at)) ++at;
        return at;
    }

    // The place in the text goes from hand to hand: a member would be loaded and stored around every node, since nodes
    // have fields of one byte, which may alias anything.
    bool document() {
        char* at = skipBlanks(begin_);
        if (at == end_) return fail(begin_ == end_ ? Reason::empty : Reason::unexpected_end, at) != nullptr;
        for (;;) {
            if (open_ != no_container && nodes_[open_].kind == MORTISE_JSON_ARRAY) ++nodes_[open_].length;
            bool entered = false;
            if ((at = value(at, entered)) == nullptr) return false;
            if (entered) continue;
            // A value is complete: close what ends here, until another value is due.
            for (;;) {
                at = skipBlanks(at);
                if (open_ == no_container) return at == end_ || fail(Reason::trailing_content, at) != nullptr;
                const bool object = nodes_[open_].kind == MORTISE_JSON_OBJECT;
                if (*at == ',') {
                    at = skipBlanks(at + 1);
                    if (object && (at = key(at)) == nullptr) return false;
                    break;
                }
                if (*at != (object ? '}' : ']')) return misfit(Reason::unexpected_character, at) != nullptr;
                ++at;
                close();
            }
        }
    }

    // `entered`: a container was opened and its first value is due.
    char* value(char* at, bool& entered) {
        switch (*at) {
        case '{':
            if ((at = open(MORTISE_JSON_OBJECT, at)) == nullptr) return nullptr;
            if (*at == '}') {
                close();
                return at + 1;
            }
            entered = true;
            return key(at);
        case '[':
            if ((at = open(MORTISE_JSON_ARRAY, at)) == nullptr) return nullptr;
            if (*at == ']') {
                close();
                return at + 1;
            }
            entered = true;
            return at;
        case '"':
            return string(at);
        case 't':
            return literal("true", MORTISE_JSON_TRUE, at);
        case 'f':
            return literal("false", MORTISE_JSON_FALSE, at);
        case 'n':
            return literal("null", MORTISE_JSON_NULL, at);
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
            return number(at);
        default:
            return misfit(Reason::unexpected_character, at);
        }
    }

    char* open(std::uint8_t kind, char* at) {
        if (depth_ == depthLimit_) return fail(Reason::too_deep, at);
        if (append(kind, 0, open_, nullptr, 0, at) == nullptr) return nullptr;
        open_ = static_cast<std::uint32_t>(count_ - 1);
        ++depth_;
        return skipBlanks(at + 1);
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

    char* literal(std::string_view word, std::uint8_t kind, char* at) {
        for (std::size_t index = 1; index < word.size(); ++index)
            if (at[index] != word[index]) return misfit(Reason::unexpected_character, at + index);
        return append(kind, 0, 1, nullptr, 0, at + word.size());
    }

    char* number(char* at) {
        // What most numbers are is read here: up to 18 digits, perhaps with a fraction, fit whatever they are.
        char* stop = at + (*at == '-' ? 1 : 0);
        const char* const whole = stop;
        if (*stop == '0')
            ++stop;
        else
            while (isDigit(*stop)) ++stop;
        const std::ptrdiff_t digits = stop - whole;
        if (digits > 0 && digits <= 18) {
            std::uint8_t kind = MORTISE_JSON_INTEGER;
            if (*stop == '.' && isDigit(stop[1])) {
                kind = MORTISE_JSON_NUMBER;
                do ++stop;
                while (isDigit(*stop));
            }
            if (*stop != '.' && *stop != 'e' && *stop != 'E')
                return append(kind, 0, 1, at, static_cast<std::size_t>(stop - at), stop);
        }
        return unusualNumber(at);
    }

    char* unusualNumber(char* at) {
        std::size_t length = 0;
        const NumberScan scan = scanNumber({at, static_cast<std::size_t>(end_ - at)}, length);
        if (scan == NumberScan::malformed) return misfit(Reason::bad_number, at + length);
        if (scan == NumberScan::out_of_range) return fail(Reason::number_out_of_range, at);
        return append(scan == NumberScan::integer ? MORTISE_JSON_INTEGER : MORTISE_JSON_NUMBER, 0, 1, at, length,
                      at + length);
    }

    char* key(char* at) {
        if (*at != '"') return misfit(Reason::unexpected_character, at);
        if ((at = string(at)) == nullptr) return nullptr;
        noteKey();
        at = skipBlanks(at);
        if (*at != ':') return misfit(Reason::unexpected_character, at);
        return skipBlanks(at + 1);
    }

    char* string(char* at) {
        char* const text = at + 1;
        char* stop = text + (scanPlain(text) - text);
        if (*stop != '"') return escapedString(text, stop);
        return append(MORTISE_JSON_STRING, 0, 1, text, static_cast<std::size_t>(stop - text), stop + 1);
    }

    // `stop`: the first byte that is not plain, and not the closing quote.
    char* escapedString(const char* text, char* stop) {
        std::uint8_t flags = 0;
        char* const quote = unescape(stop, stop, flags);
        if (quote == nullptr) return nullptr;
        flags_ |= flags != 0 ? MORTISE_JSON_TAPE_HAS_NUL : 0;
        return append(MORTISE_JSON_STRING, flags, 1, text, static_cast<std::size_t>(stop - text), quote + 1);
    }

    // From the first byte that is not plain to the closing quote; `out` ends behind the last unescaped byte.
    char* unescape(char* at, char*& out, std::uint8_t& flags) noexcept {
        for (;;) {
            if (*at == '"') return at;
            if (*at != '\\') return misfit(Reason::control_character, at);
            ++at;
            switch (*at) {
            case '"':
            case '\\':
            case '/':
                *out++ = *at++;
                break;
            case 'b':
                *out++ = '\b', ++at;
                break;
            case 'f':
                *out++ = '\f', ++at;
                break;
            case 'n':
                *out++ = '\n', ++at;
                break;
            case 'r':
                *out++ = '\r', ++at;
                break;
            case 't':
                *out++ = '\t', ++at;
                break;
            case 'u': {
                std::uint32_t codePoint = 0;
                if ((at = escapedCodePoint(at, codePoint)) == nullptr) return nullptr;
                if (codePoint == 0) flags |= MORTISE_JSON_HAS_NUL;
                out = encodeUtf8(codePoint, out);
                break;
            }
            default:
                return misfit(Reason::bad_escape, at);
            }
            const auto length = static_cast<std::size_t>(scanPlain(at) - at);
            std::memmove(out, at, length);
            out += length;
            at += length;
        }
    }

    // At the `u`; reads a surrogate pair whole.
    char* escapedCodePoint(char* at, std::uint32_t& codePoint) noexcept {
        const char* const backslash = at - 1;
        if ((at = fourHex(at + 1, codePoint)) == nullptr) return nullptr;
        if (codePoint < 0xd800 || codePoint > 0xdfff) return at;
        if (codePoint > 0xdbff) return fail(Reason::lone_surrogate, backslash);
        for (const char* next = at; next != at + 2; ++next) {
            if (next == end_) return fail(Reason::unexpected_end, end_);
            if (*next != (next == at ? '\\' : 'u')) return fail(Reason::lone_surrogate, backslash);
        }
        std::uint32_t low = 0;
        if ((at = fourHex(at + 2, low)) == nullptr) return nullptr;
        if (low < 0xdc00 || low > 0xdfff) return fail(Reason::lone_surrogate, backslash);
        codePoint = 0x10000 + ((codePoint - 0xd800) << 10) + (low - 0xdc00);
        return at;
    }

    char* fourHex(char* at, std::uint32_t& value) noexcept {
        value = 0;
        for (int digit = 0; digit < 4; ++digit, ++at) {
            const int nibble = hexDigit(*at);
            if (nibble < 0) return misfit(Reason::bad_escape, at);
            value = value << 4 | static_cast<std::uint32_t>(nibble);
        }
        return at;
    }

    std::string_view textOf(const Node& node) const noexcept { return {begin_ + node.offset, node.length}; }

    // The first bytes of a key as a number, up to eight; what is behind the text is readable.
    static std::uint64_t firstBytes(std::string_view name) noexcept {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, name.data(), sizeof bytes);
        return name.size() < sizeof bytes ? bytes & ((std::uint64_t{1} << (8 * name.size())) - 1) : bytes;
    }

    // Counts the key just appended, and marks an earlier member of the same name as dropped.
    void noteKey() noexcept {
        Node& object = nodes_[open_];
        const Node& key = nodes_[count_ - 1];
        const std::string_view name = textOf(key);
        const std::uint64_t mix = (firstBytes(name) ^ (key.length << 24)) * 0x9e3779b97f4a7c15u;
        const std::uint32_t bit = 1u << (mix >> 59);
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
