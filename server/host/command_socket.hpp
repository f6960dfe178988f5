// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"
#include "host/command_frame.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <utility>

namespace mortise::host {

// One end of a command channel. Never blocks past a deadline; one that lies in the past: does not wait. Thread: one at
// a time, but for shutdown().
class CommandSocket {
public:
    using Clock = std::chrono::steady_clock;
    // Of the socket, in the state directory.
    static constexpr const char* fileName = "command.sock";

    explicit CommandSocket(base::UniqueFd connected) noexcept : fd_(std::move(connected)) {}

    // Two ends of one channel. Throws std::system_error.
    static std::pair<CommandSocket, CommandSocket> pair();
    // To the server whose state directory this is, however long its path. Throws std::system_error; ENOENT and
    // ECONNREFUSED: there is none.
    static CommandSocket connect(const std::filesystem::path& stateDirectory);
    // Listens there, in the place of what a server left that was killed: the caller has the lock of the directory.
    // Only the user itself and root can connect. Throws std::system_error.
    static base::UniqueFd listen(const std::filesystem::path& stateDirectory);

    enum class Sent : std::uint8_t { yes, late, gone };
    // `descriptor` travels along and stays the caller's; -1: none.
    Sent send(const CommandFrame& frame, Clock::time_point deadline, int descriptor = -1);

    enum class Received : std::uint8_t { frame, late, gone, malformed };
    // The descriptor that came along, if any.
    Received receive(CommandFrame& frame, base::UniqueFd& descriptor, Clock::time_point deadline);

    // User of the process at the other end; -1 where that is unknown.
    uid_t peer() const noexcept;
    // [any] The other end and whoever waits here sees that it is over.
    void shutdown() noexcept;
    int descriptor() const noexcept { return fd_.get(); }

private:
    base::UniqueFd fd_;
};

} // namespace mortise::host
