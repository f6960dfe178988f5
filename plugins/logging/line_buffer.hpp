// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace mortise::logging {

// Where one line is put together: on the stack, of fixed size, untouched beyond what is written. Nothing is written
// past the end; the last `reserve` bytes are kept for what ends a line. The first thing that does not fit closes the
// buffer, so that a line is cut at one place only.
class LineBuffer {
public:
    static constexpr std::size_t capacity = 32 * 1024;
    static constexpr std::size_t reserve = 64;

    LineBuffer() noexcept {} // leaves the bytes unset NOLINT(modernize-use-equals-default)

    std::size_t size() const noexcept { return size_; }
    std::size_t room() const noexcept { return limit_ - size_; }
    bool cut() const noexcept { return cut_; }
    char* end() noexcept { return bytes_.data() + size_; }
    std::string_view text() const noexcept { return {bytes_.data(), size_}; }

    bool put(std::string_view text) noexcept {
        if (text.empty()) return true;
        if (text.size() > room()) return close();
        std::memcpy(end(), text.data(), text.size());
        size_ += text.size();
        return true;
    }
    // A literal: copied without a call.
    template<std::size_t N>
    bool put(const char (&literal)[N]) noexcept {
        if (N - 1 > room()) return close();
        std::memcpy(end(), literal, N - 1);
        size_ += N - 1;
        return true;
    }
    bool put(char byte) noexcept {
        if (room() == 0) return close();
        bytes_[size_++] = byte;
        return true;
    }
    // What was written by hand at end().
    void advance(std::size_t count) noexcept { size_ += count; }
    // Forgets what comes after `size`.
    void rewind(std::size_t size) noexcept { size_ = size; }
    // Likewise, and closes.
    void cutAt(std::size_t size) noexcept {
        size_ = size;
        close();
    }
    // False. Only putLast works from now on.
    bool close() noexcept {
        cut_ = true;
        limit_ = size_;
        return false;
    }
    // Ends the line: may use the reserve. At most `reserve` bytes in all calls together.
    void putLast(std::string_view text) noexcept {
        limit_ = size_ + text.size();
        put(text);
    }

private:
    std::size_t size_ = 0;
    std::size_t limit_ = capacity - reserve;
    bool cut_ = false;
    std::array<char, capacity> bytes_;
};

} // namespace mortise::logging
