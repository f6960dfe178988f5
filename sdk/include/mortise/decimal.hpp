// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mortise {
inline namespace v1 {

// A number by its text, every digit as it was written: "0.10" stays "0.10". A JSON number on the wire; ranges and
// multiples are checked by the host in decimal. What JSON takes for a number is the grammar (RFC 8259 section 6); the
// host refuses integers outside of 64 bits and what overflows a double.
class Decimal {
public:
    Decimal() : text_("0") {}
    Decimal(std::int64_t value) : text_(std::to_string(value)) {}

    static std::optional<Decimal> parse(std::string_view text) {
        if (!isNumber(text)) return std::nullopt;
        return Decimal(text, Checked{});
    }

    const std::string& text() const noexcept { return text_; }
    // The nearest one; 0 for what is too small, infinite for what is too large.
    double toDouble() const noexcept {
        double value = 0;
        const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (read.ec == std::errc()) return value;
        const std::size_t exponent = text_.find_first_of("eE");
        const bool large = exponent == std::string::npos || text_[exponent + 1] != '-';
        const double extreme = large ? std::numeric_limits<double>::infinity() : 0.0;
        return text_[0] == '-' ? -extreme : extreme;
    }

    // As texts: "1.0" is not "1.00".
    friend bool operator==(const Decimal& a, const Decimal& b) noexcept { return a.text_ == b.text_; }
    friend bool operator!=(const Decimal& a, const Decimal& b) noexcept { return !(a == b); }

private:
    struct Checked {};
    Decimal(std::string_view text, Checked) : text_(text) {}

    static bool isNumber(std::string_view text) noexcept {
        std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
        const std::size_t first = at;
        if (!digits(text, at) || (text[first] == '0' && at > first + 1)) return false;
        if (at < text.size() && text[at] == '.' && !digits(text, ++at)) return false;
        if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
            ++at;
            if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
            if (!digits(text, at)) return false;
        }
        return at == text.size();
    }
    // One or more; `at` ends behind them.
    static bool digits(std::string_view text, std::size_t& at) noexcept {
        const std::size_t begin = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at > begin;
    }

    std::string text_;
};

} // namespace v1
} // namespace mortise
