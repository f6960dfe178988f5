// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/command_socket.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mortise::application {

// `mortised PLUGIN COMMAND ARGUMENT…`: this process is the client. The command runs in the server that holds the state
// directory, else in a child of this process, which is what `alone` does; its result is the child's exit status. So
// files are opened with the rights of who called, whoever the command runs as. Returns the exit status. Thread: while
// there is no other; SIGINT, SIGTERM and SIGHUP are blocked.
int callCommand(const std::filesystem::path& stateDirectory, const std::vector<std::string>& command,
                const std::function<int(host::CommandSocket client)>& alone);

} // namespace mortise::application
