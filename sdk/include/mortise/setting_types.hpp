// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_array.hpp>
#include <mortise/http_error.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// A size in bytes, written with a unit in configuration.
struct Bytes {
    std::uint64_t count = 0;
    constexpr Bytes() = default;
    constexpr Bytes(std::uint64_t bytes) : count(bytes) {}
    constexpr operator std::uint64_t() const noexcept { return count; }
};

inline namespace literals {
constexpr Bytes operator""_B(unsigned long long n) {
    return Bytes{n};
}
constexpr Bytes operator""_KiB(unsigned long long n) {
    return Bytes{n << 10};
}
constexpr Bytes operator""_MiB(unsigned long long n) {
    return Bytes{n << 20};
}
constexpr Bytes operator""_GiB(unsigned long long n) {
    return Bytes{n << 30};
}
} // namespace literals

// A path, as the host hands it over: absolute, or empty. Its characters are the plugin's as long as that lives.
class Path {
public:
    constexpr Path() = default;
    constexpr Path(const char* path) : text_(path) {}
    constexpr std::string_view view() const noexcept { return text_; }
    std::string string() const { return std::string(text_); }
    constexpr const char* c_str() const noexcept { return text_.data(); }
    constexpr bool empty() const noexcept { return text_.empty(); }
    friend constexpr bool operator==(const Path& a, const Path& b) noexcept { return a.text_ == b.text_; }
    friend constexpr bool operator!=(const Path& a, const Path& b) noexcept { return !(a == b); }

private:
    std::string_view text_;
};

// Texts of a list setting; its default is known without running code. What the host handed over is the plugin's as long
// as that lives.
class TextList {
public:
    static constexpr std::size_t maximumDefaults = 16;

    constexpr TextList() = default;
    constexpr TextList(std::initializer_list<std::string_view> items) : size_(items.size()) {
        if (items.size() > maximumDefaults) throw Error("a TextList has at most 16 defaults");
        std::size_t i = 0;
        for (const std::string_view item : items) own_[i++] = item;
    }
    // Borrows.
    constexpr TextList(const std::string_view* items, std::size_t count) : far_(items), size_(count) {}

    constexpr const std::string_view* begin() const noexcept { return far_ != nullptr ? far_ : own_.data(); }
    constexpr const std::string_view* end() const noexcept { return begin() + size_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr std::string_view operator[](std::size_t i) const noexcept { return begin()[i]; }
    constexpr std::string_view front() const noexcept { return *begin(); }
    operator std::vector<std::string>() const { return {begin(), end()}; }
    friend constexpr bool operator==(const TextList& a, const TextList& b) noexcept {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i < a.size_; ++i)
            if (a[i] != b[i]) return false;
        return true;
    }
    friend constexpr bool operator!=(const TextList& a, const TextList& b) noexcept { return !(a == b); }

private:
    detail::FixedArray<std::string_view, maximumDefaults> own_{};
    const std::string_view* far_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace v1
} // namespace mortise
