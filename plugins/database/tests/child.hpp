// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace mortise::database {

// A forked process that runs `call` and exits with what it returns; 99 when it throws. Fork before any thread or
// connection exists that the call uses.
class Child {
public:
    explicit Child(const std::function<int()>& call) : pid_(::fork()) {
        if (pid_ < 0) throw std::runtime_error("fork failed");
        if (pid_ > 0) return;
        int code = 99;
        try {
            code = call();
        } catch (const std::exception& error) {
            std::cerr << "child: " << error.what() << std::endl;
        }
        ::_exit(code);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
    Child& operator=(Child&&) = delete;
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        wait();
    }

    pid_t pid() const noexcept { return pid_; }
    // The exit code; 128 plus the signal that ended it.
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t pid_;
};

} // namespace mortise::database
