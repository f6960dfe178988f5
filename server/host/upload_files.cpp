// SPDX-License-Identifier: Apache-2.0
#include "host/upload_files.hpp"

#include <cerrno>
#include <new>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace mortise::host {
namespace {

int writeAll(int file, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

} // namespace

UploadFiles::~UploadFiles() {
    store_.give(taken_);
    store_.discard(std::move(paths_));
}

bool UploadFiles::take(std::uint64_t bytes) noexcept {
    if (!store_.take(bytes)) return false;
    taken_ += bytes;
    return true;
}

int UploadFiles::write(const std::vector<UploadStep>& steps) noexcept {
    try {
        for (const UploadStep& step : steps) {
            if (step.file == paths_.size()) {
                std::string path;
                file_.reset(store_.create(path));
                if (file_.get() < 0) return errno;
                paths_.push_back(std::move(path));
            }
            if (const int error = writeAll(file_.get(), step.bytes); error != 0) return error;
        }
        return 0;
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
}

} // namespace mortise::host
