// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::application {

std::string_view version() noexcept; // "0.1.0"
// Tells this build of the host from any other: the linker's build id, or a hash of the program file.
std::string buildId();
// "mortised 0.1.0 (ABI 1.0, g++ 12.2.0, Poco 1.11.0, ...)".
std::string versionText();

} // namespace mortise::application
