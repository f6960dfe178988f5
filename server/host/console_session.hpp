// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/command.h>

namespace mortise::host {

// Standard output and standard error of this process, for what is no command of a plugin but prints like one: no
// progress, nothing cancels it, and it opens no files.
mortise_command_session consoleSession() noexcept;

} // namespace mortise::host
