// SPDX-License-Identifier: Apache-2.0
#include "host/services.hpp"

#include <ctime>

namespace mortise::host {
namespace {

template<clockid_t Clock>
std::int64_t now() noexcept {
    timespec time{};
    ::clock_gettime(Clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

} // namespace

const mortise_clock_table& clockService() noexcept {
    static constexpr mortise_clock_table table{
        sizeof(mortise_clock_table), 0, [](void*) { return static_cast<std::uint64_t>(now<CLOCK_MONOTONIC_COARSE>()); },
        [](void*) { return now<CLOCK_REALTIME_COARSE>(); }};
    return table;
}

} // namespace mortise::host
