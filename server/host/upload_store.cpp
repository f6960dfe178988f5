// SPDX-License-Identifier: Apache-2.0
#include "host/upload_store.hpp"

#include "base/random.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <new>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {
namespace {

constexpr std::string_view suffix = ".upload";

std::string randomName() {
    std::array<unsigned char, 16> bytes{};
    base::fillRandom(bytes.data(), bytes.size());
    std::string name;
    for (const unsigned char byte : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        name.push_back(digits[byte >> 4]);
        name.push_back(digits[byte & 15]);
    }
    return name.append(suffix);
}

} // namespace

void UploadStore::clear() noexcept {
    std::error_code ignored;
    std::filesystem::directory_iterator entry(settings_.directory, ignored);
    for (; !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored)) {
        std::error_code kept;
        if (entry->path().extension() == suffix) std::filesystem::remove(entry->path(), kept);
    }
}

bool UploadStore::take(std::uint64_t bytes) noexcept {
    std::uint64_t before = used_.load(std::memory_order_relaxed);
    do {
        if (bytes > settings_.space || before > settings_.space - bytes) return false;
    } while (!used_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
    return true;
}

int UploadStore::create(std::string& path) {
    path = settings_.directory + '/' + randomName();
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const int file = ::open(path.c_str(), flags, S_IRUSR | S_IWUSR);
    if (file >= 0 || errno != ENOENT) return file;
    if (::mkdir(settings_.directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return -1;
    return ::open(path.c_str(), flags, S_IRUSR | S_IWUSR);
}

void UploadStore::discard(UploadLeftovers&& files) noexcept {
    if (files.paths.empty() && files.bytes == 0) return;
    try {
        const std::lock_guard lock(mutex_);
        doomed_.push_back(std::move(files));
    } catch (const std::bad_alloc&) {
        remove(files);
        return;
    }
    sweep();
}

void UploadStore::sweep() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (doomed_.empty()) return;
    }
    // Refused when the pool is full: the next sweep tries again.
    static_cast<void>(workers_.trySubmit([this] { removeDoomed(); }));
}

void UploadStore::removeDoomed() noexcept {
    std::vector<UploadLeftovers> doomed;
    {
        const std::lock_guard lock(mutex_);
        doomed.swap(doomed_);
    }
    for (UploadLeftovers& files : doomed) remove(files);
}

void UploadStore::remove(UploadLeftovers& files) noexcept {
    for (const std::string& path : files.paths) ::unlink(path.c_str());
    files.open.reset();
    used_.fetch_sub(files.bytes, std::memory_order_relaxed);
}

} // namespace mortise::host
