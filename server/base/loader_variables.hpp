// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace mortise::base {

// Variables without which another process of this program may not start, and which hold no secrets: all that a process
// gets that runs code nobody has tried.
#if defined(MORTISE_SANITIZED)
inline constexpr std::array loaderVariables{"LD_LIBRARY_PATH", "ASAN_OPTIONS",  "LSAN_OPTIONS",
                                            "TSAN_OPTIONS",    "UBSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH"};
#else
inline constexpr std::array loaderVariables{"LD_LIBRARY_PATH"};
#endif

} // namespace mortise::base
