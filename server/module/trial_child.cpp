// SPDX-License-Identifier: Apache-2.0
#include "module/trial_child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace mortise::module {

namespace {

constexpr int orderDescriptor = 3;
// Where code that closes or writes to low numbers does not hit it.
constexpr int firstSafeDescriptor = 200;
constexpr rlim_t maximumFileBytes = 64u << 20;  // of what the tried code may write
constexpr rlim_t maximumDataBytes = 2ULL << 30; // of its memory
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
#if !defined(MORTISE_SANITIZED) // their shadow is larger
    const rlimit data{maximumDataBytes, maximumDataBytes};
    setrlimit(RLIMIT_DATA, &data);
#endif
    if (const base::UniqueFd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)); score)
        writeAll(score.get(), "1000");
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL); // of the thread that waits for us
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
    if (getpid() != process_) _exit(0);
    writeAll(reports_.get(), reportLine(order_.token, {step, index, std::move(text)}));
}

void TrialChild::separateErrors() const {
    writeAll(STDERR_FILENO, order_.token + "\n");
}

bool TrialChild::hasStartedProcesses() {
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return true;
    rusage usage{}; // those waited for have left their traces
    return getrusage(RUSAGE_CHILDREN, &usage) == 0 && usage.ru_maxrss > 0;
}

void TrialChild::endDescendants() {
    // Children of the ended become ours: hence rounds, bounded against code that forks faster than it is killed.
    for (int round = 0; round < 100; ++round) {
        std::ifstream children("/proc/thread-self/children");
        for (pid_t child = 0; children >> child;) kill(child, SIGKILL);
        if (waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
    }
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

} // namespace mortise::module
