// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"

#include "base/durable_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace mortise::base {

namespace {

[[noreturn]] void fail(const char* what, const std::string& path) {
    throw std::system_error(errno, std::generic_category(), std::string(what) + " '" + path + "'");
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path target, mode_t mode) : target_(std::move(target)) {
    temporary_ = (target_.parent_path() / ('.' + target_.filename().string() + ".XXXXXX")).string();
    fd_.reset(::mkostemp(temporary_.data(), O_CLOEXEC));
    if (!fd_) {
        fail("cannot create a file beside", target_.string());
    }
    if (::fchmod(fd_.get(), mode) != 0) {
        const int error = errno;
        ::unlink(temporary_.c_str());
        errno = error;
        fail("cannot set the mode of", temporary_);
    }
}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            fail("cannot write", temporary_);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void AtomicFile::commit() {
    if (::fsync(fd_.get()) != 0) fail("cannot sync", temporary_);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot replace", target_.string());
    temporary_.clear();
    fd_.reset();
    syncFolder(target_.has_parent_path() ? target_.parent_path() : std::filesystem::path("."));
}

void writeFileAtomically(const std::filesystem::path& target, std::string_view content, mode_t mode) {
    AtomicFile file(target, mode);
    file.write(content);
    file.commit();
}

} // namespace mortise::base
