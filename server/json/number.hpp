// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::json {

// A JSON number by value. Integers keep all their 64 bits; everything else is a double.
class Number {
public:
    enum class Kind : std::uint8_t { int64, uint64, real };

    explicit Number(std::int64_t value) noexcept : kind_(Kind::int64), bits_(static_cast<std::uint64_t>(value)) {}
    explicit Number(std::uint64_t value) noexcept : kind_(Kind::uint64), bits_(value) {}
    explicit Number(double value) noexcept : kind_(Kind::real), real_(value) {}

    // Of text that scanNumber() accepts. uint64 is chosen only for what int64 cannot hold.
    static Number of(std::string_view text) noexcept;

    Kind kind() const noexcept { return kind_; }
    double real() const noexcept;
    // Nothing when the value has a fraction or does not fit. 1.0 and 1e2 are integers here, as in JSON Schema.
    std::optional<std::int64_t> int64() const noexcept;
    std::optional<std::uint64_t> uint64() const noexcept;
    bool isInteger() const noexcept { return int64() || uint64(); }

    // By mathematical value, across kinds: negative, zero or positive.
    int compare(const Number& other) const noexcept;

private:
    std::int64_t signedBits() const noexcept { return static_cast<std::int64_t>(bits_); }
    bool isExactDouble() const noexcept; // real() loses nothing
    long double exact() const noexcept;

    Kind kind_;
    std::uint64_t bits_ = 0; // of an integer; int64 as two's complement
    double real_ = 0;
};

enum class NumberScan : std::uint8_t { integer, real, malformed, out_of_range };

// Reads the longest number (RFC 8259, section 6) at the start of `text`; `length` receives its bytes, or for
// `malformed` the offset of the byte that cannot continue it (text.size() when more was needed). out_of_range: an
// integer beyond 64 bits, or a double beyond the finite ones. Too small for a double is zero.
NumberScan scanNumber(std::string_view text, std::size_t& length) noexcept;

// Whether `value` is an integer multiple of `divisor`, in decimal and thus exact (0.3 is a multiple of 0.1) for
// up to 19 significant digits; numbers with more are taken at double precision. Both are number texts; divisor > 0.
bool isMultiple(std::string_view value, std::string_view divisor) noexcept;

} // namespace mortise::json
