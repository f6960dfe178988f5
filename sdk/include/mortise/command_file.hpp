// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files that commands read and write where they were called. Not part of plugin.hpp.

#include <mortise/commands.hpp>
#include <mortise/error.hpp>
#include <mortise/open_file.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise {
inline namespace v1 {

enum class CommandFileMode : std::uint32_t {
    read = MORTISE_COMMAND_FILE_READ,
    create = MORTISE_COMMAND_FILE_CREATE,
    replace = MORTISE_COMMAND_FILE_REPLACE,
};

// A file of whoever called the command, see open_file in service/command.h; closed by the destructor. What was written
// without commit() is removed when the command returns.
class CommandFile {
public:
    // Throws Error, with a message that names the path. `session` lives longer.
    CommandFile(const CommandSession& session, std::string_view path, CommandFileMode mode)
        : session_(session), path_(path) {
        const mortise_command_session& raw = session.raw();
        std::int32_t descriptor = -1;
        detail::ErrorText error;
        check(raw.open_file(raw.context, view(path), static_cast<std::uint32_t>(mode), &descriptor, error.raw()),
              error);
        file_ = OpenFile(descriptor);
        struct stat status {};
        if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) atOnce_ = pipeBytes;
    }

    int descriptor() const noexcept { return file_.descriptor(); }
    const std::string& path() const noexcept { return path_; }

    // Up to `size` bytes; 0 at the end, and once the command is cancelled, which a pipe that stays silent does not hold
    // up. Throws std::system_error.
    std::size_t read(char* into, std::size_t size) {
        for (;;) {
            pollfd ready{file_.descriptor(), POLLIN, 0};
            const int polled = ::poll(&ready, 1, 100);
            if (session_.cancelled()) return 0;
            if (polled == 0) continue;
            const auto got = ::read(file_.descriptor(), into, size);
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR && errno != EAGAIN) fail("cannot read");
        }
    }

    // All of it, however slow the reader of a pipe is, or throws std::system_error; returns early once the command is
    // cancelled.
    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            pollfd ready{file_.descriptor(), POLLOUT, 0};
            const int polled = ::poll(&ready, 1, 100);
            if (session_.cancelled()) return;
            if (polled == 0) continue;
            const auto put = ::write(file_.descriptor(), bytes.data(), detail::lesser(bytes.size(), atOnce_));
            if (put >= 0)
                bytes.remove_prefix(static_cast<std::size_t>(put));
            else if (errno != EINTR && errno != EAGAIN)
                fail("cannot write");
        }
    }

    // What was written is on the disk and has its name. Throws Error.
    void commit() {
        const mortise_command_session& raw = session_.raw();
        detail::ErrorText error;
        check(raw.commit_file(raw.context, file_.descriptor(), error.raw()), error);
    }

private:
    static void check(mortise_status status, const detail::ErrorText& error) {
        if (status < 0) throw Error(std::string(error.text()), status);
    }
    [[noreturn]] void fail(const char* what) const {
        throw std::system_error(errno, std::generic_category(), std::string(what) + " '" + path_ + "'");
    }

    // As much as what poll() calls writable takes without waiting: PIPE_BUF.
    static constexpr std::size_t pipeBytes = 4096;

    CommandSession session_;
    std::string path_;
    std::size_t atOnce_ = static_cast<std::size_t>(-1);
    OpenFile file_;
};

} // namespace v1
} // namespace mortise
