// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::host {

// What is wrong with the size that a plugin gave to a struct, in one wording: "its mortise_reply has the struct_size 0,
// …".
std::string structSizeFault(std::string_view type, std::uint64_t size, std::uint64_t least);
// The same of an array: "its commands cannot be read: …".
std::string strideFault(std::string_view array, std::string_view member, std::string_view type, std::uint64_t least);

} // namespace mortise::host
