// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/name_index.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

enum class ValueKind : std::uint8_t { null, boolean, integer, number, string, enumeration, list, object };

// One value of a Values. A list is followed by its items, an object by its members (each with `name`).
struct Value {
    ValueKind kind = ValueKind::null;
    bool boolean = false;     // of a boolean
    std::uint32_t end = 0;    // index one past the last value below this one
    std::uint32_t count = 0;  // items or members
    std::int64_t integer = 0; // of an integer; of an enumeration the value's index in its type
    double number = 0;        // of a number (an integer has it too)
    // Of a string or an enumeration: its content; of an integer or a number as it was written, when it was.
    std::string_view text;
    std::string_view name; // of a member of an object
};

// Input values (variables as they came, coerced variables, arguments, defaults) as one flat array in pre-order: value 0
// is the root. Texts are borrowed from the document, the schema or the request's body, or kept here by `keep`. One
// thread at a time.
class Values {
public:
    const Value& operator[](std::uint32_t index) const { return values_[index]; }
    Value& operator[](std::uint32_t index) { return values_[index]; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(values_.size()); }
    bool empty() const { return values_.empty(); }
    // The member of an object by its name; null when there is none. Names are unique (whoever fills this sees to it).
    const Value* member(const Value& object, std::string_view name) const;

    // Appends a value without members; its index.
    std::uint32_t add(const Value& value);
    // begin appends a list or an object, end closes it: what was added between is below it.
    std::uint32_t begin(ValueKind kind, std::string_view name = {});
    void end(std::uint32_t index);
    // Appends a copy of another's value and what is below it. Texts kept by `from` stay borrowed of it. Where that
    // would make more values than limitTo permits, a null is appended instead, and isExceeded() is true until clear:
    // copies are what lets a few tokens become any number of values.
    std::uint32_t append(const Values& from, std::uint32_t index, std::string_view name);
    // Keeps a text as long as this object, or until it is cleared.
    std::string_view keep(std::string text);
    void clear();
    void limitTo(std::uint32_t values) { maximum_ = values; }
    std::uint32_t maximum() const { return maximum_; }
    bool isExceeded() const { return isExceeded_; }
    // Lets `member` find the members of value 0 in the same time however many they are. Nothing is added afterwards.
    void indexRoot();
    // What the values and the kept texts take.
    std::size_t bytes() const { return values_.capacity() * sizeof(Value) + keptBytes_; }
    // Drops the values from `size` on (kept texts stay). What is left must be closed by `end` as if they never were.
    void truncate(std::uint32_t size) { values_.resize(size); }

private:
    std::vector<Value> values_;
    std::vector<std::unique_ptr<const std::string>> kept_;
    std::size_t keptBytes_ = 0;
    NameIndex rootIndex_;
    std::uint32_t maximum_ = 0xFFFFFFFF;
    bool isExceeded_ = false;
};

} // namespace mortise::graphql
