// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// Where constexpr functions write text: to count it, to fill an array of that size, or into a string.
struct CountedText {
    std::size_t size = 0;
    constexpr void put(char) { ++size; }
};
template<std::size_t N>
struct FixedText {
    char data[N + 1] = {};
    std::size_t size = 0;
    constexpr void put(char c) { data[size++] = c; }
};
struct StringText {
    std::string& out;
    void put(char c) { out.push_back(c); }
};

template<class Sink>
constexpr void putText(Sink& out, std::string_view text) {
    for (const char c : text) out.put(c);
}

template<class Sink>
constexpr void putWhole(Sink& out, std::uint64_t number) {
    char digits[20] = {};
    std::size_t count = 0;
    do digits[count++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    while (count != 0) out.put(digits[--count]);
}

template<class Sink>
constexpr void putInteger(Sink& out, std::int64_t number) {
    if (number < 0) out.put('-');
    putWhole(out, number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
}

// As a person writes it, with up to 15 digits; false, and nothing written, for a number that needs more or an exponent.
template<class Sink>
constexpr bool putNumber(Sink& out, double number) {
    constexpr double exact = 1e15; // up to here and by powers of ten up to 1e22, one division is exactly rounded
    const double size = number < 0 ? -number : number;
    if (!(size < exact)) return false;
    double scale = 1;
    for (unsigned places = 0; places <= 22; ++places, scale *= 10) {
        if (size * scale >= exact) return false;
        auto whole = static_cast<std::uint64_t>(size * scale);
        if (size * scale - static_cast<double>(whole) >= 0.5) ++whole;
        if (static_cast<double>(whole) / scale != size) continue;
        if (number < 0) out.put('-');
        std::uint64_t unit = 1;
        for (unsigned i = 0; i < places && i < 19; ++i) unit *= 10;
        if (places > 18) return false;
        putWhole(out, whole / unit);
        if (places == 0) return true;
        out.put('.');
        for (std::uint64_t digit = unit / 10; digit != 0; digit /= 10)
            out.put(static_cast<char>('0' + whole / digit % 10));
        return true;
    }
    return false;
}

} // namespace detail
} // namespace v1
} // namespace mortise
