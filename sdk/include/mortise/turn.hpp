// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>

#include <chrono>
#include <cstdint>

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
// time_left of mortise.exchange/1; milliseconds::max() of no request, of a stream, and under a host that does not tell.
inline std::chrono::milliseconds timeLeft(const Runtime& runtime, Turn turn) noexcept {
    constexpr auto never = std::chrono::milliseconds::max();
    const auto& service = runtime.exchange;
    if (!turn || service.table.time_left == nullptr) return never;
    const std::uint64_t left = service.table.time_left(service.self, turn.handle());
    return left < static_cast<std::uint64_t>(never.count()) ? std::chrono::milliseconds(left) : never;
}
// number of mortise.exchange/1; 0 under a host that does not tell.
inline std::uint64_t requestNumber(const Runtime& runtime, Turn turn) noexcept {
    const auto& service = runtime.exchange;
    return service.table.number == nullptr ? 0 : service.table.number(service.self, turn.handle());
}

} // namespace detail
} // namespace v1
} // namespace mortise
