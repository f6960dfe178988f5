// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/configuration.hpp"
#include "application/timeout_extension.hpp"
#include "base/event_loop.hpp"
#include "base/lock_file.hpp"
#include "base/service_notify.hpp"
#include "dispatch/server.hpp"
#include "host/command_channel.hpp"
#include "host/generation_keeper.hpp"
#include "host/log_hub.hpp"
#include "host/runtime.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mortise::application {

// A serving process, from the first generation to the last. run() stays on the calling thread, which only waits for
// signals, until everything has ended; starting, reloading and stopping happen one after the other on a thread of their
// own, and a replaced generation ends on yet another, so that none of them keeps a signal waiting.
class Daemon {
public:
    Daemon(host::LogHub& log, ConfigurationReader& reader, Configuration configuration,
           base::ServiceEnvironment environment, base::ServiceNotifier notifier);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Serves until SIGTERM or SIGINT; an exit status. SIGHUP reloads, SIGUSR1 reopens log files. A second stop signal,
    // or shutdown_timeout, ends the process on the spot. The signals must be blocked in every thread before.
    int run();
    // Code of a quarantined plugin may still be running: the process must leave by _exit while this lives.
    bool leftBehind() const;

private:
    class Serving;
    class Signals;

    bool start(); // prints and logs why not
    void reload();
    void stop();
    // Everything but the runtime, whose pools are idle then. The last task of the control thread.
    void end();
    void reopenLogs();
    void onSignal(int signal);
    // Runs `task` on the control thread, once for all requests that come before it has begun. False: another one is
    // waiting already.
    bool request(std::atomic<bool>& queued, void (Daemon::*task)());
    // shutdown_timeout has passed. Says who is to blame, flushes logs, and ends the process.
    [[noreturn]] void endAtOnce();
    void activate(const host::Generation& generation, const std::vector<std::shared_ptr<host::Instance>>& fresh);
    void logFailure(std::string_view message, base::Code code, std::string_view reason);
    void logDiagnostics(std::string_view message, const base::Diagnostics& diagnostics);
    std::vector<http::ListenAddress> listenAddresses(const ServerSettings& settings) const;
    std::shared_ptr<const http::Settings> httpSettings(const ServerSettings& settings) const;
    // What the watchdog calls while no loop is stuck: tells the service manager, often enough; empty when that did not
    // ask.
    std::function<void()> keepAlive() const;
    std::string status() const;

    host::LogHub& log_;
    ConfigurationReader& reader_;
    Configuration configuration_;      // in force, but for what needs a restart
    const config::Settings startedBy_; // what needs a restart is as it says
    const base::ServiceEnvironment environment_;
    const base::ServiceNotifier notifier_;
    const std::chrono::steady_clock::time_point begun_;
    std::optional<base::LockFile> stateLock_;
    std::optional<base::LockFile> runtimeLock_;
    base::EventLoop events_; // of the calling thread
    TimeoutExtension extension_;
    dispatch::ExchangeTable exchanges_;
    std::unique_ptr<host::Runtime> runtime_;
    std::unique_ptr<host::GenerationKeeper> keeper_;
    std::unique_ptr<dispatch::Server> server_;
    std::unique_ptr<host::CommandChannel> commands_;
    std::unique_ptr<Serving> serving_;          // requests and commands
    std::unique_ptr<base::WorkerPool> control_; // one thread
    std::uint64_t number_ = 0;                  // of the generation in force
    bool ended_ = false;                        // on the control thread
    std::atomic<bool> reloadQueued_{false};
    std::atomic<bool> reopenQueued_{false};
    std::atomic<bool> stopQueued_{false};
    // What the calling thread needs of the others' to take a stop signal.
    std::atomic<host::Runtime*> running_{nullptr};
    std::atomic<std::int64_t> shutdownMs_;
    bool stopping_ = false; // on the calling thread
    int exitStatus_ = 0;
};

} // namespace mortise::application
