// SPDX-License-Identifier: Apache-2.0
#include "channel.hpp"

#include <algorithm>
#include <csignal>
#include <pthread.h>

namespace mortise::logging {

namespace {

constexpr std::chrono::milliseconds first_retry{20};
constexpr std::chrono::milliseconds last_retry{1000};

// Signals belong to the server's own threads; a new thread inherits the mask of the one that makes it.
class BlockedSignals {
public:
    BlockedSignals() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

private:
    sigset_t before_;
};

} // namespace

Channel::Channel(std::unique_ptr<Output> output, const LineQueue::Settings& settings, Hooks hooks, const char* name)
    : output_(std::move(output)), hooks_(std::move(hooks)), queue_(settings) {
    const BlockedSignals blocked;
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), name);
}

Channel::~Channel() {
    stop(std::chrono::steady_clock::now() + std::chrono::seconds(1));
}

void Channel::reopen() noexcept {
    reopen_ = true;
    queue_.hurry();
}

void Channel::end(std::chrono::steady_clock::time_point deadline) noexcept {
    if (stopping_) return;
    deadline_ns_ = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
    stopping_ = true;
    queue_.stop();
}

void Channel::stop(std::chrono::steady_clock::time_point deadline) {
    end(deadline);
    if (thread_.joinable()) thread_.join();
}

bool Channel::mayGoOn() const noexcept {
    if (!stopping_) return true;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() < deadline_ns_;
}

void Channel::reopenIfAsked() {
    if (!reopen_.exchange(false) || output_->reopen()) return;
    hooks_.report(output_->name() + " cannot be reopened: " + output_->trouble() + "; the old one is written on");
}

bool Channel::writeAll(std::string_view text) {
    std::chrono::milliseconds retry = first_retry;
    while (!text.empty()) {
        reopenIfAsked();
        const std::size_t taken = output_->write(text);
        text.remove_prefix(std::min(taken, text.size()));
        if (taken != 0) {
            if (in_trouble_) hooks_.report(output_->name() + " is written again");
            in_trouble_ = false;
            retry = first_retry;
            if (text.empty() || mayGoOn()) continue;
        }
        if (taken == 0 && !in_trouble_) {
            in_trouble_ = true;
            hooks_.report(output_->name() + " cannot be written: " + output_->trouble() +
                          "; lines are kept as far as the buffer goes, then dropped and counted");
        }
        if (!mayGoOn()) {
            lost_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
            return false;
        }
        queue_.pause(retry);
        retry = std::min(retry * 2, last_retry);
    }
    return true;
}

void Channel::run() {
    while (true) {
        const LineQueue::Block block = queue_.take();
        const bool going = writeAll(block.text);
        if (block.dropped != 0) {
            if (going)
                writeAll(hooks_.dropped_line(block.dropped));
            else
                lost_ += block.dropped;
        }
        reopenIfAsked();
        queue_.done();
        if (block.stopped) break;
    }
    if (lost_ != 0) {
        hooks_.report(output_->name() + ": " + std::to_string(lost_) + " lines could not be written before the end");
    }
}

} // namespace mortise::logging
