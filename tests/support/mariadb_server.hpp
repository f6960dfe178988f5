// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "eventually.hpp"
#include "served_script.hpp"

#include <csignal>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mortise::tests {

// A MariaDB server of the test's own, by tests/support/mariadb.py (`script`), which says what it is like.
class MariadbServer {
public:
    MariadbServer(const std::string& python, const std::string& script, std::vector<std::string> arguments = {})
        : script_(python, script, std::move(arguments)),
          socket_(script_.member("socket")),
          folder_(script_.member("folder")) {}

    unsigned port() const { return static_cast<unsigned>(std::stoul(script_.member("port"))); }
    const std::string& socket() const noexcept { return socket_; }
    // With ca.pem and other.pem.
    const std::filesystem::path& folder() const noexcept { return folder_; }

    void stop() { script_.command("stop"); }
    void kill() { script_.command("kill"); }
    void start() { script_.command("start"); }
    // It hangs while one lives.
    class Suspended {
    public:
        explicit Suspended(const MariadbServer& server) : pid_(std::stoi(server.script_.member("pid"))) {
            ::kill(pid_, SIGSTOP);
            // Its threads stop one by one.
            if (!eventually([this] { return isStopped(); })) throw std::runtime_error("the server does not stop");
        }
        Suspended(const Suspended&) = delete;
        Suspended& operator=(const Suspended&) = delete;
        ~Suspended() { ::kill(pid_, SIGCONT); }

    private:
        bool isStopped() const {
            for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
                std::ifstream file(thread.path() / "stat");
                const std::string text{std::istreambuf_iterator<char>(file), {}};
                if (text.compare(text.rfind(')') + 1, 2, " T") != 0) return false;
            }
            return true;
        }

        pid_t pid_;
    };

private:
    ServedScript script_;
    std::string socket_;
    std::filesystem::path folder_;
};

} // namespace mortise::tests
