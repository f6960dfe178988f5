// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.hpp"

#include "base/random.hpp"

#include <time.h>

namespace mortise::base {

namespace {

constexpr int notHexadecimal = -1;

int hexValue(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return notHexadecimal;
}

bool hyphenBefore(std::size_t byte) noexcept {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

} // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
    if (text.size() != textBytes) return std::nullopt;
    Uuid uuid;
    std::size_t at = 0;
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (hyphenBefore(i) && text[at++] != '-') return std::nullopt;
        const int high = hexValue(text[at++]);
        const int low = hexValue(text[at++]);
        if (high == notHexadecimal || low == notHexadecimal) return std::nullopt;
        uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return uuid;
}

void Uuid::write(char* out) const noexcept {
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (hyphenBefore(i)) *out++ = '-';
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
}

std::string Uuid::text() const {
    std::string text(textBytes, '\0');
    write(text.data());
    return text;
}

Uuid Uuid7Source::next() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return nextAt(static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec));
}

Uuid Uuid7Source::nextAt(std::uint64_t unixNanoseconds) {
    constexpr std::uint64_t nanosecondsPerMillisecond = 1'000'000;
    const std::uint64_t milliseconds = unixNanoseconds / nanosecondsPerMillisecond;
    const std::uint64_t fraction = (unixNanoseconds % nanosecondsPerMillisecond << 12) / nanosecondsPerMillisecond;
    const std::uint64_t wanted = milliseconds << 12 | fraction;
    std::uint64_t last = last_.load(std::memory_order_relaxed);
    std::uint64_t stamp = 0;
    do {
        stamp = wanted > last ? wanted : last + 1;
    } while (!last_.compare_exchange_weak(last, stamp, std::memory_order_relaxed));

    Uuid uuid;
    for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(stamp >> (52 - 8 * i));
    uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (stamp >> 8 & 0x0f));
    uuid.bytes[7] = static_cast<std::uint8_t>(stamp);
    fillRandom(uuid.bytes.data() + 8, 8);
    uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3f));
    return uuid;
}

} // namespace mortise::base
