// SPDX-License-Identifier: Apache-2.0
#include "json/form.hpp"

#include "json/form_tree.hpp"
#include "json/number.hpp"
#include "json/scan.hpp"
#include "json/schema.hpp"
#include "json/schema_lookup.hpp"
#include "json/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace mortise::json {
namespace {

using Reason = FormFault::Reason;

constexpr std::size_t largest_text = std::numeric_limits<std::uint32_t>::max() - 1024;
// Up to this many pairs repeated names are found by comparing all, past it by sorting.
constexpr std::size_t few_pairs = 32;
// In `reserved` of a name while a form is read.
constexpr std::uint16_t is_repeated = 1;

int hexDigit(char byte) noexcept {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

} // namespace

// First every pair is read into two nodes, name and value, where `skip` of a name leads to the next pair of the same
// name (0: none); then the object is written from those.
class FormReader {
public:
    FormReader(Tape& tape, const Schema* schema, const FormLimits& limits) noexcept : tape_(tape), limits_(limits) {
        if (schema != nullptr) lookup_.emplace(schema->program());
        tape_.clear();
    }

    std::optional<FormFault> readForm(std::string_view bytes) {
        if (bytes.size() > largest_text) return FormFault{largest_text, Reason::too_large};
        // Each string but the value of a name without `=` is followed by one byte, as it is in the form, so that wrong
        // UTF-8 at the end of one does not meet the beginning of the next.
        tape_.text_.reserve(bytes.size() + 2 + scan_padding, 0);
        std::size_t at = 0;
        while (at < bytes.size()) {
            const std::size_t end = std::min(bytes.find('&', at), bytes.size());
            if (end > at) {
                if (pairs() == limits_.pairs) return fail(at, Reason::too_many_pairs);
                const std::size_t equals = std::min(bytes.find('=', at), end);
                if (!decode(bytes, at, equals)) return fail(position_, Reason::bad_escape);
                if (equals == end)
                    addNode(tape_.textSize_, 0);
                else if (!decode(bytes, equals + 1, end))
                    return fail(position_, Reason::bad_escape);
            }
            at = end + 1;
        }
        if (!isUtf8(tape_.text())) return fail(inputPosition(bytes), Reason::invalid_utf8);
        if (!hasBrackets()) {
            write();
            return std::nullopt;
        }
        auto fault = writeTree();
        if (fault) fault->position = pairPosition(bytes, fault->position);
        return fault;
    }

    std::optional<FormFault> readFields(std::span<const FormPair> list) {
        if (const auto fault = takePairs(list)) return fault;
        if (hasBrackets()) return writeTree();
        write();
        return std::nullopt;
    }

    std::optional<FormFault> readPairs(std::span<const FormPair> list) {
        if (const auto fault = takePairs(list)) return fault;
        write();
        return std::nullopt;
    }

private:
    bool hasBrackets() const noexcept { return lookup_ && tape_.text().find('[') != std::string_view::npos; }

    std::optional<FormFault> takePairs(std::span<const FormPair> list) {
        for (const FormPair& pair : list) {
            const std::size_t place = pairs();
            if (place == limits_.pairs) return fail(place, Reason::too_many_pairs);
            if (tape_.textSize_ + pair.name.size() + pair.value.size() + 2 > largest_text)
                return fail(place, Reason::too_large);
            if (!isUtf8(pair.name) || !isUtf8(pair.value)) return fail(place, Reason::invalid_utf8);
            addCopy(pair.name);
            addCopy(pair.value);
            if (pair.isFile) tape_.nodes_.data()[tape_.count_ - 1].flags |= MORTISE_JSON_FILE;
        }
        return std::nullopt;
    }

    std::size_t pairs() const noexcept { return tape_.count_ / 2; }

    FormFault fail(std::size_t position, Reason reason) noexcept {
        tape_.clear();
        return {position, reason};
    }

    void addNode(std::size_t offset, std::size_t length) {
        tape_.nodes_.reserve(std::max<std::size_t>(tape_.count_ + 1, 16), tape_.count_);
        Node& node = tape_.nodes_.data()[tape_.count_++];
        node = Node{};
        node.kind = MORTISE_JSON_STRING;
        node.offset = static_cast<std::uint32_t>(offset);
        node.length = static_cast<std::uint32_t>(length);
        if (length != 0 && std::memchr(tape_.text_.data() + offset, 0, length) != nullptr) {
            node.flags = MORTISE_JSON_HAS_NUL;
            tape_.flags_ |= MORTISE_JSON_TAPE_HAS_NUL;
        }
    }

    void addCopy(std::string_view text) {
        const std::size_t offset = tape_.textSize_;
        tape_.text_.reserve(offset + text.size() + 1 + scan_padding, offset);
        if (!text.empty()) std::memcpy(tape_.text_.data() + offset, text.data(), text.size());
        tape_.text_.data()[offset + text.size()] = '&';
        tape_.textSize_ += text.size() + 1;
        addNode(offset, text.size());
    }

    // bytes[at, end) into the text, room for which is there.
    bool decode(std::string_view bytes, std::size_t at, std::size_t end) {
        const std::size_t offset = tape_.textSize_;
        char* out = tape_.text_.data() + offset;
        for (; at < end; ++at) {
            const char byte = bytes[at];
            if (byte == '%') {
                const int high = at + 1 < end ? hexDigit(bytes[at + 1]) : -1;
                const int low = at + 2 < end ? hexDigit(bytes[at + 2]) : -1;
                if (high < 0 || low < 0) {
                    position_ = at;
                    return false;
                }
                *out++ = static_cast<char>(high << 4 | low);
                at += 2;
            } else {
                *out++ = byte == '+' ? ' ' : byte;
            }
        }
        const auto length = static_cast<std::size_t>(out - (tape_.text_.data() + offset));
        *out = '&';
        tape_.textSize_ += length + 1;
        addNode(offset, length);
        return true;
    }

    // Where in the form the first wrong byte of the text came from: decoding keeps every byte, one for each escape,
    // and drops only the separators of empty parts.
    std::size_t inputPosition(std::string_view bytes) const noexcept {
        std::size_t left = validUtf8Prefix(tape_.text());
        bool partBegins = true;
        for (std::size_t at = 0; at < bytes.size(); at += bytes[at] == '%' ? 3 : 1) {
            if (partBegins && bytes[at] == '&') continue;
            partBegins = bytes[at] == '&';
            if (left-- == 0) return at;
        }
        return bytes.size();
    }

    std::string_view textOf(const Node& node) const noexcept { return {tape_.text_.data() + node.offset, node.length}; }

    void link(Node* names, std::size_t earlier, std::size_t later) noexcept {
        names[2 * earlier].skip = static_cast<std::uint32_t>(later);
        names[2 * later].reserved = is_repeated;
    }

    void linkRepeated() {
        Node* const names = tape_.nodes_.data();
        const std::size_t count = pairs();
        if (count <= few_pairs) {
            for (std::size_t later = 1; later < count; ++later) {
                for (std::size_t earlier = later; earlier-- > 0;) {
                    if (textOf(names[2 * earlier]) != textOf(names[2 * later])) continue;
                    link(names, earlier, later);
                    break;
                }
            }
            return;
        }
        std::vector<std::size_t> order(count);
        for (std::size_t index = 0; index < count; ++index) order[index] = index;
        std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            const int names_order = textOf(names[2 * left]).compare(textOf(names[2 * right]));
            return names_order != 0 ? names_order < 0 : left < right;
        });
        for (std::size_t index = 1; index < count; ++index)
            if (textOf(names[2 * order[index - 1]]) == textOf(names[2 * order[index]]))
                link(names, order[index - 1], order[index]);
    }

    // Where the pair stands in the form.
    static std::size_t pairPosition(std::string_view bytes, std::size_t pair) noexcept {
        std::size_t at = 0;
        for (;; at = std::min(bytes.find('&', at), bytes.size())) {
            while (at < bytes.size() && bytes[at] == '&') ++at;
            if (pair-- == 0 || at == bytes.size()) return at;
        }
    }

    // The position of a fault is the pair.
    std::optional<FormFault> writeTree() {
        FormTree tree(*lookup_, limits_.depth);
        Node* const names = tape_.nodes_.data();
        for (std::size_t pair = 0; pair < pairs(); ++pair) {
            std::uint32_t before = no_index;
            switch (tree.add(static_cast<std::uint32_t>(pair), textOf(names[2 * pair]), before)) {
            case FormTree::Outcome::conflict:
                return fail(pair, Reason::conflict);
            case FormTree::Outcome::too_deep:
                return fail(pair, Reason::too_deep);
            case FormTree::Outcome::added:
                if (before != no_index) link(names, before, pair);
            }
        }
        tree.sort();
        const Node* before = nullptr;
        TapeBuilder builder = TapeBuilder::rewrite(tape_, before);
        writePlace(tree, FormTree::root, before, builder);
        tape_.settleNul();
        return std::nullopt;
    }

    // At most limits_.depth calls deep.
    void writePlace(const FormTree& tree, std::size_t place, const Node* before, TapeBuilder& builder) const {
        const FormTree::Place& here = tree.at(place);
        if (here.kind == FormTree::Kind::value) {
            writeValues(before, here.first, here.rule, builder);
            return;
        }
        const bool isObject = here.kind == FormTree::Kind::object;
        if (isObject)
            builder.beginObject();
        else
            builder.beginArray();
        for (const std::uint32_t inner : here.inner) {
            if (isObject) builder.copyKey(keyNode(tree.at(inner).key));
            writePlace(tree, inner, before, builder);
        }
        builder.end();
    }

    // A piece of a name, which is a piece of the text.
    Node keyNode(std::string_view key) const noexcept {
        Node node{};
        node.kind = MORTISE_JSON_STRING;
        node.skip = 1;
        node.offset = static_cast<std::uint32_t>(key.data() - tape_.text_.data());
        node.length = static_cast<std::uint32_t>(key.size());
        if (key.find('\0') != std::string_view::npos) node.flags = MORTISE_JSON_HAS_NUL;
        return node;
    }

    void write() {
        linkRepeated();
        const std::size_t count = pairs();
        const Node* before = nullptr;
        TapeBuilder builder = TapeBuilder::rewrite(tape_, before);
        builder.beginObject();
        for (std::size_t pair = 0; pair < count; ++pair) {
            const Node& name = before[2 * pair];
            if (name.reserved == is_repeated) continue;
            Node key = name;
            key.skip = 1;
            builder.copyKey(key);
            writeValues(before, pair, memberOf(textOf(name)), builder);
        }
        builder.end();
        tape_.settleNul();
    }

    void writeValues(const Node* before, std::size_t pair, std::uint32_t rule, TapeBuilder& builder) const {
        const std::uint8_t wanted = rule != no_index ? lookup_->types(rule) : types::string;
        const bool repeated = before[2 * pair].skip != 0;
        const bool collects = (wanted & types::array) != 0 && ((wanted & types::string) == 0 || repeated);
        if (!collects || !lookup_->isArray(rule)) {
            while (before[2 * pair].skip != 0) pair = before[2 * pair].skip;
            writeValue(before[2 * pair + 1], rule, wanted, builder);
            return;
        }
        builder.beginArray();
        for (std::uint32_t index = 0;; ++index, pair = before[2 * pair].skip) {
            const std::uint32_t element = lookup_->element(rule, index);
            writeValue(before[2 * pair + 1], element, lookup_->types(element), builder);
            if (before[2 * pair].skip == 0) break;
        }
        builder.end();
    }

    void writeValue(const Node& value, std::uint32_t rule, std::uint8_t wanted, TapeBuilder& builder) const {
        Node node = value;
        node.skip = 1;
        node.flags |= MORTISE_JSON_FROM_TEXT;
        if ((node.flags & MORTISE_JSON_FILE) != 0) {
            if (!lookup_ || !lookup_->isFile(rule)) return builder.null(MORTISE_JSON_FROM_TEXT);
            return builder.copySubtree(node);
        }
        const std::string_view text = textOf(value);
        if ((wanted & types::string) == 0) {
            if ((wanted & types::null) != 0 && text.empty()) return builder.null(MORTISE_JSON_FROM_TEXT);
            if ((wanted & types::boolean) != 0 && (text == "true" || text == "false"))
                return builder.boolean(text == "true", MORTISE_JSON_FROM_TEXT);
            std::size_t length = 0;
            if ((wanted & (types::integer | types::number)) != 0) {
                const NumberScan scan = scanNumber(text, length);
                if (length == text.size() && scan == NumberScan::integer) node.kind = MORTISE_JSON_INTEGER;
                if (length == text.size() && scan == NumberScan::real) node.kind = MORTISE_JSON_NUMBER;
            }
        }
        builder.copySubtree(node);
    }

    std::uint32_t memberOf(std::string_view name) const noexcept {
        return lookup_ ? lookup_->member(SchemaLookup::root, name) : no_index;
    }

    Tape& tape_;
    std::optional<SchemaLookup> lookup_;
    FormLimits limits_;
    std::size_t position_ = 0;
};

std::string_view describe(FormFault::Reason reason) noexcept {
    switch (reason) {
    case Reason::bad_escape:
        return "malformed percent escape";
    case Reason::invalid_utf8:
        return "invalid UTF-8";
    case Reason::too_many_pairs:
        return "too many fields";
    case Reason::too_large:
        return "too large";
    case Reason::too_deep:
        return "too many brackets in a name";
    case Reason::conflict:
        return "a name that is both a value and more than one";
    }
    return "malformed";
}

std::optional<FormFault> readForm(std::string_view bytes, const Schema* schema, Tape& tape, const FormLimits& limits) {
    return FormReader(tape, schema, limits).readForm(bytes);
}

std::optional<FormFault> readPairs(std::span<const FormPair> pairs, const Schema* schema, Tape& tape,
                                   const FormLimits& limits) {
    return FormReader(tape, schema, limits).readPairs(pairs);
}

std::optional<FormFault> readFields(std::span<const FormPair> fields, const Schema* schema, Tape& tape,
                                    const FormLimits& limits) {
    return FormReader(tape, schema, limits).readFields(fields);
}

} // namespace mortise::json
