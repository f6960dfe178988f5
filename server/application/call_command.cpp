// SPDX-License-Identifier: Apache-2.0
#include "application/call_command.hpp"

#include "application/command_client.hpp"
#include "application/command_line.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <optional>
#include <system_error>
#include <utility>

namespace mortise::application {
namespace {

constexpr int exitInterrupted = 128 + SIGINT; // as a shell shows it

// Nothing: no server listens there.
std::optional<host::CommandSocket> connectToServer(const std::filesystem::path& stateDirectory) {
    try {
        return host::CommandSocket::connect(stateDirectory);
    } catch (const std::system_error& error) {
        const int code = error.code().value();
        // Whether there is a server is then told by the data lock.
        if (code == ENOENT || code == ENOTDIR || code == ECONNREFUSED) return std::nullopt;
        throw;
    }
}

int inServer(host::CommandSocket socket, const std::vector<std::string>& command) {
    CommandClient client(std::move(socket), command);
    switch (client.run()) {
    case CommandClient::Ending::ended:
        return client.exitCode();
    case CommandClient::Ending::interrupted:
        std::cerr << "mortised: left; the command is cancelled, and may still be ending\n";
        return exitInterrupted;
    case CommandClient::Ending::gone:
        std::cerr << "mortised: error: the server went away before the command had ended\n";
        break;
    case CommandClient::Ending::refused:
        break;
    }
    return exitFailure;
}

// Its exit status, as a shell shows it.
int statusOf(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return exitFailure;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int inChild(const std::vector<std::string>& command, const std::function<int(host::CommandSocket client)>& alone) {
    auto [ours, theirs] = host::CommandSocket::pair();
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) {
        { const host::CommandSocket closed = std::move(ours); }
        return alone(std::move(theirs));
    }
    { const host::CommandSocket closed = std::move(theirs); }
    CommandClient client(std::move(ours), command);
    switch (client.run()) {
    case CommandClient::Ending::ended:
        statusOf(child); // it has the data lock until then
        return client.exitCode();
    case CommandClient::Ending::interrupted:
        ::kill(child, SIGKILL);
        statusOf(child);
        return exitInterrupted;
    case CommandClient::Ending::gone:
        return statusOf(child); // which has said why
    case CommandClient::Ending::refused:
        break;
    }
    ::kill(child, SIGKILL);
    statusOf(child);
    return exitFailure;
}

} // namespace

int callCommand(const std::filesystem::path& stateDirectory, const std::vector<std::string>& command,
                const std::function<int(host::CommandSocket client)>& alone) {
    try {
        if (auto server = connectToServer(stateDirectory)) return inServer(*std::move(server), command);
    } catch (const std::system_error& error) {
        std::cerr << "mortised: error: the running server cannot be reached: " << error.what()
                  << "; commands are for root and the user of the server\n";
        return exitFailure;
    }
    return inChild(command, alone);
}

} // namespace mortise::application
