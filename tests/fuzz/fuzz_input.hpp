// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(data), size};
}

// Ends the run with a sentence: what was promised does not hold.
[[noreturn]] inline void fail(const char* sentence) {
    std::fprintf(stderr, "%s\n", sentence);
    std::abort();
}

inline void expect(bool holds, const char* sentence) {
    if (!holds) fail(sentence);
}

// A target that is built with MORTISE_FUZZ_SEEDED_BUG has a bug at the place that calls this, which run.sh makes sure
// is found. No kept input reaches it; a search from them does within a few seconds, whatever the search's seed.
inline void seededBug([[maybe_unused]] bool reached) {
#ifdef MORTISE_FUZZ_SEEDED_BUG
    if (reached) fail("seeded bug");
#endif
}

} // namespace fuzz
