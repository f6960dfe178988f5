// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>

namespace mortise {
inline namespace v1 {
namespace detail {

// What a status that the other side gave is to this one ("Unknown values" of abi/types.h): itself, where it is
// MORTISE_OK, MORTISE_ERROR or one of those that the function lists; an unknown positive one is MORTISE_OK; all others
// are MORTISE_ERROR.
template<class... Listed>
constexpr mortise_status peerStatus(mortise_status given, Listed... listed) noexcept {
    if (given == MORTISE_OK || ((given == listed) || ...)) return given;
    return given > MORTISE_ABSENT ? MORTISE_OK : MORTISE_ERROR;
}

} // namespace detail
} // namespace v1
} // namespace mortise
