// SPDX-License-Identifier: Apache-2.0
#include "host/inputs.hpp"

#include "host/instance.hpp"
#include "host/runtime.hpp"

#include <exception>

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

mortise_status invalidCall(const Instance& caller, std::string_view call, std::string_view why) noexcept {
    if (caller.mayWarn())
        caller.runtime().log().log(base::Level::warn, "host.plugins",
                                   "A plugin's call has an argument that breaks the interface",
                                   {{"plugin", std::string_view(caller.name())}, {"call", call}, {"reason", why}});
    return MORTISE_INVALID;
}

mortise_status unreadable(const Instance& caller, std::string_view call, std::string_view type,
                          const std::uint32_t* structSize, std::uint64_t least) noexcept {
    try {
        return invalidCall(caller, call,
                           structSize == nullptr ? "there is no " + std::string(type)
                                                 : structSizeFault(type, *structSize, least));
    } catch (const std::exception&) { // no memory for the message
        return MORTISE_INVALID;
    }
}

} // namespace mortise::host
