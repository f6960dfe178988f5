// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

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

// A path, as the host hands it over.
class Path {
public:
    Path() = default;
    Path(std::string path) : text_(std::move(path)) {}
    Path(const char* path) : text_(path) {}
    const std::string& string() const noexcept { return text_; }
    operator const std::string&() const noexcept { return text_; }
    const char* c_str() const noexcept { return text_.c_str(); }
    bool empty() const noexcept { return text_.empty(); }
    friend bool operator==(const Path& a, const Path& b) noexcept { return a.text_ == b.text_; }
    friend bool operator!=(const Path& a, const Path& b) noexcept { return !(a == b); }

private:
    std::string text_;
};

} // namespace v1
} // namespace mortise
