// SPDX-License-Identifier: Apache-2.0
#include "schema/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace mortise::graphql {

std::string numberText(double value) {
    if (std::isnan(value)) return "NaN";
    if (value == 0) return "0";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    std::array<char, 40> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value), std::chars_format::scientific);
    const std::string_view written(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
    const std::size_t mark = written.find('e');
    std::string digits(1, written[0]);
    if (mark > 2) digits += written.substr(2, mark - 2);
    int exponent = 0;
    const char* const sign = written.data() + mark + 1;
    std::from_chars(*sign == '+' ? sign + 1 : sign, end.ptr, exponent);

    // The value is 0.digits times ten to the power of `point`.
    const int point = exponent + 1;
    const int count = static_cast<int>(digits.size());
    std::string text = value < 0 ? "-" : "";
    if (point >= count && point <= 21) {
        text += digits;
        text.append(static_cast<std::size_t>(point - count), '0');
    } else if (point > 0 && point <= 21) {
        text.append(digits, 0, static_cast<std::size_t>(point)) += '.';
        text.append(digits, static_cast<std::size_t>(point));
    } else if (point > -6 && point <= 0) {
        text += "0.";
        text.append(static_cast<std::size_t>(-point), '0') += digits;
    } else {
        text += digits[0];
        if (count > 1) text.append(".").append(digits, 1);
        text += point - 1 < 0 ? "e-" : "e+";
        text += std::to_string(std::abs(point - 1));
    }
    return text;
}

} // namespace mortise::graphql
