// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::json {

// Appends one JSON value to a string, commas and colons included. The caller keeps the order legal (a key before each
// member's value, every begin ended). What comes out is valid JSON whatever the strings hold.
class Writer {
public:
    // `out` must outlive the writer; what is in it already stays.
    explicit Writer(std::string& out) noexcept : out_(out), start_(out.size()) {}

    Writer& beginObject();
    Writer& endObject();
    Writer& beginArray();
    Writer& endArray();
    Writer& key(std::string_view name);
    // A key prepared by quotedKey(): appended as it is.
    Writer& quoted(std::string_view fragment);
    // Bytes that are not UTF-8 become U+FFFD, one for each maximal wrong part (Unicode, section 3.9).
    Writer& string(std::string_view value);
    Writer& integer(std::int64_t value);
    Writer& integer(std::uint64_t value);
    // Shortest text that reads back as the same double; NaN and infinities are null.
    Writer& number(double value);
    Writer& boolean(bool value);
    Writer& null();
    // A complete JSON value.
    Writer& raw(std::string_view json);
    // A whole subtree; numbers as they were written.
    Writer& value(Value value);

    // "name": with quotes and colon, for quoted().
    static std::string quotedKey(std::string_view name);
    // Appends `value` escaped and quoted, nothing around it.
    static void appendString(std::string& out, std::string_view value);

private:
    // A comma is due after a complete value; those never end in one of the three bytes below.
    void separate() {
        if (out_.size() == start_) return;
        const char last = out_.back();
        if (last != '{' && last != '[' && last != ':') out_ += ',';
    }

    std::string& out_;
    std::size_t start_;
};

} // namespace mortise::json
