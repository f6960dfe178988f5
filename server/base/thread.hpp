// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <thread>

namespace mortise::base {

// Starts a thread that takes no asynchronous signal (they belong to the thread that handles SIGTERM and SIGHUP; faults
// such as SIGSEGV stay deliverable) and carries `name`, cut to the kernel's 15 bytes. Throws std::system_error when no
// thread can be made. `body` must not throw. An overflow of its stack is reported like other faults.
std::thread startThread(std::string_view name, std::function<void()> body);

} // namespace mortise::base
