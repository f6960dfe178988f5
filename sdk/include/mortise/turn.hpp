// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>

namespace mortise {
inline namespace v1 {

// On behalf of which request something is stored. A Request and a Deferred convert to theirs; Turn() is nobody's: work
// in the background, commands.
class Turn {
public:
    constexpr Turn() noexcept = default;
    constexpr explicit Turn(mortise_exchange handle) noexcept : handle_(handle) {}

    constexpr explicit operator bool() const noexcept { return handle_ != 0; }
    constexpr mortise_exchange handle() const noexcept { return handle_; }

private:
    mortise_exchange handle_ = 0;
};

namespace detail {

// begin_commit of mortise.exchange/1: false when the host has answered in the plugin's place.
inline bool beginCommit(const Runtime& runtime, Turn turn) {
    if (!turn) return true;
    const auto& service = runtime.exchange;
    if (service.table.begin_commit == nullptr) throw Absent("begin_commit of " MORTISE_EXCHANGE_SERVICE);
    const mortise_status status = service.table.begin_commit(service.self, turn.handle());
    if (status == MORTISE_STALE) return false;
    raise(status, "begin_commit");
    return true;
}

} // namespace detail
} // namespace v1
} // namespace mortise
