// SPDX-License-Identifier: Apache-2.0
#include "application/command_client.hpp"

#include "application/version.hpp"
#include "base/text.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <span>
#include <system_error>
#include <utility>

namespace mortise::application {
namespace {

using Clock = host::CommandSocket::Clock;
using Kind = host::CommandFrameKind;

constexpr std::chrono::seconds patience{10}; // with a server that does not read or greet
constexpr std::size_t wordsBeforeArguments = 2;

unsigned int terminalWidth() {
    constexpr unsigned int fallback = 80;
    if (::isatty(STDERR_FILENO) == 0) return 0;
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : fallback;
}

std::span<const std::string> argumentsOf(const std::vector<std::string>& command) {
    return std::span(command).subspan(std::min(command.size(), wordsBeforeArguments));
}

} // namespace

CommandClient::CommandClient(host::CommandSocket socket, const std::vector<std::string>& command)
    : socket_(std::move(socket)),
      command_(command),
      files_(argumentsOf(command)),
      progress_(terminalWidth(), Clock::now()) {
    const sigset_t set = ClientFiles::cancellingSignals();
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) throw std::system_error(errno, std::generic_category(), "signalfd");
}

void CommandClient::write(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            if (descriptor == STDOUT_FILENO) cancel(); // as a program whose reader has gone
            return;
        }
    }
}

void CommandClient::show(std::string_view text) {
    write(STDERR_FILENO, progress_.clear());
    write(STDERR_FILENO, text);
}

// One that the other end does not take shows when it is received from.
void CommandClient::send(const host::CommandFrame& frame, int descriptor) {
    static_cast<void>(socket_.send(frame, Clock::now() + patience, descriptor));
}

void CommandClient::cancel() {
    if (std::exchange(cancelled_, true)) return;
    send({Kind::cancel, {}, {}});
}

bool CommandClient::greet() {
    const host::CommandFrame run{Kind::run, {}, command_};
    if (const std::size_t size = run.encode().size();
        size > host::CommandFrame::maximumSize || command_.size() > host::CommandFrame::maximumTexts) {
        show("mortised: error: the arguments are too long: a command takes " +
             std::to_string(host::CommandFrame::maximumTexts) + " of them, and " +
             std::to_string(host::CommandFrame::maximumSize / 1024) + " KiB together\n");
        return false;
    }
    send({Kind::hello, {host::CommandFrame::protocol}, {buildId()}});
    send(run);
    return true;
}

CommandClient::Ending CommandClient::run() {
    if (!greet()) return Ending::refused;
    for (;;) {
        std::array<pollfd, 2> ready{{{socket_.descriptor(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
        if (::poll(ready.data(), ready.size(), -1) < 0) continue;
        if (ready[1].revents != 0)
            if (const auto ending = onSignal()) return *ending;
        if (ready[0].revents != 0)
            if (const auto ending = receive()) return *ending;
    }
}

std::optional<CommandClient::Ending> CommandClient::onSignal() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
    if (std::exchange(interrupted_, true)) return Ending::interrupted;
    show("mortised: cancelling; once more to leave at once\n");
    cancel();
    return std::nullopt;
}

std::optional<CommandClient::Ending> CommandClient::receive() {
    host::CommandFrame frame;
    base::UniqueFd unwanted;
    switch (socket_.receive(frame, unwanted, Clock::now())) {
    case host::CommandSocket::Received::late:
        return std::nullopt;
    case host::CommandSocket::Received::frame:
        break;
    default:
        write(STDERR_FILENO, progress_.clear());
        return Ending::gone;
    }
    switch (frame.kind) {
    case Kind::hello:
        if (frame.number(0) == host::CommandFrame::protocol) break;
        show("mortised: error: the running server speaks protocol " + std::to_string(frame.number(0)) +
             " of the command channel (build " + base::printable(frame.text(0), 100) + "), and this program protocol " +
             std::to_string(host::CommandFrame::protocol) + " (build " + buildId() +
             "): restart the server, so that both are of one version\n");
        return Ending::refused;
    case Kind::output:
        write(STDERR_FILENO, progress_.clear());
        write(STDOUT_FILENO, frame.text(0));
        break;
    case Kind::error:
        show(frame.text(0));
        break;
    case Kind::progress:
        write(STDERR_FILENO, progress_.update(frame.number(0), frame.number(1), frame.text(0), Clock::now()));
        break;
    case Kind::open:
        openFile(frame);
        break;
    case Kind::commit:
        commitFile(frame);
        break;
    case Kind::end:
        write(STDERR_FILENO, progress_.clear());
        exitCode_ = static_cast<int>(frame.number(0) & 0xff);
        return Ending::ended;
    default: // of a later build of the same protocol: not needed
        break;
    }
    return std::nullopt;
}

void CommandClient::openFile(const host::CommandFrame& frame) {
    const auto opened =
        files_.open(frame.number(1), frame.text(0), static_cast<host::CommandFileMode>(frame.number(0)), !cancelled_);
    if (opened)
        send({Kind::opened, {1}, {}}, opened.value());
    else
        send({Kind::opened, {0}, {opened.fault()}});
}

void CommandClient::commitFile(const host::CommandFrame& frame) {
    if (const auto committed = files_.commit(frame.number(0)))
        send({Kind::done, {1}, {}});
    else
        send({Kind::done, {0}, {committed.fault()}});
}

} // namespace mortise::application
