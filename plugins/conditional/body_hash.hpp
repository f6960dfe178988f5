// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::conditional {

// 64 bits that tell bodies apart: the same on every machine and in every version. Not against somebody who looks for
// two bodies with the same one.
std::uint64_t hashBody(std::string_view body, std::uint64_t seed) noexcept;

} // namespace mortise::conditional
