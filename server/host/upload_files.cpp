// SPDX-License-Identifier: Apache-2.0
#include "host/upload_files.hpp"

#include <cerrno>
#include <exception>
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
    store_.discard({std::move(paths_), std::move(file_), taken_});
}

bool UploadFiles::take(std::uint64_t bytes) noexcept {
    if (!store_.take(bytes)) return false;
    taken_ += bytes;
    return true;
}

int UploadFiles::beginFile() {
    if (const int error = endFile(); error != 0) return error;
    paths_.reserve(paths_.size() + 1); // what is made is noted
    std::string path;
    file_.reset(store_.create(path));
    if (file_.get() < 0) return errno;
    paths_.push_back(std::move(path));
    return 0;
}

// Some file systems tell only now that they are full.
int UploadFiles::endFile() noexcept {
    const int file = file_.release();
    return file < 0 || ::close(file) == 0 || errno == EINTR ? 0 : errno;
}

int UploadFiles::write(const std::vector<UploadStep>& steps, bool last) noexcept {
    try {
        for (const UploadStep& step : steps) {
            int error = step.file == paths_.size() ? beginFile() : 0;
            if (error == 0) error = writeAll(file_.get(), step.bytes);
            if (error != 0) return error;
        }
        return last ? endFile() : 0;
    } catch (const std::exception&) {
        return ENOMEM;
    }
}

} // namespace mortise::host
