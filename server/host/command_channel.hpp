// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "base/unique_fd.hpp"
#include "host/command_call.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace mortise::host {

class Generation;
class Runtime;

// Where clients call commands in the running server: a Unix socket in the state directory. A command runs on a thread
// of its own and holds the generation that served when it began, as a request does; so its plugin is not stopped before
// it has returned. Thread: one at a time, never a loop.
class CommandChannel {
public:
    // Listens; the caller has the lock of the state directory. `events` accepts, and both live longer. Throws
    // std::system_error.
    CommandChannel(Runtime& runtime, base::EventLoop& events, std::string buildId, std::size_t maximum);
    ~CommandChannel();
    CommandChannel(const CommandChannel&) = delete;
    CommandChannel& operator=(const CommandChannel&) = delete;

    // Commands that run at the same time; those that do already go on.
    void setMaximum(std::size_t maximum);
    // `lease` is the generation that serves now: commands whose plugin it carries over hold it instead of the one
    // before.
    void carryOver(const std::shared_ptr<Generation>& lease);
    // The time of what began in this generation is over: its commands are cancelled.
    void cancel(const Generation& generation);
    // The socket vanishes, and all commands are cancelled. They may still be running then: see Runtime::control().
    void close();

private:
    class Acceptor;
    class Conversation;
    class Shared;

    const std::filesystem::path folder_;
    base::EventLoop& events_;
    const std::shared_ptr<Shared> shared_;
    std::unique_ptr<Acceptor> acceptor_; // null once closed
};

} // namespace mortise::host
