// SPDX-License-Identifier: Apache-2.0
#include "host/trial_child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>

namespace mortise::host {

namespace {

constexpr int orderDescriptor = 3;
// Where code that closes or writes to low numbers does not hit it.
constexpr int firstSafeDescriptor = 200;
constexpr rlim_t maximumFileBytes = 64u << 20; // of what the tried code may write
constexpr std::size_t maximumOrderBytes = 64u << 20;

void writeAll(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(descriptor, text.data(), text.size());
        if (done < 0 && errno != EINTR) return; // the parent misses the report and says so
        if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
    }
}

std::string readOrder() {
    std::string text;
    std::array<char, 64 * 1024> buffer;
    while (text.size() < maximumOrderBytes) {
        const ssize_t got = pread(orderDescriptor, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

void restrict() {
    const rlimit noCore{0, 0};
    const rlimit fileSize{maximumFileBytes, maximumFileBytes};
    setrlimit(RLIMIT_CORE, &noCore);
    setrlimit(RLIMIT_FSIZE, &fileSize);
    prctl(PR_SET_DUMPABLE, 0);
}

} // namespace

base::UniqueFd parkedDescriptor(int descriptor) {
    base::UniqueFd safe(fcntl(descriptor, F_DUPFD_CLOEXEC, firstSafeDescriptor));
    // Few descriptors are allowed (RLIMIT_NOFILE): any other place then.
    return safe ? std::move(safe) : base::UniqueFd(fcntl(descriptor, F_DUPFD_CLOEXEC, descriptor + 1));
}

std::optional<TrialChild> TrialChild::take() {
    std::string text = readOrder();
    const std::size_t end = text.find('\n');
    auto order = end == std::string::npos ? std::nullopt : parseOrder(std::string_view(text).substr(0, end));
    base::UniqueFd reports = order ? parkedDescriptor(orderDescriptor) : base::UniqueFd();
    if (!reports) {
        std::fputs("plugins are tried by mortised itself: use --verify-plugin or --check-config\n", stderr);
        return std::nullopt;
    }
    close(orderDescriptor);
    restrict();
    return TrialChild(std::move(reports), *std::move(order), text.substr(end + 1));
}

void TrialChild::report(TrialStep step, std::size_t index, std::string text) const {
    writeAll(reports_.get(), reportLine(order_.token, {step, index, std::move(text)}));
}

void TrialChild::separateErrors() const {
    writeAll(STDERR_FILENO, order_.token + "\n");
}

TrialDeadline::TrialDeadline() {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    made_ = timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
}

TrialDeadline::~TrialDeadline() {
    if (made_) timer_delete(timer_);
}

void TrialDeadline::set(std::chrono::milliseconds timeout) const {
    itimerspec when{};
    when.it_value.tv_sec = timeout.count() / 1000;
    when.it_value.tv_nsec = (timeout.count() % 1000) * 1'000'000;
    if (made_) timer_settime(timer_, 0, &when, nullptr);
}

} // namespace mortise::host
