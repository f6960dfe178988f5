// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace mortise::application {

// mortised, from its arguments (without the program's name) to its exit status. Call once, before any thread exists.
int runApplication(std::span<const std::string> arguments);

} // namespace mortise::application
