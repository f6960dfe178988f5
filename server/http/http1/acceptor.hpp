// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "http/listener.hpp"

#include <memory>

namespace mortise::http::http1 {

class LoopServer;

// One loop's interest in one listener. When descriptors run out it gives way for a moment instead of spinning. Thread:
// the loop's.
class Acceptor final : public base::Watcher {
public:
    Acceptor(LoopServer& server, std::shared_ptr<Listener> listener);
    ~Acceptor();
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    // False when epoll refuses.
    bool start() noexcept;
    // Takes what the kernel has queued for us, then no more.
    void finish() noexcept;
    const Listener& listener() const noexcept { return *listener_; }
    void onReady(std::uint32_t events) noexcept override;

private:
    enum class Taken { one, none, exhausted };
    Taken takeOne() noexcept;
    void pause() noexcept;
    void report() noexcept;
    void stop() noexcept;

    LoopServer& server_;
    std::shared_ptr<Listener> listener_;
    bool watching_ = false;
    bool exhausted_ = false; // since the last connection; reported once
    base::EventLoop::TimerId pause_ = 0;
};

} // namespace mortise::http::http1
