// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <functional>

namespace mortise::database {

// Told how many of how many bytes are done, some times a second; of a whole that is not known, 0. False: nobody wants
// the result any more.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// It was given up because Progress said so.
class Cancelled : public std::exception {
public:
    const char* what() const noexcept override { return "cancelled"; }
};

} // namespace mortise::database
