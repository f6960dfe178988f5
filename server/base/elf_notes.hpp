// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::base {

// What the maker of a shared library left in it for tools: a record of a PT_NOTE segment.
struct ElfNote {
    std::string name; // without its terminator
    std::uint32_t type = 0;
    std::string descriptor;
};

// The notes of a file, in its order; none of it is run or mapped, and only its headers and notes are read, so the file
// may change or be as large as it likes. A fault starts with a verb, for the caller to put the file's name before: what
// ElfImage says of a header, a note that ends behind its segment, more than 1 MiB or 1024 notes. Source: "Program
// Loading", System V gABI; padding by the segment's alignment, 4 or 8 (glibc elf.h).
Outcome<std::vector<ElfNote>> readElfNotes(const std::string& path);
Outcome<std::vector<ElfNote>> parseElfNotes(std::string_view file);

} // namespace mortise::base
