// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mortise::base {

// Bytes fit for keys, straight from getrandom(2). Throws std::system_error when the kernel refuses (never after boot).
// Thread: any.
void fillRandom(void* bytes, std::size_t sizeBytes);

std::uint64_t random64();

} // namespace mortise::base
