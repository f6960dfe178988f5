// SPDX-License-Identifier: Apache-2.0
#pragma once

// Part::moveTo, which few plugins need and which takes much to include.

#include <mortise/part.hpp>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace mortise {
inline namespace v1 {
namespace detail {

struct ClosedFile {
    int file;
    ~ClosedFile() {
        if (file >= 0) ::close(file);
    }
};

// What the file or folder has is on the disk then. 0, or an errno.
inline int syncPath(const char* path) {
    const ClosedFile opened{::open(path, O_RDONLY | O_CLOEXEC)};
    return opened.file >= 0 && ::fsync(opened.file) == 0 ? 0 : errno;
}

// The same for the copy. 0, or an errno.
inline int copyFile(const char* from, const char* to) {
    std::string buffer(256 * 1024, '\0');
    const ClosedFile source{::open(from, O_RDONLY | O_CLOEXEC)};
    if (source.file < 0) return errno;
    const ClosedFile target{::open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (target.file < 0) return errno;
    for (;;) {
        const auto got = ::read(source.file, &buffer[0], buffer.size());
        if (got == 0) return ::fsync(target.file) == 0 ? 0 : errno;
        if (got < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        for (decltype(got + 0) done = 0; done < got;) {
            const auto put = ::write(target.file, buffer.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0 && errno != EINTR) return errno;
            if (put > 0) done += put;
        }
    }
}

// As Part::moveTo says.
template<class Text>
void moveFile(Tag<Text>, const std::string& from, const std::string& to) {
    const auto fail = [&](int error) {
        throw std::system_error(error, std::generic_category(), "an uploaded file could not be moved to " + to);
    };
    // Before it gets its name: else a power failure could leave an empty file there, in the place of the one before.
    if (const int error = syncPath(from.c_str())) fail(error);
    const std::string folder = to.substr(0, to.rfind('/') + 1);
    if (::rename(from.c_str(), to.c_str()) != 0) {
        if (errno != EXDEV) fail(errno);
        // Beside it, under the name that the host gave the file: nobody else's.
        const std::string beside = folder + '.' + from.substr(from.rfind('/') + 1);
        int error = copyFile(from.c_str(), beside.c_str());
        if (error == 0 && ::rename(beside.c_str(), to.c_str()) != 0) error = errno;
        if (error != 0) {
            ::unlink(beside.c_str());
            fail(error);
        }
        ::unlink(from.c_str()); // goes with the exchange, if not now
    }
    if (const int error = syncPath(folder.empty() ? "." : folder.c_str())) fail(error);
}

} // namespace detail
} // namespace v1
} // namespace mortise
