// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"

#include <filesystem>
#include <string>

namespace mortise::base {

// Gives root's rights up for good, in favour of the user and the groups of whoever owns `folder`. Does nothing where
// the process is not root's, where the folder is root's or is not there. Returns the user's name, empty when nothing
// was done; a fault when the rights cannot be given up: the caller must not go on. Thread: while there is no other.
Outcome<std::string> becomeOwnerOf(const std::filesystem::path& folder);

} // namespace mortise::base
