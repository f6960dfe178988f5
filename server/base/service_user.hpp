// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"

#include <filesystem>
#include <string>

namespace mortise::base {

// Both give root's rights up for good: user, groups, capabilities, the way back by programs with set-user-ID, and what
// others of that user may see of this process's memory. They do nothing where the process is not root's. They return
// the name of the user that this process has become, empty when nothing was done; a fault when the rights cannot be
// given up: the caller must not go on. Thread: while there is no other.

// In favour of whoever owns `folder`; does nothing where that is root's or is not there.
Outcome<std::string> becomeOwnerOf(const std::filesystem::path& folder);

// In favour of the user that the service runs as: the owner of its state folder, else the user `mortise`; where nothing
// tells, of `nobody`. Does nothing only where the process is not root's.
Outcome<std::string> becomeServiceUser(const std::filesystem::path& stateFolder);

} // namespace mortise::base
