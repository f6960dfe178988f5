// SPDX-License-Identifier: Apache-2.0
#include "source_file.hpp"

#include <cerrno>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace users {
namespace {

struct stat statusOf(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot look at the file");
    return status;
}

} // namespace

bool SourceFile::isRegular() const {
    return S_ISREG(statusOf(descriptor_).st_mode);
}

std::uint64_t SourceFile::size() const {
    return static_cast<std::uint64_t>(statusOf(descriptor_).st_size);
}

std::size_t SourceFile::read(std::uint64_t position, char* out, std::size_t size) const {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = ::pread(descriptor_, out + done, size - done, static_cast<off_t>(position + done));
        if (count == 0) break;
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "cannot read the file");
    }
    return done;
}

} // namespace users
