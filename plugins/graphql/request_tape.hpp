// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/json_node.h>

#include <cstddef>
#include <string>
#include <vector>

namespace mortise::graphql {

// A parsed JSON text that stays until the operation that it came with has ended. Memory is kept from one to the next.
class RequestTape {
public:
    // A copy of what the parser shows for a call only.
    void assign(const mortise_json_tape& tape);
    void clear();
    const mortise_json_tape& view() const { return view_; }

private:
    static constexpr std::size_t maximumKept = std::size_t{64} * 1024; // bytes of each that an idle one keeps

    std::vector<mortise_json_node> nodes_;
    std::string text_;
    mortise_json_tape view_{};
};

} // namespace mortise::graphql
