// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/module_names.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::host {

class Instance;

// What is wrong with the size that a plugin gave to a struct, in one wording: "its mortise_reply has the struct_size 0,
// …".
std::string structSizeFault(std::string_view type, std::uint64_t size, std::uint64_t least);
template<class Struct>
std::string structSizeFault(std::string_view type, const Struct& theirs) {
    return structSizeFault(type, theirs.struct_size, firstSize<Struct>);
}
// The same of an array: "its commands cannot be read: …".
std::string strideFault(std::string_view array, std::string_view member, std::string_view type, std::uint64_t least);

// A call of the plugin has an argument that breaks the contract: warns of it by the names of plugin and call, a few
// times a second, and returns MORTISE_INVALID, which is due: nothing is done. Thread: any.
mortise_status invalidCall(const Instance& caller, std::string_view call, std::string_view why) noexcept;
// The same of a struct without a size, or of none at all.
mortise_status unreadable(const Instance& caller, std::string_view call, std::string_view type,
                          const std::uint32_t* structSize, std::uint64_t least) noexcept;

// Whether a struct that a plugin passes in a call is there and reaches over its first version. Otherwise it was warned
// of, and MORTISE_INVALID is due.
template<class Struct>
bool isReadable(const Instance& caller, std::string_view call, std::string_view type, const Struct* theirs) noexcept {
    if (theirs != nullptr && theirs->struct_size >= firstSize<Struct>) return true;
    static_cast<void>(
        unreadable(caller, call, type, theirs == nullptr ? nullptr : &theirs->struct_size, firstSize<Struct>));
    return false;
}

} // namespace mortise::host
