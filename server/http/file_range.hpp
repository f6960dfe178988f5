// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"

#include <cstdint>

namespace mortise::http {

// Bytes of an open regular file that are to be sent.
struct FileRange {
    base::UniqueFd file;
    std::uint64_t offset = 0; // of the next byte
    std::uint64_t left = 0;
};

} // namespace mortise::http
