// SPDX-License-Identifier: Apache-2.0
#include "schema/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace mortise::graphql {

std::string_view writeNumber(double value, NumberBuffer& buffer) {
    if (value == 0) return "0";
    std::array<char, 32> scientific{};
    const auto end = std::to_chars(scientific.data(), scientific.data() + scientific.size(), std::fabs(value),
                                   std::chars_format::scientific);
    const std::string_view written(scientific.data(), static_cast<std::size_t>(end.ptr - scientific.data()));
    const std::size_t mark = written.find('e');
    int exponent = 0;
    const char* const sign = written.data() + mark + 1;
    std::from_chars(*sign == '+' ? sign + 1 : sign, end.ptr, exponent);
    std::array<char, 24> significant{};
    std::size_t count = 0;
    for (const char c : written.substr(0, mark))
        if (c != '.') significant[count++] = c;
    const std::string_view digits(significant.data(), count);

    char* at = buffer.data();
    const auto put = [&at](std::string_view text) { at = std::copy(text.begin(), text.end(), at); };
    const auto zeros = [&at](std::size_t times) { at = std::fill_n(at, times, '0'); };
    if (value < 0) put("-");
    // The value is 0.digits times ten to the power of `point`.
    const int point = exponent + 1;
    if (point > 21 || point <= -6) {
        put(digits.substr(0, 1));
        if (count > 1) put(".");
        put(digits.substr(1));
        put(exponent < 0 ? "e-" : "e+");
        at = std::to_chars(at, buffer.data() + buffer.size(), std::abs(exponent)).ptr;
    } else if (point <= 0) {
        put("0.");
        zeros(static_cast<std::size_t>(-point));
        put(digits);
    } else {
        const auto whole = static_cast<std::size_t>(point);
        put(digits.substr(0, whole));
        if (whole > count) zeros(whole - count);
        if (whole < count) put(".");
        put(digits.substr(std::min(whole, count)));
    }
    return {buffer.data(), static_cast<std::size_t>(at - buffer.data())};
}

std::string numberText(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    NumberBuffer buffer{};
    return std::string(writeNumber(value, buffer));
}

} // namespace mortise::graphql
