// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__)
#define MORTISE_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MORTISE_POISONS 1
#endif
#endif
#ifdef MORTISE_POISONS
#include <sanitizer/asan_interface.h>
#endif

namespace mortise::base {

// Memory that was given back and is kept for the next user: whoever still looks at it must be found out. Under
// AddressSanitizer it is poisoned until it is handed out again, in other builds with assertions it is overwritten.
inline void markGivenBack([[maybe_unused]] void* data, [[maybe_unused]] std::size_t size) noexcept {
    if (size == 0) return;
#if !defined(NDEBUG)
    std::memset(data, 0xA5, size);
#endif
#ifdef MORTISE_POISONS
    __asan_poison_memory_region(data, size);
#endif
}
inline void markHandedOut([[maybe_unused]] void* data, [[maybe_unused]] std::size_t size) noexcept {
#ifdef MORTISE_POISONS
    __asan_unpoison_memory_region(data, size);
#endif
}

// How much memory an object may keep from one user to the next: none where AddressSanitizer would otherwise not see
// that it was given back.
constexpr std::size_t keptBytes([[maybe_unused]] std::size_t normally) noexcept {
#ifdef MORTISE_POISONS
    return 0;
#else
    return normally;
#endif
}

} // namespace mortise::base
