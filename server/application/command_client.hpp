// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/client_files.hpp"
#include "application/progress_display.hpp"
#include "base/unique_fd.hpp"
#include "host/command_socket.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::application {

// Who calls a command, at the terminal: shows what it prints and how far it is, opens files for it, and cancels it by
// SIGINT, SIGTERM and SIGHUP, which are blocked in this thread. Thread: the only one of the process.
class CommandClient {
public:
    // `command`: plugin, command, arguments; lives longer.
    CommandClient(host::CommandSocket socket, const std::vector<std::string>& command);

    enum class Ending : std::uint8_t {
        ended,       // with an exit code
        refused,     // it was not begun, for a reason that was shown
        gone,        // the other end went before the end of the command
        interrupted, // by a second signal; the command may go on
    };
    Ending run();
    int exitCode() const noexcept { return exitCode_; }

private:
    bool greet();
    // Nothing: it goes on.
    std::optional<Ending> receive();
    std::optional<Ending> onSignal();
    void openFile(const host::CommandFrame& frame);
    void commitFile(const host::CommandFrame& frame);
    void send(const host::CommandFrame& frame, int descriptor = -1);
    void cancel();
    void write(int descriptor, std::string_view text);
    void show(std::string_view text); // on standard error

    host::CommandSocket socket_;
    const std::vector<std::string>& command_;
    ClientFiles files_;
    ProgressDisplay progress_;
    base::UniqueFd signals_;
    bool cancelled_ = false;
    bool interrupted_ = false;
    int exitCode_ = 0;
};

} // namespace mortise::application
