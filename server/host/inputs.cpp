// SPDX-License-Identifier: Apache-2.0
#include "host/inputs.hpp"

namespace mortise::host {

std::string structSizeFault(std::string_view type, std::uint64_t size, std::uint64_t least) {
    const std::string name(type);
    return "its " + name + " has the struct_size " + std::to_string(size) + ", the first version has " +
           std::to_string(least) + ": make it by MORTISE_INIT(" + name + "), or set struct_size to its sizeof";
}

std::string strideFault(std::string_view array, std::string_view member, std::string_view type, std::uint64_t least) {
    return "its " + std::string(array) + " cannot be read: there are some, but no data, or " + std::string(member) +
           " is no multiple of 8 or less than " + std::to_string(least) + ": set it to sizeof(" + std::string(type) +
           ")";
}

} // namespace mortise::host
