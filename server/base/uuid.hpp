// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::base {

// 16 bytes in network order (RFC 9562), so that comparing bytes compares version 7 ids by time.
struct Uuid {
    static constexpr std::size_t textBytes = 36;

    std::array<std::uint8_t, 16> bytes{};

    // 8-4-4-4-12 hexadecimal digits of either case and nothing else; any version and variant.
    static std::optional<Uuid> parse(std::string_view text) noexcept;

    unsigned version() const noexcept { return bytes[6] >> 4; }
    // Lower case; `out` takes exactly textBytes, without a NUL.
    void write(char* out) const noexcept;
    std::string text() const;

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// Makes version 7 ids that strictly increase within this object: 48 bits of Unix milliseconds, 12 bits of their
// fraction (RFC 9562 section 6.2, method 3), 62 random bits. A clock that stands or goes back is outrun by one step of
// the fraction (244 ns) an id. One object a process. Thread: any; lock-free.
class Uuid7Source {
public:
    Uuid next();
    // As next(), with the time given: nanoseconds since 1970.
    Uuid nextAt(std::uint64_t unixNanoseconds);

private:
    std::atomic<std::uint64_t> last_{0}; // milliseconds << 12 | fraction
};

} // namespace mortise::base
