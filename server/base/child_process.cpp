// SPDX-License-Identifier: Apache-2.0
#include "base/child_process.hpp"

#include "base/file_access.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

extern char** environ;

namespace mortise::base {

namespace {

using Clock = std::chrono::steady_clock;

void require(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

std::pair<UniqueFd, UniqueFd> makePipe() {
    std::array<int, 2> ends{-1, -1};
    require(pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe2");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// A duplicate numbered `lowest` or higher, so that arranging 0, 1, 2, 3, ... in the child overwrites no source.
UniqueFd park(int descriptor, int lowest) {
    UniqueFd parked(fcntl(descriptor, F_DUPFD_CLOEXEC, lowest));
    require(parked ? 0 : errno, "fcntl(F_DUPFD_CLOEXEC)");
    return parked;
}

class FileActions {
public:
    FileActions() { require(posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init"); }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    posix_spawn_file_actions_t* get() noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
public:
    Attributes() {
        require(posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    posix_spawnattr_t* get() noexcept { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// A started child: killed with its process group and reaped by the destructor, unless reaped before.
class Child {
public:
    Child(const ChildSettings& settings, int output, int errors) {
        std::vector<UniqueFd> parked;
        FileActions actions;
        require(posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0), "addopen");
        int target = STDOUT_FILENO;
        const int last = STDERR_FILENO + static_cast<int>(settings.descriptors.size());
        const auto pass = [&](int source) {
            parked.push_back(park(source, last + 1));
            require(posix_spawn_file_actions_adddup2(actions.get(), parked.back().get(), target++), "adddup2");
        };
        pass(output);
        pass(errors);
        for (const int descriptor : settings.descriptors) pass(descriptor);
        require(posix_spawn_file_actions_addclosefrom_np(actions.get(), target), "addclosefrom");

        std::vector<std::string> arguments = settings.arguments;
        arguments.insert(arguments.begin(), settings.program);
        std::vector<std::string> variables = settings.environment.value_or(std::vector<std::string>());
        Attributes attributes;
        require(posix_spawn(&id_, settings.program.c_str(), actions.get(), attributes.get(),
                            pointersTo(arguments).data(),
                            settings.environment ? pointersTo(variables).data() : environ),
                "posix_spawn");
        // Without a process descriptor (ENOSYS, EMFILE) the end is found by asking now and then.
        // By number: glibc 2.36 declares pidfd_open without extern "C".
        handle_.reset(static_cast<int>(syscall(SYS_pidfd_open, id_, 0)));
    }
    ~Child() {
        if (!reaped_) finish();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int handle() const noexcept { return handle_.get(); }

    bool hasEnded() const noexcept {
        siginfo_t info{};
        return waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
    }

    // Kills what is left of the group while the child's number still names it, and reaps. Returns waitpid's status.
    int finish() noexcept {
        kill(-id_, SIGKILL);
        kill(id_, SIGKILL); // it may have left its group
        reaped_ = true;
        int status = 0;
        while (waitpid(id_, &status, 0) < 0) {
            if (errno != EINTR) return 0;
        }
        return status;
    }

private:
    pid_t id_ = -1;
    UniqueFd handle_;
    bool reaped_ = false;
};

struct Capture {
    UniqueFd pipe;
    std::string& text;
    bool& cut;
    std::size_t limit;

    // Reads what is there; closes the pipe at its end.
    void read() {
        std::array<char, 16 * 1024> buffer;
        // Bounded, so that a child that writes without end cannot hold us past the deadline.
        for (int round = 0; round < 16 && pipe; ++round) {
            const ssize_t got = ::read(pipe.get(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) {
                pipe.reset();
                return;
            }
            const std::size_t kept = std::min(static_cast<std::size_t>(got), limit - text.size());
            text.append(buffer.data(), kept);
            cut = cut || kept < static_cast<std::size_t>(got);
        }
    }
};

// True when the child ended by itself before the deadline.
bool awaitEnd(const Child& child, Capture& output, Capture& errors, Clock::time_point deadline) {
    constexpr std::chrono::milliseconds askAgain(10); // only where there is no process descriptor
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return child.hasEnded();
        const auto wait = std::min(left, child.handle() < 0 ? askAgain : std::chrono::milliseconds(60'000));
        std::array<pollfd, 3> watched{pollfd{output.pipe.get(), POLLIN, 0}, pollfd{errors.pipe.get(), POLLIN, 0},
                                      pollfd{child.handle(), POLLIN, 0}};
        poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
        output.read();
        errors.read();
        if (child.hasEnded()) return true;
    }
}

} // namespace

std::string ChildResult::describe() const {
    switch (ending) {
    case ChildEnding::exited:
        return "exited with status " + std::to_string(code);
    case ChildEnding::signalled: {
        const char* const name = sigdescr_np(code);
        return "was ended by signal " + std::to_string(code) + (name == nullptr ? "" : " (" + std::string(name) + ")");
    }
    case ChildEnding::timedOut:
        return "did not finish in time and was killed";
    }
    return {};
}

Outcome<ChildResult> runChild(const ChildSettings& settings) {
    try {
        auto [outputEnd, outputWriter] = makePipe();
        auto [errorsEnd, errorsWriter] = makePipe();
        for (const int end : {outputEnd.get(), errorsEnd.get()}) {
            require(fcntl(end, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno, "fcntl(F_SETFL)");
        }
        Child child(settings, outputWriter.get(), errorsWriter.get());
        outputWriter.reset();
        errorsWriter.reset();

        ChildResult result;
        Capture output{std::move(outputEnd), result.output, result.outputCut, settings.captureBytes};
        Capture errors{std::move(errorsEnd), result.errors, result.errorsCut, settings.captureBytes};
        const bool ended = awaitEnd(child, output, errors, settings.deadline);
        const int status = child.finish();
        output.read();
        errors.read();
        if (!ended) {
            result.ending = ChildEnding::timedOut;
            result.code = SIGKILL;
        } else if (WIFSIGNALED(status)) {
            result.ending = ChildEnding::signalled;
            result.code = WTERMSIG(status);
        } else {
            result.code = WEXITSTATUS(status);
        }
        return result;
    } catch (const std::system_error& error) {
        const bool denied = error.code() == std::errc::permission_denied;
        const std::string refusal = denied ? accessRefusal(settings.program) : std::string();
        return Fault{settings.program + ": cannot be started: " + error.what() +
                     (refusal.empty() ? "" : ": " + refusal)};
    }
}

} // namespace mortise::base
