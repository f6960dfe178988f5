// SPDX-License-Identifier: Apache-2.0
// The child's side of a trial: loads each file, reports every step, trusts nothing that it calls.
#include "base/shared_library.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "host/module.hpp"
#include "host/module_trial.hpp"
#include "host/module_trial_report.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace mortise::host {

namespace {

constexpr int orderDescriptor = 3;
// Where a constructor that closes or writes to low numbers does not hit it.
constexpr int firstSafeDescriptor = 200;
constexpr rlim_t maximumFileBytes = 64u << 20; // of what the tried code may write
constexpr std::size_t shownBytes = 200;
constexpr int orderMissing = 64; // EX_USAGE

base::UniqueFd parked(int descriptor) {
    base::UniqueFd safe(fcntl(descriptor, F_DUPFD_CLOEXEC, firstSafeDescriptor));
    // Few descriptors are allowed (RLIMIT_NOFILE): any other place then.
    return safe ? std::move(safe) : base::UniqueFd(fcntl(descriptor, F_DUPFD_CLOEXEC, descriptor + 1));
}

void writeAll(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(descriptor, text.data(), text.size());
        if (done < 0 && errno != EINTR) return; // the parent misses the report and says so
        if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
    }
}

// Standard output of one file at a time, caught in a memory file.
class PrintCapture {
public:
    PrintCapture() : file_(memfd_create("mortise-trial-output", MFD_CLOEXEC)) {
        if (file_) file_ = parked(file_.get());
    }

    void begin() const {
        if (ftruncate(file_.get(), 0) != 0 || lseek(file_.get(), 0, SEEK_SET) != 0) return;
        dup2(file_.get(), STDOUT_FILENO);
    }
    // What was printed since begin(), cut to what can be shown.
    std::string end() const {
        std::fflush(stdout);
        std::array<char, shownBytes + 1> bytes;
        const ssize_t got = pread(file_.get(), bytes.data(), bytes.size(), 0);
        return got <= 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(got));
    }

private:
    base::UniqueFd file_;
};

// Ends the process by SIGKILL, which code under trial cannot block. Without one (no timers left) the parent's own
// deadline for all files remains.
class Deadline {
public:
    Deadline() {
        sigevent event{};
        event.sigev_notify = SIGEV_SIGNAL;
        event.sigev_signo = SIGKILL;
        made_ = timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
    }
    ~Deadline() {
        if (made_) timer_delete(timer_);
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    // 0: none.
    void set(std::chrono::milliseconds timeout) const {
        itimerspec when{};
        when.it_value.tv_sec = timeout.count() / 1000;
        when.it_value.tv_nsec = (timeout.count() % 1000) * 1'000'000;
        if (made_) timer_settime(timer_, 0, &when, nullptr);
    }

private:
    timer_t timer_{};
    bool made_ = false;
};

class Trial {
public:
    Trial(base::UniqueFd reports, ModuleTrialOrder order)
        : reports_(std::move(reports)), order_(std::move(order)), process_(getpid()) {}

    void tryFile(std::size_t index, const std::string& file) {
        report(ModuleTrialStep::constructors, index);
        writeAll(STDERR_FILENO, order_.token + "\n"); // what follows is this file's
        capture_.begin();
        deadline_.set(order_.timeout);
        const std::optional<std::string> fault = load(index, file);
        deadline_.set(std::chrono::milliseconds(0));
        endCopies();
        if (startedProcess()) {
            report(ModuleTrialStep::refused, index,
                   "started another process while it was loaded: that belongs into 'start' of an instance");
            endDescendants(); // must not be blamed on the next file
            _exit(0);
        }
        if (const std::string printed = capture_.end(); fault) {
            report(ModuleTrialStep::refused, index, *fault);
        } else if (!printed.empty()) {
            report(ModuleTrialStep::refused, index,
                   "prints on standard output while it is loaded, where only mortised itself writes: '" +
                       base::printable(printed, shownBytes) + "'");
        } else {
            report(ModuleTrialStep::passed, index);
        }
    }

    void finish() { report(ModuleTrialStep::finished, 0); }

private:
    std::optional<std::string> load(std::size_t index, const std::string& file) {
        const auto library = base::SharedLibrary::open(file);
        endCopies();
        if (!library) {
            const std::string& fault = library.fault();
            const std::string prefix = file + ": ";
            return "cannot be loaded: " + (fault.starts_with(prefix) ? fault.substr(prefix.size()) : fault);
        }
        report(ModuleTrialStep::entry, index);
        const auto entry =
            reinterpret_cast<mortise_module_entry_v1_function>(library.value().symbol(MORTISE_MODULE_ENTRY_V1));
        if (entry == nullptr) return "has no " MORTISE_MODULE_ENTRY_V1 " of its own";
        try {
            mortise_module raw{};
            const auto info = readModule(entry, raw);
            return info ? std::nullopt : std::optional(info.fault());
        } catch (...) {
            return "lets an exception out of " MORTISE_MODULE_ENTRY_V1;
        }
    }

    void report(ModuleTrialStep step, std::size_t index, std::string text = {}) const {
        writeAll(reports_.get(), reportLine(order_.token, {step, index, std::move(text)}));
    }

    // A copy of this process, made by code that was tried, comes back here like the original.
    void endCopies() const {
        if (getpid() != process_) _exit(0);
    }

    // Descendants come to us when their parents end (PR_SET_CHILD_SUBREAPER); those waited for have left their traces.
    static bool startedProcess() {
        siginfo_t info{};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return true;
        rusage usage{};
        return getrusage(RUSAGE_CHILDREN, &usage) == 0 && usage.ru_maxrss > 0;
    }

    // Those that left our process group would outlive us. Children of the ended become ours: hence rounds, bounded
    // against code that forks faster than it is killed.
    static void endDescendants() {
        for (int round = 0; round < 100; ++round) {
            std::ifstream children("/proc/thread-self/children");
            for (pid_t child = 0; children >> child;) kill(child, SIGKILL);
            if (waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
        }
    }

    base::UniqueFd reports_;
    ModuleTrialOrder order_;
    pid_t process_;
    PrintCapture capture_;
    Deadline deadline_;
};

std::optional<ModuleTrialOrder> readOrder() {
    std::array<char, 256> line;
    const ssize_t got = pread(orderDescriptor, line.data(), line.size(), 0);
    return got <= 0 ? std::nullopt : parseOrder(std::string_view(line.data(), static_cast<std::size_t>(got)));
}

void restrict() {
    const rlimit noCore{0, 0};
    const rlimit fileSize{maximumFileBytes, maximumFileBytes};
    setrlimit(RLIMIT_CORE, &noCore);
    setrlimit(RLIMIT_FSIZE, &fileSize);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

} // namespace

int runModuleTrial(std::span<const std::string> files) {
    auto order = readOrder();
    base::UniqueFd reports = order ? parked(orderDescriptor) : base::UniqueFd();
    if (!reports) {
        std::fputs("plugin files are tried by mortised itself: use --verify-plugin\n", stderr);
        return orderMissing;
    }
    close(orderDescriptor);
    restrict();
    Trial trial(std::move(reports), *std::move(order));
    for (std::size_t i = 0; i < files.size(); ++i) trial.tryFile(i, files[i]);
    trial.finish();
    _exit(0);
}

} // namespace mortise::host
