// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace mortise::base {

// Makes the entries of a folder survive a power failure. Errors: std::system_error naming it.
void syncFolder(const std::filesystem::path& folder);

// Makes a folder and those above it that are missing, with mode 0777 less the umask, so that they survive a power
// failure with what is stored in them. One that is there is left as it is. Errors: std::system_error naming the path.
void makeDurableFolders(const std::filesystem::path& folder);

} // namespace mortise::base
