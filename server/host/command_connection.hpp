// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "host/command_socket.hpp"

#include <mortise/service/command.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// `mortised PLUGIN COMMAND ARGUMENT…`; without a plugin or a command lists are wanted.
struct CommandRequest {
    std::string plugin;
    std::string command;
    std::vector<std::string> arguments;

    // Whether --help stands where an option may.
    bool wantsHelp() const;
};

// Whoever called a command, seen by the process that runs it: mortise_command_session over a channel. A client that
// does not read is given up after `patience`, and then nothing waits for it. Thread: one at a time, but as said.
class CommandConnection {
public:
    using Clock = CommandSocket::Clock;

    CommandConnection(CommandSocket socket, std::chrono::milliseconds patience) noexcept
        : socket_(std::move(socket)), patience_(patience) {}
    CommandConnection(const CommandConnection&) = delete;
    CommandConnection& operator=(const CommandConnection&) = delete;

    // Says hello as `buildId` and waits for what is asked. A fault was sent to the client; the connection is over.
    base::Outcome<CommandRequest> greet(std::string_view buildId, Clock::time_point deadline);

    void print(std::string_view text) { write(CommandFrameKind::output, text); }
    void printError(std::string_view text) { write(CommandFrameKind::error, text); }
    void progress(std::uint64_t done, std::uint64_t total, std::string_view unit);
    bool cancelled();
    // As open_file and commit_file of the session.
    base::Outcome<base::UniqueFd> open(std::string_view path, std::uint32_t mode);
    base::Outcome<bool> commit(int descriptor);
    // The last word.
    void end(int status);

    // For `run` of a command; lives as long as this.
    mortise_command_session session() noexcept;

    // [any] From now on the command is cancelled, and nothing waits for a slow client for long.
    void cancel() noexcept { cancelled_.store(true, std::memory_order_release); }
    // [any] The same, and the client is gone.
    void cut() noexcept {
        cancel();
        socket_.shutdown();
    }
    uid_t peer() const noexcept { return socket_.peer(); }

private:
    static constexpr std::chrono::milliseconds step{100};           // between two looks whether it was cancelled
    static constexpr std::chrono::milliseconds lastPatience{2'000}; // with a slow client, once it was
    static constexpr std::chrono::milliseconds look{20};            // at what the client says, at most so often
    static constexpr std::chrono::milliseconds progressPause{100};
    static constexpr std::chrono::minutes commitPatience{30}; // for the client's disk
    static constexpr std::size_t maximumFiles = 16;

    void write(CommandFrameKind kind, std::string_view text);
    void send(const CommandFrame& frame);
    // Nothing: the client is gone, or `deadline` came first.
    bool await(CommandFrameKind kind, CommandFrame& frame, base::UniqueFd& descriptor, Clock::time_point deadline);
    void lose() noexcept;
    base::Fault refuse(std::string_view message);

    CommandSocket socket_;
    const std::chrono::milliseconds patience_;
    std::atomic<bool> cancelled_{false};
    bool gone_ = false;
    Clock::time_point nextLook_{};
    Clock::time_point nextProgress_{};
    std::uint64_t lastFile_ = 0;
    std::map<int, std::uint64_t> files_; // their numbers, by descriptor
};

} // namespace mortise::host
