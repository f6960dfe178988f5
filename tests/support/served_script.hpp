// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace mortise::tests {

// `SCRIPT serve ARGUMENT...` in Python, which does what it reads line by line, and prints a line of JSON at its start
// and after each of them. It ends with the object, also when the test does not.
class ServedScript {
public:
    ServedScript(const std::string& python, const std::string& script, std::vector<std::string> arguments)
        : script_(script) {
        int input[2], output[2];
        if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
        ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
        arguments.insert(arguments.begin(), {python, "-B", script, "serve"});
        std::vector<char*> raw;
        for (std::string& argument : arguments) raw.push_back(argument.data());
        raw.push_back(nullptr);
        const int failed = ::posix_spawnp(&child_, python.c_str(), &actions, nullptr, raw.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(input[0]);
        ::close(output[1]);
        input_ = input[1];
        output_ = output[0];
        if (failed != 0) throw std::runtime_error("cannot start " + script);
        read();
    }
    ServedScript(const ServedScript&) = delete;
    ServedScript& operator=(const ServedScript&) = delete;
    ~ServedScript() {
        ::close(input_);
        ::waitpid(child_, nullptr, 0);
        ::close(output_);
    }

    void command(const std::string& line) {
        const std::string sent = line + '\n';
        if (::write(input_, sent.data(), sent.size()) != static_cast<ssize_t>(sent.size()))
            throw std::runtime_error(script_ + " has ended");
        read();
    }
    // Of the line that was printed last.
    std::string member(const std::string& name) const {
        const std::size_t begin = line_.find_first_not_of(" \"", line_.find("\"" + name + "\":") + name.size() + 3);
        return line_.substr(begin, line_.find_first_of(",\"}", begin) - begin);
    }

private:
    void read() {
        line_.clear();
        for (char next = 0; next != '\n'; line_ += next)
            if (::read(output_, &next, 1) != 1) throw std::runtime_error(script_ + " failed, see above");
    }

    const std::string script_;
    pid_t child_ = 0;
    int input_ = -1;
    int output_ = -1;
    std::string line_;
};

} // namespace mortise::tests
