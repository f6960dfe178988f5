// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: the bytes of a connection, whole and in the pieces that the input itself asks for. Both readings
// must come to the same requests, the same fault and the same rest.
#include "fuzz_input.hpp"

#include "conformance/http1_reading.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

// Small, so that inputs of a kilobyte reach every limit.
mortise::http::Limits smallLimits() {
    mortise::http::Limits limits;
    limits.request_line_bytes = 128;
    limits.header_bytes = 512;
    limits.header_fields = 12;
    limits.body_bytes = 256;
    limits.chunk_line_bytes = 32;
    limits.trailer_bytes = 64;
    return limits;
}

// Pieces of 1 to `most` bytes by a generator that the input seeds.
void feedInPieces(http1::Reading& reading, std::string_view text, std::uint32_t seed, std::size_t most) {
    while (!text.empty()) {
        seed = seed * 1664525U + 1013904223U;
        const std::size_t size = std::min<std::size_t>(1 + (seed >> 16) % most, text.size());
        reading.feed(text.substr(0, size));
        text.remove_prefix(size);
    }
}

void judge(const mortise::http::Limits& limits, std::string_view text, std::uint32_t seed, std::size_t most) {
    http1::Reading whole(limits);
    whole.feed(text);
    http1::Reading cut(limits);
    feedInPieces(cut, text, seed, most);
    std::string said;
    if (cut.sameAs(whole, said)) return;
    std::fprintf(stderr, "the verdict depends on the cut (pieces of up to %zu): %s\n", most, said.c_str());
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 1024));
    const std::uint32_t seed =
        size > 0 ? static_cast<std::uint32_t>(size * 31U + data[size - 1] + data[size / 2] * 257U) : 0;
    static const mortise::http::Limits small = smallLimits();
    judge(small, text, seed, 64);
    judge(mortise::http::Limits{}, text, seed, 48);
    if (size <= 96 || seed % 16 == 0) judge(small, text, seed, 1); // a step costs as much as a short input
    fuzz::seededBug(text.starts_with("DELETE /"));
    return 0;
}
