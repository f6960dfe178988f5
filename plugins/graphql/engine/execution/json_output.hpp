// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace mortise::graphql {

// JSON text in one buffer of at most `maximum` bytes. What would go past that is dropped and `overflowed` stays true
// until clear. The buffer is kept over a clear.
class JsonOutput {
public:
    static constexpr std::size_t padding = 16;

    explicit JsonOutput(std::size_t maximum) : maximum_(maximum) {}

    void put(char c) {
        if (char* at = reserve(1)) {
            *at = c;
            ++size_;
        }
    }
    void append(std::string_view text);
    // The same of a short text behind which whole blocks of `padding` bytes may be read.
    void appendPadded(std::string_view text) {
        if (capacity_ - size_ < text.size() + padding) return append(text);
        char* to = buffer_.get() + size_;
        for (std::size_t at = 0; at < text.size(); at += padding) std::memcpy(to + at, text.data() + at, padding);
        size_ += text.size();
    }
    // With its quotes and escapes, as JSON.stringify. Each maximal part that is no UTF-8 becomes U+FFFD.
    void string(std::string_view text);
    void integer(std::int64_t value);
    // A finite one, in the shortest form that ECMAScript's Number::toString gives.
    void number(double value);
    void boolean(bool value) { append(value ? "true" : "false"); }

    std::size_t size() const { return size_; }
    std::string_view view() const { return {buffer_.get(), size_}; }
    // Drops what was written after size() was `mark`. When more than `maximum` bytes are dropped in all, that is an
    // overflow, too: what is written is bounded also where it does not stay.
    void truncate(std::size_t mark) {
        dropped_ += size_ - mark;
        size_ = mark;
        if (dropped_ > maximum_) overflowed_ = true;
    }
    bool overflowed() const { return overflowed_; }
    std::size_t capacity() const { return capacity_; }
    void clear() {
        size_ = 0;
        dropped_ = 0;
        overflowed_ = false;
    }

private:
    // Where `bytes` may be written; null past the maximum.
    char* reserve(std::size_t bytes) { return capacity_ - size_ >= bytes ? buffer_.get() + size_ : grow(bytes); }
    char* grow(std::size_t bytes);
    // The rest of a string that has something to escape, and its closing quote.
    void rest(std::string_view text);
    // Writes the first of `text`, which is no plain byte; how many bytes it was. 0 past the maximum.
    std::size_t special(std::string_view text);

    std::unique_ptr<char[]> buffer_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    std::size_t dropped_ = 0;
    std::size_t maximum_;
    bool overflowed_ = false;
};

} // namespace mortise::graphql
