// SPDX-License-Identifier: Apache-2.0
#include "host/command_channel.hpp"

#include "host/runtime.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <latch>
#include <mutex>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::chrono::seconds greetingPatience{5};
constexpr std::size_t maximumGreetings = 8; // connections beside those whose commands run
constexpr std::uint64_t pauseMs = 100;      // without descriptors: then accept fails at once, however often

} // namespace

// What the threads of connections know. They may outlive the channel, but not the runtime, which joins them.
class CommandChannel::Shared {
public:
    using Client = std::shared_ptr<CommandConnection>;
    using Lease = std::shared_ptr<Generation>;

    Shared(Runtime& theRuntime, std::string theBuildId, std::size_t maximum)
        : runtime(theRuntime), buildId(std::move(theBuildId)), maximum_(maximum) {}

    // False: too many, or closed.
    bool add(const Client& client);
    // From here on its command counts among those that run. A fault: it may not.
    base::Outcome<bool> begin(const Client& client, const CommandEntry& entry, const Lease& lease);
    // No code of its plugin is called any more.
    void release(const Client& client);
    void remove(const Client& client);

    void setMaximum(std::size_t maximum);
    void carryOver(const Lease& lease);
    void cancel(const Generation& generation);
    void close();

    Runtime& runtime;
    const std::string buildId;

private:
    struct Call {
        Client client;
        const Instance* owner = nullptr; // null: its command does not run yet, or not any more
        Lease lease{};
    };

    std::size_t running() const; // the lock is held

    std::mutex mutex_;
    std::size_t maximum_;     // under the lock
    bool closed_ = false;     // likewise
    std::vector<Call> calls_; // likewise; leases are released without it
};

std::size_t CommandChannel::Shared::running() const {
    return static_cast<std::size_t>(
        std::count_if(calls_.begin(), calls_.end(), [](const Call& call) { return call.owner != nullptr; }));
}

bool CommandChannel::Shared::add(const Client& client) {
    const std::lock_guard lock(mutex_);
    if (closed_ || calls_.size() - running() >= maximumGreetings) return false;
    calls_.push_back({client});
    return true;
}

base::Outcome<bool> CommandChannel::Shared::begin(const Client& client, const CommandEntry& entry, const Lease& lease) {
    const std::lock_guard lock(mutex_);
    if (closed_) return base::Fault{"the server is stopping"};
    if (running() >= maximum_)
        return base::Fault{std::to_string(maximum_) + (maximum_ == 1 ? " command runs" : " commands run") +
                           " already; try again when one has ended (server.maximum_commands)"};
    for (Call& call : calls_)
        if (call.client == client) {
            call.owner = entry.owner;
            call.lease = lease;
        }
    return true;
}

void CommandChannel::Shared::release(const Client& client) {
    Lease released;
    const std::lock_guard lock(mutex_);
    for (Call& call : calls_)
        if (call.client == client) {
            call.owner = nullptr;
            released = std::move(call.lease);
        }
}

void CommandChannel::Shared::remove(const Client& client) {
    std::vector<Call> removed;
    const std::lock_guard lock(mutex_);
    const auto gone =
        std::partition(calls_.begin(), calls_.end(), [&](const Call& call) { return call.client != client; });
    std::move(gone, calls_.end(), std::back_inserter(removed));
    calls_.erase(gone, calls_.end());
}

void CommandChannel::Shared::setMaximum(std::size_t maximum) {
    const std::lock_guard lock(mutex_);
    maximum_ = maximum;
}

void CommandChannel::Shared::carryOver(const Lease& lease) {
    const auto& carried = lease->instances();
    std::vector<Lease> released;
    const std::lock_guard lock(mutex_);
    for (Call& call : calls_)
        if (std::any_of(carried.begin(), carried.end(), [&](const auto& one) { return one.get() == call.owner; }))
            released.push_back(std::exchange(call.lease, lease));
}

void CommandChannel::Shared::cancel(const Generation& generation) {
    const std::lock_guard lock(mutex_);
    for (const Call& call : calls_)
        if (call.lease != nullptr && call.lease->number() == generation.number()) call.client->cancel();
}

void CommandChannel::Shared::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const Call& call : calls_)
        if (call.owner == nullptr)
            call.client->cut();
        else
            call.client->cancel();
}

// One connection, on threads of its own.
class CommandChannel::Conversation {
public:
    Conversation(std::shared_ptr<Shared> shared, Shared::Client client)
        : shared_(std::move(shared)), client_(std::move(client)) {}
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    ~Conversation() { shared_->remove(client_); }

    static void serve(const std::shared_ptr<Conversation>& self);

private:
    void refuse(const std::string& why) const {
        client_->printError("mortised: " + why + '\n');
        client_->end(CommandCall::failed);
    }
    void run(const CommandRequest& request, const CommandEntry& entry) const;

    const std::shared_ptr<Shared> shared_;
    const Shared::Client client_;
};

void CommandChannel::Conversation::serve(const std::shared_ptr<Conversation>& self) {
    const auto& [shared, client] = std::tie(self->shared_, self->client_);
    auto request = client->greet(shared->buildId, CommandConnection::Clock::now() + greetingPatience);
    if (!request) return;
    const auto lease = shared->runtime.generation();
    if (lease == nullptr) return self->refuse("the server is stopping");
    int status = CommandCall::done;
    const CommandCall call(*request, *client);
    const auto entry = call.find(*lease, status);
    if (!entry) return client->end(status);
    if (!call.mayRunInServer(*entry)) return client->end(CommandCall::failed);
    if (const auto begun = shared->begin(client, *entry, lease); !begun) return self->refuse(begun.fault());
    try {
        // Named for the plugin, which is to blame for what it does not return from.
        shared->runtime.control().begin(request->plugin,
                                        [self, asked = *request, found = *entry] { self->run(asked, found); });
    } catch (const std::system_error& error) {
        self->refuse(std::string("no thread can be made for the command: ") + error.what());
    }
}

void CommandChannel::Conversation::run(const CommandRequest& request, const CommandEntry& entry) const {
    using Clock = CommandConnection::Clock;
    LogHub& log = shared_->runtime.log();
    const auto user = static_cast<std::int64_t>(client_->peer());
    const std::string_view plugin = request.plugin;
    const std::string_view command = request.command;
    // Not the arguments: they may be private.
    log.log(base::Level::info, "host.commands", "Command begun",
            {{"plugin", plugin}, {"command", command}, {"user", user}});
    const auto begun = Clock::now();
    const int status = CommandCall(request, *client_).run(entry);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
    log.log(base::Level::info, "host.commands", "Command ended",
            {{"plugin", plugin},
             {"command", command},
             {"user", user},
             {"exitCode", static_cast<std::int64_t>(status)},
             {"cancelled", client_->cancelled() ? std::string_view("yes") : std::string_view("no")},
             {"durationMs", static_cast<std::int64_t>(ms)}});
    shared_->release(client_);
    client_->end(status);
}

// Accepts. Thread: the loop.
class CommandChannel::Acceptor final : public base::Watcher {
public:
    Acceptor(base::UniqueFd listening, base::EventLoop& events, std::shared_ptr<Shared> shared)
        : listening_(std::move(listening)), events_(events), shared_(std::move(shared)) {}

    void start() {
        events_.add(listening_.get(), EPOLLIN, *this);
        listens_ = true;
    }
    void stop() noexcept {
        if (std::exchange(listens_, false)) events_.remove(listening_.get(), *this);
        if (pause_ != 0) events_.cancel(std::exchange(pause_, 0));
    }

    void onReady(std::uint32_t) noexcept override {
        for (;;) {
            base::UniqueFd fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (!fd) {
                if (errno == EINTR || errno == ECONNABORTED) continue;
                return errno == EAGAIN ? void() : pause();
            }
            try {
                accept(std::move(fd));
            } catch (const std::exception&) {
                // No memory, or no thread for it: the client sees that the connection ends.
            }
        }
    }

private:
    void pause() noexcept {
        stop();
        pause_ = events_.after(pauseMs, [this] {
            pause_ = 0;
            start();
        });
    }
    void accept(base::UniqueFd fd) {
        const auto client =
            std::make_shared<CommandConnection>(CommandSocket(std::move(fd)), shared_->runtime.settings().writeTimeout);
        // The mode of the socket keeps others away; what had it open before its user was changed, this.
        // A first packet does not wait.
        const uid_t user = client->peer();
        const bool allowed = user == 0 || user == ::geteuid();
        if (!allowed || !shared_->add(client)) {
            client->printError(allowed ? "mortised: too many clients of the command channel; try again\n"
                                       : "mortised: commands are for root and the user of the server\n");
            return client->end(CommandCall::failed);
        }
        const auto conversation = std::make_shared<Conversation>(shared_, client);
        shared_->runtime.control().begin("command", [conversation] { Conversation::serve(conversation); });
    }

    const base::UniqueFd listening_;
    base::EventLoop& events_;
    const std::shared_ptr<Shared> shared_;
    bool listens_ = false;
    base::EventLoop::TimerId pause_ = 0; // 0: none
};

CommandChannel::CommandChannel(Runtime& runtime, base::EventLoop& events, std::string buildId, std::size_t maximum)
    : folder_(runtime.settings().stateDirectory),
      events_(events),
      shared_(std::make_shared<Shared>(runtime, std::move(buildId), maximum)),
      acceptor_(std::make_unique<Acceptor>(CommandSocket::listen(folder_), events_, shared_)) {
    events_.postAlways([this] { acceptor_->start(); });
}

CommandChannel::~CommandChannel() {
    close();
}

void CommandChannel::setMaximum(std::size_t maximum) {
    shared_->setMaximum(maximum);
}

void CommandChannel::carryOver(const std::shared_ptr<Generation>& lease) {
    shared_->carryOver(lease);
}

void CommandChannel::cancel(const Generation& generation) {
    shared_->cancel(generation);
}

void CommandChannel::close() {
    if (acceptor_ == nullptr) return;
    std::error_code ignored;
    std::filesystem::remove(folder_ / CommandSocket::fileName, ignored);
    std::latch removed(1);
    const bool posted = events_.postAlways([&] {
        acceptor_->stop();
        removed.count_down();
    });
    if (posted) removed.wait();
    acceptor_.reset();
    shared_->close();
}

} // namespace mortise::host
