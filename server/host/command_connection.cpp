// SPDX-License-Identifier: Apache-2.0
#include "host/command_connection.hpp"

#include "base/text.hpp"
#include "host/module_names.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <utility>

namespace mortise::host {

static_assert(static_cast<std::uint32_t>(CommandFileMode::read) == MORTISE_COMMAND_FILE_READ &&
              static_cast<std::uint32_t>(CommandFileMode::create) == MORTISE_COMMAND_FILE_CREATE &&
              static_cast<std::uint32_t>(CommandFileMode::replace) == MORTISE_COMMAND_FILE_REPLACE);

bool CommandRequest::wantsHelp() const {
    const auto end = std::find(arguments.begin(), arguments.end(), "--");
    return command == "--help" || command == "-h" || std::find(arguments.begin(), end, "--help") != end;
}

base::Fault CommandConnection::refuse(std::string_view message) {
    printError("mortised: " + std::string(message) + "\n");
    end(EXIT_FAILURE);
    return {std::string(message)};
}

base::Outcome<CommandRequest> CommandConnection::greet(std::string_view buildId, Clock::time_point deadline) {
    CommandFrame frame;
    base::UniqueFd unwanted;
    const auto receive = [&](CommandFrameKind kind) {
        return socket_.receive(frame, unwanted, deadline) == CommandSocket::Received::frame && frame.kind == kind;
    };
    const bool greeted = receive(CommandFrameKind::hello);
    send({CommandFrameKind::hello, {CommandFrame::protocol}, {std::string(buildId)}});
    if (!greeted) return refuse("what came on the command channel is no greeting of its client");
    if (frame.number(0) != CommandFrame::protocol)
        return refuse("the running server speaks protocol " + std::to_string(CommandFrame::protocol) +
                      " of the command channel (build " + std::string(buildId) + "), and this program protocol " +
                      std::to_string(frame.number(0)) + " (build " + base::printable(frame.text(0), 100) +
                      "): restart the server, so that both are of one version");
    if (!receive(CommandFrameKind::run)) return refuse("what came on the command channel is no command");
    CommandRequest request;
    if (!frame.texts.empty()) request.plugin = std::move(frame.texts[0]);
    if (frame.texts.size() > 1) request.command = std::move(frame.texts[1]);
    for (std::size_t i = 2; i < frame.texts.size(); ++i) request.arguments.push_back(std::move(frame.texts[i]));
    return request;
}

void CommandConnection::lose() noexcept {
    gone_ = true;
    cancel();
}

void CommandConnection::send(const CommandFrame& frame) {
    const auto begun = Clock::now();
    while (!gone_) {
        switch (socket_.send(frame, Clock::now() + step)) {
        case CommandSocket::Sent::yes:
            return;
        case CommandSocket::Sent::gone:
            return lose();
        case CommandSocket::Sent::late:
            break;
        }
        const auto patience =
            cancelled_.load(std::memory_order_acquire) ? std::min(lastPatience, patience_) : patience_;
        if (Clock::now() - begun >= patience) lose();
    }
}

void CommandConnection::write(CommandFrameKind kind, std::string_view text) {
    while (!text.empty() && !gone_) {
        const std::string_view part = text.substr(0, CommandFrame::maximumText);
        send({kind, {}, {std::string(part)}});
        text.remove_prefix(part.size());
    }
}

void CommandConnection::progress(std::uint64_t done, std::uint64_t total, std::string_view unit) {
    if (gone_) return;
    const auto now = Clock::now();
    if (now < nextProgress_ && (total == 0 || done != total)) return;
    nextProgress_ = now + progressPause;
    // For a client that is behind there will be a later one.
    if (socket_.send({CommandFrameKind::progress, {done, total}, {base::printable(unit, 30)}}, now) ==
        CommandSocket::Sent::gone)
        lose();
}

bool CommandConnection::cancelled() {
    if (cancelled_.load(std::memory_order_acquire)) return true;
    const auto now = Clock::now();
    if (now < nextLook_) return false;
    nextLook_ = now + look;
    CommandFrame frame;
    base::UniqueFd unwanted;
    switch (socket_.receive(frame, unwanted, now)) {
    case CommandSocket::Received::late:
        break;
    case CommandSocket::Received::frame:
        if (frame.kind == CommandFrameKind::cancel) cancel();
        break;
    default:
        lose();
    }
    return cancelled_.load(std::memory_order_acquire);
}

bool CommandConnection::await(CommandFrameKind kind, CommandFrame& frame, base::UniqueFd& descriptor,
                              Clock::time_point deadline) {
    while (!gone_ && Clock::now() < deadline) {
        switch (socket_.receive(frame, descriptor, std::min(deadline, Clock::now() + step))) {
        case CommandSocket::Received::late:
            if (cancelled_.load(std::memory_order_acquire)) deadline = std::min(deadline, Clock::now() + lastPatience);
            break;
        case CommandSocket::Received::frame:
            if (frame.kind == kind) return true;
            if (frame.kind == CommandFrameKind::cancel) cancel();
            break;
        default:
            lose();
        }
    }
    return false;
}

base::Outcome<base::UniqueFd> CommandConnection::open(std::string_view path, std::uint32_t mode) {
    if (mode > MORTISE_COMMAND_FILE_REPLACE) return base::Fault{"there is no such mode of a file"};
    if (files_.size() >= maximumFiles) return base::Fault{"a command opens so many files only"};
    if (path.size() > CommandFrame::maximumText) return base::Fault{"the path is too long"};
    CommandFrame frame;
    base::UniqueFd descriptor;
    const std::uint64_t number = ++lastFile_;
    send({CommandFrameKind::open, {mode, number}, {std::string(path)}});
    if (!await(CommandFrameKind::opened, frame, descriptor, Clock::now() + patience_))
        return base::Fault{"'" + std::string(path) + "' was not opened by the client in time, or it is gone"};
    if (frame.number(0) == 0) return base::Fault{std::string(frame.text(0))};
    if (!descriptor) return base::Fault{"the client sent no descriptor of '" + std::string(path) + "'"};
    files_[descriptor.get()] = number; // a number of one that was closed meanwhile is this one's now
    return descriptor;
}

base::Outcome<bool> CommandConnection::commit(int descriptor) {
    const auto file = files_.find(descriptor);
    if (file == files_.end()) return base::Fault{"it is no descriptor of open_file"};
    CommandFrame frame;
    base::UniqueFd unwanted;
    send({CommandFrameKind::commit, {file->second}, {}});
    if (!await(CommandFrameKind::done, frame, unwanted, Clock::now() + commitPatience))
        return base::Fault{"the client is gone, and the file with it"};
    if (frame.number(0) == 0) return base::Fault{std::string(frame.text(0))};
    return true;
}

void CommandConnection::end(int status) {
    send({CommandFrameKind::end, {static_cast<std::uint64_t>(status)}, {}});
}

mortise_command_session CommandConnection::session() noexcept {
    static constexpr auto self = [](void* context) -> CommandConnection& {
        return *static_cast<CommandConnection*>(context);
    };
    // What fails for want of memory is as if the client had gone.
    static constexpr auto quietly = [](void* context, auto&& call) {
        try {
            call(self(context));
        } catch (const std::exception&) {
            self(context).lose();
        }
    };
    static constexpr auto guarded = [](void* context, mortise_error* error, auto&& call) -> mortise_status {
        try {
            return call(self(context));
        } catch (const std::exception& failure) {
            setError(error, failure.what());
            return MORTISE_ERROR;
        }
    };
    mortise_command_session session = mortise_init<mortise_command_session>();
    session.context = this;
    session.print = [](void* context, mortise_view given) {
        quietly(context, [&](CommandConnection& one) { one.print(text(given)); });
    };
    session.print_error = [](void* context, mortise_view given) {
        quietly(context, [&](CommandConnection& one) { one.printError(text(given)); });
    };
    session.progress = [](void* context, std::uint64_t done, std::uint64_t total, mortise_view unit) {
        quietly(context, [&](CommandConnection& one) { one.progress(done, total, text(unit)); });
    };
    session.cancelled = [](void* context) -> std::uint32_t {
        quietly(context, [](CommandConnection& one) { one.cancelled(); });
        return self(context).cancelled_.load(std::memory_order_acquire) ? 1 : 0;
    };
    session.open_file = [](void* context, mortise_view path, std::uint32_t mode, std::int32_t* descriptor,
                           mortise_error* error) {
        return guarded(context, error, [&](CommandConnection& one) -> mortise_status {
            if (descriptor == nullptr) return MORTISE_INVALID;
            *descriptor = -1;
            auto opened = one.open(text(path), mode);
            if (opened)
                *descriptor = opened.value().release();
            else
                setError(error, opened.fault());
            return opened ? MORTISE_OK : MORTISE_ERROR;
        });
    };
    session.commit_file = [](void* context, std::int32_t descriptor, mortise_error* error) {
        return guarded(context, error, [&](CommandConnection& one) -> mortise_status {
            const auto committed = one.commit(descriptor);
            if (!committed) setError(error, committed.fault());
            return committed ? MORTISE_OK : MORTISE_ERROR;
        });
    };
    return session;
}

} // namespace mortise::host
