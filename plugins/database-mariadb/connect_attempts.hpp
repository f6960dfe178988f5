// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server_address.hpp"
#include "session.hpp"
#include "timed_call.hpp"

#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace mortise::mariadb {

// Connects on threads of its own, since looking up a name keeps no deadline, nor does a Unix socket whose server
// accepts nobody: an attempt that is late is left alone, and what it comes to is closed. [any]
class ConnectAttempts {
public:
    ConnectAttempts() = default;
    ConnectAttempts(const ConnectAttempts&) = delete;
    ConnectAttempts& operator=(const ConnectAttempts&) = delete;
    // Waits for those that were left alone, at most for as long as the system's resolver does.
    ~ConnectAttempts();

    std::unique_ptr<Session> connect(const ServerAddress& server, const Deadline& deadline);

private:
    class Attempt;
    struct Running {
        std::shared_ptr<Attempt> attempt;
        std::thread thread;
    };

    void leave(std::list<Running>& late);

    std::mutex mutex_;
    std::list<Running> late_;
};

} // namespace mortise::mariadb
