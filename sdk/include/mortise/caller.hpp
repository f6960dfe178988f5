// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/principal.hpp>
#include <mortise/turn.hpp>

#include <string_view>

namespace mortise {
inline namespace v1 {

// Who asks for what, as the rules of a route see it: of a request to it, and of a field of GraphQL that is its twin.
// Borrowed for the call.
class Caller {
public:
    // Empty where there is none of that name.
    using Find = std::string_view (*)(const void* from, std::string_view name) noexcept;

    Caller(Turn turn, Principal principal, const void* from, Find find) noexcept
        : turn_(turn), principal_(principal), from_(from), find_(find) {}

    Turn turn() const noexcept { return turn_; }
    operator Turn() const noexcept { return turn_; }
    Principal principal() const noexcept { return principal_; }
    // A path parameter; of a field the argument of that name, which is text.
    std::string_view parameter(std::string_view name) const noexcept { return find_(from_, name); }

private:
    Turn turn_;
    Principal principal_;
    const void* from_;
    Find find_;
};

} // namespace v1
} // namespace mortise
