// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/number.hpp"

#include <mortise/abi/json_node.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::json {

using Node = mortise_json_node;

// A value inside a tape: two pointers, valid until the tape changes.
class Value {
public:
    Value() noexcept = default;
    Value(const Node* node, const char* text) noexcept : node_(node), text_(text) {}

    // False for the result of a look-up that found nothing; then nothing else may be called.
    explicit operator bool() const noexcept { return node_ != nullptr; }
    const Node& node() const noexcept { return *node_; }
    const char* text() const noexcept { return text_; }
    std::uint8_t kind() const noexcept { return node_->kind; }

    bool isNull() const noexcept { return kind() == MORTISE_JSON_NULL; }
    bool isBoolean() const noexcept { return kind() == MORTISE_JSON_TRUE || kind() == MORTISE_JSON_FALSE; }
    bool isNumber() const noexcept { return kind() == MORTISE_JSON_INTEGER || kind() == MORTISE_JSON_NUMBER; }
    bool isString() const noexcept { return kind() == MORTISE_JSON_STRING; }
    bool isArray() const noexcept { return kind() == MORTISE_JSON_ARRAY; }
    bool isObject() const noexcept { return kind() == MORTISE_JSON_OBJECT; }

    bool boolean() const noexcept { return kind() == MORTISE_JSON_TRUE; }
    // Bytes of a string or key, or a number as it was written.
    std::string_view bytes() const noexcept { return {text_ + node_->offset, node_->length}; }
    // Precondition: isNumber().
    Number number() const noexcept { return Number::of(bytes()); }
    // Elements or members; 0 for a scalar.
    std::uint32_t size() const noexcept { return isArray() || isObject() ? node_->length : 0; }

    // Object: the member's value. An empty Value when there is none, or this is no object.
    Value find(std::string_view key) const noexcept;

    // Array elements. A scalar has none; call it on arrays only.
    class Elements;
    Elements elements() const noexcept;
    // Object members as {key, value}.
    class Members;
    Members members() const noexcept;

private:
    const Node* node_ = nullptr;
    const char* text_ = nullptr;
};

struct Member {
    std::string_view key;
    Value value;
};

class Value::Elements {
public:
    class Iterator {
    public:
        Iterator(const Node* node, const char* text) noexcept : node_(node), text_(text) {}
        Value operator*() const noexcept { return {node_, text_}; }
        Iterator& operator++() noexcept {
            node_ = mortise_json_next(node_);
            return *this;
        }
        bool operator==(const Iterator& other) const noexcept { return node_ == other.node_; }

    private:
        const Node* node_;
        const char* text_;
    };
    explicit Elements(Value array) noexcept : array_(array) {}
    Iterator begin() const noexcept { return {array_.node_ + 1, array_.text_}; }
    Iterator end() const noexcept { return {mortise_json_next(array_.node_), array_.text_}; }

private:
    Value array_;
};

class Value::Members {
public:
    class Iterator {
    public:
        Iterator(const Node* key, const char* text) noexcept : key_(key), text_(text) {}
        Member operator*() const noexcept { return {Value(key_, text_).bytes(), Value(key_ + 1, text_)}; }
        Iterator& operator++() noexcept {
            key_ = mortise_json_next(key_ + 1);
            return *this;
        }
        bool operator==(const Iterator& other) const noexcept { return key_ == other.key_; }

    private:
        const Node* key_;
        const char* text_;
    };
    explicit Members(Value object) noexcept : object_(object) {}
    Iterator begin() const noexcept { return {object_.node_ + 1, object_.text_}; }
    Iterator end() const noexcept { return {mortise_json_next(object_.node_), object_.text_}; }

private:
    Value object_;
};

inline Value::Elements Value::elements() const noexcept {
    return Elements(*this);
}

inline Value::Members Value::members() const noexcept {
    return Members(*this);
}

inline Value Value::find(std::string_view key) const noexcept {
    if (!isObject()) return {};
    for (const Member member : members())
        if (member.key == key) return member.value;
    return {};
}

} // namespace mortise::json
