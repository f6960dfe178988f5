// SPDX-License-Identifier: Apache-2.0
#include "json/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace mortise::json {
namespace {

constexpr bool isDigit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}

template<class Integer>
bool readWhole(std::string_view text, Integer& value) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

// A number as digits * 10^exponent, without trailing zeros. Exponents are clamped far outside of what a double knows.
struct Decimal {
    std::uint64_t digits = 0;
    std::int64_t exponent = 0;
    bool exact = true; // false: more significant digits than fit
};

Decimal decompose(std::string_view text) noexcept {
    constexpr std::int64_t exponent_bound = 1'000'000'000;
    Decimal decimal;
    bool afterPoint = false;
    std::int64_t pendingZeros = 0;
    std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
        if (text[at] == '.') {
            afterPoint = true;
            continue;
        }
        if (afterPoint) --decimal.exponent;
        if (text[at] == '0') {
            ++pendingZeros;
            continue;
        }
        if (decimal.digits != 0) {
            for (; pendingZeros > 0; --pendingZeros)
                if (__builtin_mul_overflow(decimal.digits, 10u, &decimal.digits)) decimal.exact = false;
        }
        pendingZeros = 0;
        if (__builtin_mul_overflow(decimal.digits, 10u, &decimal.digits) ||
            __builtin_add_overflow(decimal.digits, static_cast<std::uint64_t>(text[at] - '0'), &decimal.digits))
            decimal.exact = false;
        if (!decimal.exact) return decimal;
    }
    decimal.exponent += pendingZeros;
    if (at < text.size()) {
        ++at;
        const bool negative = text[at] == '-';
        if (text[at] == '-' || text[at] == '+') ++at;
        std::int64_t exponent = 0;
        for (; at < text.size(); ++at)
            if (exponent < exponent_bound) exponent = exponent * 10 + (text[at] - '0');
        decimal.exponent += negative ? -exponent : exponent;
    }
    if (decimal.digits == 0) decimal.exponent = 0;
    return decimal;
}

// At most 17 significant digits, so that decompose() is exact.
Decimal decomposeRounded(std::string_view text) noexcept {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(Number::of(text).real()));
    return decompose({buffer, static_cast<std::size_t>(end - buffer)});
}

// Whether text, whose conversion failed, is too large and not too small: by the place of its first significant digit.
bool isTooLarge(std::string_view text) noexcept {
    std::int64_t place = 0;
    bool significant = false;
    bool afterPoint = false;
    std::size_t at = text[0] == '-' ? 1 : 0;
    for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
        if (text[at] == '.') {
            afterPoint = true;
            continue;
        }
        if (text[at] != '0') significant = true;
        if (!afterPoint && significant) ++place;
        if (afterPoint && !significant) --place;
    }
    if (at < text.size()) {
        const bool negative = text[at + 1] == '-';
        std::int64_t exponent = 0;
        for (const char byte : text.substr(at + 1))
            if (isDigit(byte) && exponent < 1'000'000'000'000) exponent = exponent * 10 + (byte - '0');
        place += negative ? -exponent : exponent;
    }
    return significant && place > 0;
}

} // namespace

Number Number::of(std::string_view text) noexcept {
    const bool negative = text[0] == '-';
    // Up to 18 digits fit whatever they are.
    constexpr std::size_t safe_digits = 18;
    std::size_t at = negative ? 1 : 0;
    std::int64_t small = 0;
    const std::size_t stop = std::min(text.size(), at + safe_digits);
    for (; at < stop && isDigit(text[at]); ++at) small = small * 10 + (text[at] - '0');
    if (at == text.size()) return Number(negative ? -small : small);
    if (isDigit(text[at])) {
        if (std::int64_t value = 0; readWhole(text, value)) return Number(value);
        if (std::uint64_t value = 0; readWhole(text, value)) return Number(value);
    }
    // A quotient of two numbers that are exact as doubles is rounded once, as the number itself would be.
    constexpr std::array<double, 16> tens = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (text[at] == '.') {
        const std::size_t point = at;
        for (++at; at < stop && isDigit(text[at]); ++at) small = small * 10 + (text[at] - '0');
        const std::size_t places = at - point - 1;
        if (at == text.size() && small <= std::int64_t{1} << 53 && places < tens.size()) {
            const double value = static_cast<double>(small) / tens[places];
            return Number(negative ? -value : value);
        }
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) value = negative ? -0.0 : 0.0;
    return Number(value);
}

double Number::real() const noexcept {
    if (kind_ == Kind::real) return real_;
    return kind_ == Kind::int64 ? static_cast<double>(signedBits()) : static_cast<double>(bits_);
}

std::optional<std::int64_t> Number::int64() const noexcept {
    if (kind_ == Kind::int64) return signedBits();
    if (kind_ == Kind::uint64) {
        if (bits_ > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
        return signedBits();
    }
    // 2^63 is a double, its predecessor as an integer is not.
    if (!(real_ >= -0x1p63 && real_ < 0x1p63) || real_ != std::trunc(real_)) return std::nullopt;
    return static_cast<std::int64_t>(real_);
}

std::optional<std::uint64_t> Number::uint64() const noexcept {
    if (kind_ == Kind::uint64) return bits_;
    if (kind_ == Kind::int64) {
        if (signedBits() < 0) return std::nullopt;
        return bits_;
    }
    if (!(real_ >= 0 && real_ < 0x1p64) || real_ != std::trunc(real_)) return std::nullopt;
    return static_cast<std::uint64_t>(real_);
}

long double Number::exact() const noexcept {
    static_assert(std::numeric_limits<long double>::digits >= 64, "holds every 64-bit integer");
    if (kind_ == Kind::real) return static_cast<long double>(real_);
    return kind_ == Kind::int64 ? static_cast<long double>(signedBits()) : static_cast<long double>(bits_);
}

bool Number::isExactDouble() const noexcept {
    constexpr std::int64_t exact_integers = std::int64_t{1} << 53;
    if (kind_ == Kind::real) return true;
    return kind_ == Kind::int64 && signedBits() >= -exact_integers && signedBits() <= exact_integers;
}

int Number::compare(const Number& other) const noexcept {
    if (kind_ == Kind::int64 && other.kind_ == Kind::int64)
        return (signedBits() > other.signedBits()) - (signedBits() < other.signedBits());
    if (isExactDouble() && other.isExactDouble()) return (real() > other.real()) - (real() < other.real());
    const long double left = exact();
    const long double right = other.exact();
    return (left > right) - (left < right);
}

NumberScan scanNumber(std::string_view text, std::size_t& length) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* at = begin;
    const auto stop = [&](NumberScan result) {
        length = static_cast<std::size_t>(at - begin);
        return result;
    };

    const bool negative = at != end && *at == '-';
    if (negative) ++at;
    const char* const integer = at;
    if (at == end || !isDigit(*at)) return stop(NumberScan::malformed);
    if (*at == '0') {
        ++at;
    } else {
        do ++at;
        while (at != end && isDigit(*at));
    }
    const std::ptrdiff_t digits = at - integer;
    if (at == end || (*at != '.' && *at != 'e' && *at != 'E')) {
        if (digits >= 19) {
            std::int64_t low = 0;
            std::uint64_t high = 0;
            const std::string_view whole(begin, static_cast<std::size_t>(at - begin));
            if (!readWhole(whole, low) && (negative || !readWhole(whole, high))) return stop(NumberScan::out_of_range);
        }
        return stop(NumberScan::integer);
    }

    if (*at == '.') {
        ++at;
        if (at == end || !isDigit(*at)) return stop(NumberScan::malformed);
        while (at != end && isDigit(*at)) ++at;
    }
    std::ptrdiff_t exponent = 0;
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        const bool small = at != end && *at == '-';
        if (at != end && (*at == '-' || *at == '+')) ++at;
        if (at == end || !isDigit(*at)) return stop(NumberScan::malformed);
        for (; at != end && isDigit(*at); ++at)
            if (exponent < 100000) exponent = exponent * 10 + (*at - '0');
        if (small) exponent = -exponent;
    }
    // Below 10^300 whatever the digits are: the largest double is 1.8 * 10^308.
    if (digits + exponent > 300) {
        double value = 0;
        const auto [ignored, error] = std::from_chars(begin, at, value);
        const bool failed = error != std::errc() || std::isinf(value);
        if (failed && isTooLarge({begin, static_cast<std::size_t>(at - begin)})) return stop(NumberScan::out_of_range);
    }
    return stop(NumberScan::real);
}

bool isMultiple(std::string_view value, std::string_view divisor) noexcept {
    __extension__ using Wide = unsigned __int128;
    Decimal number = decompose(value);
    Decimal step = decompose(divisor);
    if (!number.exact) number = decomposeRounded(value);
    if (!step.exact) step = decomposeRounded(divisor);
    if (number.digits == 0) return true;
    if (step.digits == 0) return false;
    std::int64_t shift = number.exponent - step.exponent;
    if (shift >= 0) {
        // digits * 10^shift modulo step.digits, by squaring.
        const Wide modulus = step.digits;
        Wide rest = number.digits % modulus;
        Wide power = 10 % modulus;
        for (; shift > 0; shift >>= 1) {
            if ((shift & 1) != 0) rest = rest * power % modulus;
            power = power * power % modulus;
        }
        return rest == 0;
    }
    // The divisor is digits * 10^-shift; past the number's own digits it cannot divide.
    Wide modulus = step.digits;
    for (; shift < 0; ++shift) {
        modulus *= 10;
        if (modulus > number.digits) return false;
    }
    return number.digits % modulus == 0;
}

} // namespace mortise::json
