// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/request.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mortise::idempotency {

/// The routes of a generation that are declared idempotent. Any thread that may ask a request for its routes.
class IdempotentRoutes {
public:
    struct Route {
        std::string role; // that the host asks for after the filters; empty: none
    };
    /// By method, a blank and pattern. Immutable.
    using List = std::map<std::string, Route, std::less<>>;

    /// Of the generation that serves the request, which is remembered for the next one.
    std::shared_ptr<const List> of(const mortise::Request& request);

private:
    std::mutex mutex_;
    std::uint64_t generation_ = 0;
    std::shared_ptr<const List> list_;
};

} // namespace mortise::idempotency
