// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::base {

// Where the code of plugin files lies, for the report of a fatal signal: code is never unmapped, so nothing is removed.
// One table a process, since a signal handler is given nothing.

inline constexpr std::size_t maximumCodeRanges = 256; // files beyond are not named
inline constexpr std::size_t maximumCodePath = 239;   // bytes; of a longer path the end is kept

// Notes the file whose mapping `address` lies in. Thread: any.
void noteCodeAt(const void* address, std::string_view path) noexcept;
// The path noted for the mapping that holds `address`, or empty. Async-signal-safe.
std::string_view fileOfCode(std::uintptr_t address) noexcept;

} // namespace mortise::base
