// SPDX-License-Identifier: Apache-2.0
#include "json/foreign_tape.hpp"

#include "json/number.hpp"
#include "json/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace mortise::json {
namespace {

constexpr std::uint8_t kept_flags = MORTISE_JSON_FROM_TEXT | MORTISE_JSON_DEFAULTED;

class ForeignCopy {
public:
    ForeignCopy(const mortise_json_tape& from, Tape& to) noexcept : from_(from), builder_(to) {}

    bool run() {
        if (from_.nodes == nullptr || from_.node_count == 0) return false;
        if (from_.text == nullptr && from_.text_size != 0) return false;
        while (at_ < from_.node_count) {
            if (!endContainers()) return false;
            if (open_ == 0 && at_ != 0) return false; // something behind the root
            if (open_ != 0 && !takeMember(opened_[open_ - 1])) return false;
            if (!takeValue(from_.nodes[at_])) return false;
        }
        return endContainers() && open_ == 0;
    }

private:
    struct Container {
        std::uint32_t end;  // one past its last node
        std::uint32_t left; // elements or members still to come
        bool isObject;
    };

    bool endContainers() noexcept {
        for (; open_ != 0 && opened_[open_ - 1].end == at_; --open_) {
            if (opened_[open_ - 1].left != 0) return false;
            builder_.end();
        }
        return true;
    }

    // Counts what comes next and takes its key; then at_ is the value, inside of the container.
    bool takeMember(Container& container) {
        if (container.left == 0) return false;
        --container.left;
        if (!container.isObject) return true;
        const Node key = from_.nodes[at_];
        if (key.kind != MORTISE_JSON_STRING || key.skip != 1 || !isText(key)) return false;
        builder_.key(textOf(key));
        return ++at_ != container.end;
    }

    bool takeValue(const Node node) {
        const std::uint32_t end = open_ != 0 ? opened_[open_ - 1].end : from_.node_count;
        if (node.skip == 0 || node.skip > end - at_) return false;
        const std::uint8_t flags = node.flags & kept_flags;
        const bool isObject = node.kind == MORTISE_JSON_OBJECT;
        if (isObject || node.kind == MORTISE_JSON_ARRAY) {
            if (open_ == opened_.size()) return false;
            opened_[open_++] = {at_ + node.skip, node.length, isObject};
            if (isObject)
                builder_.beginObject();
            else
                builder_.beginArray();
            ++at_;
            return true;
        }
        ++at_;
        return node.skip == 1 && takeScalar(node, flags);
    }

    bool takeScalar(const Node& node, std::uint8_t flags) {
        switch (node.kind) {
        case MORTISE_JSON_NULL:
            builder_.null(flags);
            return true;
        case MORTISE_JSON_FALSE:
        case MORTISE_JSON_TRUE:
            builder_.boolean(node.kind == MORTISE_JSON_TRUE, flags);
            return true;
        case MORTISE_JSON_INTEGER:
        case MORTISE_JSON_NUMBER:
            return takeNumber(node, flags);
        case MORTISE_JSON_STRING:
            if (!isText(node)) return false;
            builder_.string(textOf(node), flags);
            return true;
        default:
            return false;
        }
    }

    bool takeNumber(const Node& node, std::uint8_t flags) {
        if (!isInside(node)) return false;
        std::size_t length = 0;
        const NumberScan scan = scanNumber(textOf(node), length);
        if (length != node.length || (scan != NumberScan::integer && scan != NumberScan::real)) return false;
        builder_.number(textOf(node), scan == NumberScan::integer ? MORTISE_JSON_INTEGER : MORTISE_JSON_NUMBER, flags);
        return true;
    }

    bool isInside(const Node& node) const noexcept {
        return node.offset <= from_.text_size && node.length <= from_.text_size - node.offset;
    }
    bool isText(const Node& node) const noexcept { return isInside(node) && isUtf8(textOf(node)); }
    std::string_view textOf(const Node& node) const noexcept {
        return node.length == 0 ? std::string_view() : std::string_view(from_.text + node.offset, node.length);
    }

    const mortise_json_tape& from_;
    TapeBuilder builder_;
    std::array<Container, 64> opened_{};
    std::size_t open_ = 0; // of opened_
    std::uint32_t at_ = 0; // of nodes
};

bool areKeysUnique(const Tape& tape) {
    std::vector<std::string_view> keys;
    for (const Node& node : tape.nodes()) {
        if (node.kind != MORTISE_JSON_OBJECT || node.length < 2) continue;
        keys.clear();
        for (const Member member : Value(&node, tape.text().data()).members()) keys.push_back(member.key);
        std::sort(keys.begin(), keys.end());
        if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return false;
    }
    return true;
}

} // namespace

bool copyForeign(const mortise_json_tape& from, Tape& to) {
    return ForeignCopy(from, to).run() && areKeysUnique(to);
}

} // namespace mortise::json
