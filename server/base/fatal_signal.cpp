// SPDX-License-Identifier: Apache-2.0
#include "base/fatal_signal.hpp"

#include "base/code_ranges.hpp"
#include "base/running_code.hpp"

#include <poll.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace mortise::base {
namespace {

struct Known {
    int number;
    std::string_view name;
    bool hasAddress; // si_addr tells something
};
constexpr std::array<Known, 7> fatalSignals{{{SIGSEGV, "SIGSEGV", true},
                                             {SIGBUS, "SIGBUS", true},
                                             {SIGFPE, "SIGFPE", true},
                                             {SIGILL, "SIGILL", true},
                                             {SIGTRAP, "SIGTRAP", false},
                                             {SIGSYS, "SIGSYS", false},
                                             {SIGABRT, "SIGABRT", false}}};

// What was set before, written by reportFatalSignals() only.
std::array<struct sigaction, fatalSignals.size()> replacedActions{};
constinit std::atomic_flag hasReported; // the first thread speaks
constinit std::atomic<bool> isReportOut{false};
constinit std::atomic<bool> isExitExpected{false};
constexpr int patienceMs = 1000; // with who reads standard error, and with the thread that speaks

// One line, put together without anything that a signal could have interrupted.
class Line {
public:
    Line& add(std::string_view text) noexcept {
        for (const char byte : text)
            if (size_ < text_.size() - 1) text_[size_++] = byte;
        return *this;
    }
    Line& add(std::uint64_t number, unsigned base) noexcept {
        std::array<char, 20> digits;
        std::size_t at = digits.size();
        do {
            digits[--at] = "0123456789abcdef"[number % base];
            number /= base;
        } while (number != 0);
        return add({digits.data() + at, digits.size() - at});
    }
    void write() noexcept {
        text_[size_++] = '\n';
        std::string_view rest(text_.data(), size_);
        while (!rest.empty()) {
            // A pipe that is ready takes PIPE_BUF bytes, more than the line has, without waiting.
            pollfd output{STDERR_FILENO, POLLOUT, 0};
            const int ready = ::poll(&output, 1, patienceMs);
            if (ready < 0 && errno == EINTR) continue;
            if (ready <= 0) return;
            const ssize_t done = ::write(STDERR_FILENO, rest.data(), rest.size());
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(done));
        }
    }

private:
    std::array<char, 1024> text_;
    std::size_t size_ = 0;
};

void addPlace(Line& line, const CodeMark& mark) noexcept {
    if (mark.owner == nullptr) {
        line.add(" outside of any call into a plugin");
        return;
    }
    line.add(" in ").add(mark.owner->title).add(", function '").add(mark.function).add("'");
}

void addRemedy(Line& line, const CodeMark& mark) noexcept {
    if (mark.owner == nullptr) return;
    line.add("; to run without it, set enabled = false in [plugin.").add(mark.owner->name).add("]");
}

std::uintptr_t stoppedAt([[maybe_unused]] const void* context) noexcept {
#if defined(__x86_64__)
    return static_cast<std::uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return static_cast<std::uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.pc);
#else
    return 0;
#endif
}

void report(const Known& known, const siginfo_t& info, const void* context) noexcept {
    Line line;
    line.add("mortised: fatal signal ").add(static_cast<std::uint64_t>(known.number), 10).add(" (");
    line.add(known.name).add(")");
    const bool ownFault = info.si_code > 0; // not sent by a process
    if (known.hasAddress && ownFault)
        line.add(" at address 0x").add(reinterpret_cast<std::uintptr_t>(info.si_addr), 16);
    if (known.number == SIGSYS && ownFault)
        line.add(" for system call ").add(static_cast<std::uint64_t>(info.si_syscall), 10);
    const CodeMark mark = RunningCode::current();
    addPlace(line, mark);
    if (const auto file = fileOfCode(stoppedAt(context)); !file.empty()) line.add(", in the code of ").add(file);
    addRemedy(line, mark);
    line.write();
}

// Another thread's line comes first: the end of this one would be the end of the process.
void waitForReport() noexcept {
    constexpr int stepMs = 5;
    for (int waited = 0; waited < 2 * patienceMs && !isReportOut.load(); waited += stepMs) ::poll(nullptr, 0, stepMs);
}

// Whether what was interrupted does not happen again by itself when the handler returns.
bool mustBeRaised(int number, const siginfo_t& info) noexcept {
    return info.si_code <= 0 || number == SIGTRAP || number == SIGSYS ||
           (number == SIGBUS && info.si_code == BUS_MCEERR_AO);
}

extern "C" void onFatalSignal(int number, siginfo_t* info, void* context) {
    const int savedErrno = errno;
    for (std::size_t i = 0; i < fatalSignals.size(); ++i) {
        if (fatalSignals[i].number != number) continue;
        if (hasReported.test_and_set()) {
            waitForReport();
        } else {
            report(fatalSignals[i], *info, context);
            isReportOut.store(true);
        }
        ::sigaction(number, &replacedActions[i], nullptr);
    }
    errno = savedErrno;
    if (mustBeRaised(number, *info)) ::raise(number);
}

extern "C" void onExit() {
    if (isExitExpected.load()) return;
    const CodeMark mark = RunningCode::current();
    Line line;
    line.add("mortised: the process was ended by exit()");
    addPlace(line, mark);
    addRemedy(line, mark);
    line.write();
    ::_exit(EXIT_FAILURE);
}

} // namespace

void expectExit() noexcept {
    isExitExpected.store(true);
}

void reportFatalSignals() {
    struct sigaction action {};
    action.sa_sigaction = onFatalSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < fatalSignals.size(); ++i)
        ::sigaction(fatalSignals[i].number, &action, &replacedActions[i]);
    std::atexit(onExit);
    std::at_quick_exit(onExit);
}

} // namespace mortise::base
