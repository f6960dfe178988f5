// SPDX-License-Identifier: Apache-2.0
#include "application/daemon.hpp"

#include "application/command_line.hpp"
#include "application/version.hpp"
#include "base/durable_folder.hpp"
#include "base/text.hpp"
#include "host/handover.hpp"
#include "host/instance.hpp"
#include "host/instance_folders.hpp"

#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <set>
#include <utility>

namespace mortise::application {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds lastWords{500}; // for what is logged when the process is ended
// Start, reload, reopening and stop can wait at the same time, each once.
base::WorkerPoolSettings controlThread() {
    return {"control", 1, 8, 0};
}

std::int64_t millisecondsSince(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

// What a generation goes by and needs a restart all the same stays as it is.
void keepRunning(host::ServingSettings& next, const host::RuntimeSettings& running) {
    next.development = running.development;
    next.retryAfterSeconds = running.retryAfterSeconds;
}

} // namespace

// The signals of the process as events of a loop.
class Daemon::Signals final : public base::Watcher {
public:
    explicit Signals(Daemon& daemon) : daemon_(daemon) {
        sigset_t set;
        sigemptyset(&set);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
        fd_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
        daemon_.events_.add(fd_.get(), EPOLLIN, *this);
    }
    ~Signals() { daemon_.events_.remove(fd_.get(), *this); }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    void onReady(std::uint32_t) noexcept override {
        signalfd_siginfo info{};
        while (::read(fd_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info)))
            daemon_.onSignal(static_cast<int>(info.ssi_signo));
    }

private:
    Daemon& daemon_;
    base::UniqueFd fd_;
};

// What begins in a generation and has to end with it: requests and commands.
class Daemon::Serving final : public host::Serving {
public:
    // Both live longer; without commands while there is no channel.
    explicit Serving(dispatch::Server& server) noexcept : server_(server) {}
    void add(host::CommandChannel& commands) noexcept { commands_ = &commands; }

    void endRequests(const host::Generation& generation, bool commits) override {
        if (commands_ != nullptr) commands_->cancel(generation);
        server_.endRequests(generation, commits);
    }
    void returnBorrowed(const host::Instance& instance) override { server_.returnBorrowed(instance); }
    void endTurns(const host::Instance& instance) override { server_.endTurns(instance); }
    void close(std::shared_ptr<host::Generation> empty) override { server_.close(std::move(empty)); }

private:
    dispatch::Server& server_;
    host::CommandChannel* commands_ = nullptr; // before the first retirement
};

Daemon::Daemon(host::LogHub& log, ConfigurationReader& reader, Configuration configuration,
               base::ServiceEnvironment environment, base::ServiceNotifier notifier)
    : log_(log),
      reader_(reader),
      configuration_(std::move(configuration)),
      startedBy_(configuration_.settings),
      environment_(std::move(environment)),
      notifier_(std::move(notifier)),
      begun_(Clock::now()),
      extension_(events_, notifier_),
      shutdownMs_(configuration_.server.shutdownTimeout.count()) {}

Daemon::~Daemon() {
    control_.reset();
}

int Daemon::run() {
    const Signals signals(*this);
    control_ = std::make_unique<base::WorkerPool>(controlThread());
    extension_.changeBegins();
    const bool posted = control_->trySubmit([this] {
        exitStatus_ = exitFailure;
        const bool started = start();
        extension_.changeEnds();
        if (started)
            exitStatus_ = exitSuccess;
        else
            end();
    });
    if (posted) events_.run();
    return exitStatus_;
}

void Daemon::end() {
    ended_ = true;
    if (commands_ != nullptr) commands_->close();
    if (keeper_ != nullptr && keeper_->current() != nullptr) // it failed on the last steps of its start
        keeper_->end(*serving_, Clock::now() + configuration_.server.runtime.controlTimeout);
    log_.setSink(nullptr);
    if (runtime_ != nullptr && !leftBehind()) {
        // No task of a plugin is left; the host's own are soon done. Tasks that were revoked look at their request, so
        // they go before it; loops end before what they serve.
        for (base::WorkerPool* const pool : {&runtime_->workers(), &runtime_->uploadWorkers()})
            while (!pool->drain(Clock::now() + std::chrono::hours(1))) {
            }
        serving_.reset();
        server_.reset();
        keeper_.reset();
    }
    events_.stop();
}

bool Daemon::leftBehind() const {
    return runtime_ != nullptr && runtime_->hasQuarantined();
}

std::shared_ptr<const http::Settings> Daemon::httpSettings(const ServerSettings& settings) const {
    return std::make_shared<const http::Settings>(settings.http);
}

std::vector<http::ListenAddress> Daemon::listenAddresses(const ServerSettings& settings) const {
    // Sockets handed over by the service manager take the place of server.listen unless that names them itself.
    if (environment_.sockets.empty() || !settings.section.at("listen").isDefault) return settings.listen;
    std::vector<http::ListenAddress> inherited;
    for (const base::InheritedSocket& socket : environment_.sockets) {
        std::string why;
        if (auto address = http::ListenAddress::parse("fd:" + std::to_string(socket.descriptor), why))
            inherited.push_back(*std::move(address));
    }
    return inherited;
}

void Daemon::logFailure(std::string_view message, base::Code code, std::string_view reason) {
    log_.log(base::Level::error, "host", message, {{"reason", reason}, {"errorCode", base::codeId(code)}});
}

void Daemon::logDiagnostics(std::string_view message, const base::Diagnostics& diagnostics) {
    for (const base::Diagnostic& one : diagnostics.entries()) {
        const std::string where = one.origin.file.empty() ? "" : one.origin.textWithColumn() + ": ";
        const std::string reason = where + one.message;
        log_.log(one.severity == base::Severity::error ? base::Level::error : base::Level::warn, "host", message,
                 {{"reason", std::string_view(reason)}, {"errorCode", base::codeId(one.code)}});
    }
}

void Daemon::activate(const host::Generation& generation, const std::vector<std::shared_ptr<host::Instance>>& fresh) {
    for (const auto& instance : fresh)
        if (const auto failure = instance->activate())
            log_.log(base::Level::error, "host.plugins", *failure, {{"plugin", std::string_view(instance->name())}});
    for (const auto& [plugin, contribution] : generation.uncollected())
        log_.log(base::Level::debug, "host.plugins", "Nobody collects a contribution",
                 {{"plugin", std::string_view(plugin->name())},
                  {"point", std::string_view(contribution->point)},
                  {"name", std::string_view(contribution->name)}});
}

std::function<void()> Daemon::keepAlive() const {
    if (!environment_.watchdog) return {};
    // sd_watchdog_enabled(3) asks for half of the interval; a quarter leaves room for a busy machine.
    return [this, every = *environment_.watchdog / 4, next = Clock::time_point()]() mutable {
        const auto now = Clock::now();
        if (now < next) return;
        next = now + every;
        notifier_.watchdog();
    };
}

std::string Daemon::status() const {
    return "Serving generation " + std::to_string(number_) + " with " + std::to_string(configuration_.enabled.size()) +
           " plugins";
}

bool Daemon::start() {
    const ServerSettings& settings = configuration_.server;
    try {
        const std::filesystem::path state = settings.runtime.stateDirectory;
        base::makeDurableFolders(state);
        auto attempt = base::LockFile::tryAcquire(state / "lock");
        if (!attempt.lock) {
            logFailure("Could not start", base::Code::stateInUse,
                       "the state directory " + state.string() + " is in use by process " +
                           std::to_string(attempt.holder) + "; stop it, or set another server.state_directory");
            return false;
        }
        stateLock_ = std::move(attempt.lock);
        const std::filesystem::path runtime = settings.runtime.runtimeDirectory;
        std::filesystem::create_directories(runtime);
        auto own = base::LockFile::tryAcquire(runtime / "lock");
        if (!own.lock) {
            logFailure("Could not start", base::Code::stateInUse,
                       "the runtime directory " + runtime.string() + " is in use by process " +
                           std::to_string(own.holder) + "; stop it, or set another server.runtime_directory");
            return false;
        }
        runtimeLock_ = std::move(own.lock);
        host::clearRuntimeFolders(runtime);

        host::RuntimeSettings watched = settings.runtime;
        watched.waits = &extension_;
        runtime_ = std::make_unique<host::Runtime>(log_, watched, exchanges_);
        runtime_->uploads().clear();
        running_.store(runtime_.get(), std::memory_order_release);
        keeper_ = std::make_unique<host::GenerationKeeper>(*runtime_);
        server_ = std::make_unique<dispatch::Server>(*runtime_, exchanges_, settings.loops, httpSettings(settings),
                                                     settings.watchdog, keepAlive());
        serving_ = std::make_unique<Serving>(*server_);

        host::GenerationBuilder builder(*runtime_, configuration_.request(1, nullptr));
        if (!builder.configure(false)) {
            std::cerr << builder.failures().render();
            builder.abandon();
            // A call that missed its deadline may succeed the next time; mistakes do not go away by starting again.
            exitStatus_ = leftBehind() || builder.wasLate() ? exitFailure : exitConfig;
            return false;
        }
        try {
            server_->bind(listenAddresses(settings), settings.listenOptions);
        } catch (const std::exception& error) {
            builder.abandon();
            logFailure("Could not start", base::Code::cannotListen, error.what());
            return false;
        }
        if (!builder.start()) {
            logDiagnostics("Could not start", builder.failures());
            builder.abandon();
            return false;
        }
        const auto fresh = builder.fresh();
        const base::Diagnostics warnings = builder.warnings();
        host::GenerationKeeper::Kept none;
        const auto adopted = keeper_->adopt(builder.take(), none);
        number_ = 1;
        log_.setSink(adopted.lease->logSink());
        logDiagnostics("The configuration is doubtful", warnings);
        server_->publish(std::make_shared<const dispatch::Plan>(adopted.lease, adopted.data), httpSettings(settings));
        server_->listen();
        activate(*adopted.lease, fresh);
        commands_ = std::make_unique<host::CommandChannel>(*runtime_, events_, buildId(), settings.maximumCommands);
        serving_->add(*commands_);
        if (::geteuid() == 0)
            log_.log(base::Level::warn, "host", "Serving as root",
                     {{"reason", "a fault of any plugin has all rights on this machine: serve as a user of its own, as "
                                 "the shipped service does"},
                      {"errorCode", base::codeId(base::Code::servingAsRoot)}});
        for (const std::string& address : server_->addresses())
            log_.log(base::Level::info, "host", "Listening", {{"address", std::string_view(address)}});
        log_.log(base::Level::info, "host", "Ready",
                 {{"version", version()},
                  {"generation", static_cast<std::int64_t>(number_)},
                  {"plugins", static_cast<std::int64_t>(adopted.lease->instances().size())},
                  {"startMs", millisecondsSince(begun_)}});
        notifier_.ready(status());
        return true;
    } catch (const std::exception& error) {
        logFailure("Could not start", base::Code::startFailed, error.what());
        return false;
    }
}

bool Daemon::request(std::atomic<bool>& queued, void (Daemon::*task)()) {
    if (queued.exchange(true)) return false; // the one that waits begins after this request
    const bool taken = control_->trySubmit([this, &queued, task] {
        queued.store(false);
        if (!ended_) (this->*task)();
    });
    if (!taken) queued.store(false); // the last task has run
    return taken;
}

void Daemon::reload() {
    struct Change {
        TimeoutExtension& extension;
        ~Change() { extension.changeEnds(); }
    };
    const Change ending{extension_};
    if (stopQueued_.load()) return;
    notifier_.reloading("Reloading");
    const auto begun = Clock::now();
    const auto goOn = [this] {
        log_.log(base::Level::warn, "host", "The running generation goes on",
                 {{"generation", static_cast<std::int64_t>(number_)}});
        notifier_.ready(status());
    };
    const auto refused = [&](const base::Diagnostics& failures) {
        logDiagnostics("Reload failed", failures);
        goOn();
    };
    const auto failed = [&](base::Code code, const std::exception& error) {
        logFailure("Reload failed", code, error.what());
        goOn();
    };
    try {
        base::Diagnostics diagnostics;
        auto next = reader_.read(diagnostics);
        if (!next) return refused(diagnostics);
        logDiagnostics("The configuration is doubtful", diagnostics);
        for (const config::Change& change : config::changes(startedBy_, next->settings))
            if (!change.reloadable)
                log_.log(base::Level::warn, "host", "A changed setting needs a restart",
                         {{"setting", change.section + "." + change.key}});
        keepRunning(next->server.serving, runtime_->settings());
        host::GenerationBuilder builder(*runtime_, next->request(number_ + 1, keeper_->current()));
        if (!builder.configure(false) || !builder.start()) {
            builder.abandon();
            return refused(builder.failures());
        }
        try {
            server_->bind(listenAddresses(next->server), next->server.listenOptions);
        } catch (const std::exception& error) {
            builder.abandon();
            return failed(base::Code::cannotListen, error);
        }
        logDiagnostics("The configuration is doubtful", builder.warnings());
        const auto fresh = builder.fresh();
        host::GenerationKeeper::Kept replaced;
        const auto adopted = keeper_->adopt(builder.take(), replaced);
        ++number_;
        configuration_ = *std::move(next);
        shutdownMs_.store(configuration_.server.shutdownTimeout.count());
        commands_->setMaximum(configuration_.server.maximumCommands);
        commands_->carryOver(adopted.lease);
        log_.setSink(adopted.lease->logSink());
        server_->publish(std::make_shared<const dispatch::Plan>(adopted.lease, adopted.data),
                         httpSettings(configuration_.server));
        server_->listen();
        host::handOver(replaced.generation.get(), fresh);
        activate(*adopted.lease, fresh);
        log_.log(base::Level::info, "host", "Reloaded",
                 {{"generation", static_cast<std::int64_t>(number_)},
                  {"newInstances", static_cast<std::int64_t>(fresh.size())},
                  {"reloadMs", millisecondsSince(begun)}});
        notifier_.ready(status());
        keeper_->retire(std::move(replaced), *serving_, Clock::now() + configuration_.server.drainTimeout);
    } catch (const std::exception& error) {
        failed(base::Code::startFailed, error);
    }
}

void Daemon::stop() {
    const auto begun = Clock::now();
    const ServerSettings& settings = configuration_.server;
    log_.log(base::Level::info, "host", "Stopping", {{"generation", static_cast<std::int64_t>(number_)}});
    const auto deadline = begun + settings.drainTimeout;
    commands_->close(); // what they have done so far takes its time like a request's
    if (!server_->drain(deadline))
        log_.log(base::Level::warn, "host", "Requests were still open at the end of drain_timeout", {});
    log_.log(base::Level::info, "host", "Stopped", {{"stopMs", millisecondsSince(begun)}});
    // The sink's plugin ends with the others; what follows goes to standard error. Plugins that take all their time to
    // drain leave some to stop.
    const auto now = Clock::now();
    const auto most = now + (begun + settings.shutdownTimeout - now) * 3 / 4;
    keeper_->end(*serving_, std::min(std::max(deadline, now + settings.runtime.controlTimeout), most));
    end();
}

void Daemon::endAtOnce() {
    if (host::Runtime* const runtime = running_.load(std::memory_order_acquire)) {
        try {
            runtime->control().call("last words", Clock::now() + lastWords, [this, runtime] {
                std::set<std::string> names = runtime->onWorkers();
                for (const auto& call : runtime->control().abandoned()) names.insert(call.name);
                for (const std::string& name : names)
                    log_.log(base::Level::error, "host.plugins",
                             "A plugin's call is still running at the end of shutdown_timeout",
                             {{"plugin", std::string_view(name)}});
                log_.flush(lastWords);
                return true;
            });
        } catch (const std::exception&) {
            // No thread for it: the process ends without.
        }
    }
    std::fputs("mortised: shutdown_timeout has passed, ending at once\n", stderr);
    ::_exit(1);
}

void Daemon::reopenLogs() {
    log_.reopen();
}

void Daemon::onSignal(int signal) {
    if (signal == SIGHUP) {
        if (!stopping_ && request(reloadQueued_, &Daemon::reload)) extension_.changeBegins();
    } else if (signal == SIGUSR1) {
        request(reopenQueued_, &Daemon::reopenLogs);
    } else if (std::exchange(stopping_, true)) {
        std::fputs("mortised: second stop signal, ending at once\n", stderr);
        ::_exit(1);
    } else {
        if (host::Runtime* const runtime = running_.load(std::memory_order_acquire)) runtime->setDraining();
        notifier_.stopping("Stopping");
        // Whatever the manager allows by itself: this process ends itself before.
        notifier_.extendTimeout(std::chrono::milliseconds(shutdownMs_.load()) + 10 * lastWords);
        events_.after(static_cast<std::uint64_t>(shutdownMs_.load()), [this] { endAtOnce(); });
        request(stopQueued_, &Daemon::stop);
    }
}

} // namespace mortise::application
