// SPDX-License-Identifier: Apache-2.0
#include "base/library_cache.hpp"

#include "base/atomic_file.hpp"
#include "base/file_access.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <sstream>
#include <string_view>
#include <system_error>

namespace mortise::base {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".so";
constexpr auto abandonedAge = std::chrono::hours(1);

Fault failed(const std::string& path, std::string_view doing, int error) {
    return Fault{path + ": cannot " + std::string(doing) + ": " + std::generic_category().message(error)};
}

// A regular file that is open for reading.
struct OpenLibrary {
    UniqueFd fd;
    std::size_t sizeBytes = 0;
};

Outcome<OpenLibrary> openLibrary(const std::string& path) {
    // O_NONBLOCK: a FIFO must not hold us up.
    OpenLibrary library{UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
    if (!library.fd) {
        const int error = errno;
        const std::string refusal = error == EACCES ? accessRefusal(path) : std::string();
        return Fault{failed(path, "open", error).text + (refusal.empty() ? "" : ": " + refusal)};
    }
    struct stat status {};
    if (fstat(library.fd.get(), &status) != 0) return failed(path, "examine", errno);
    if (!S_ISREG(status.st_mode)) return Fault{path + ": is not a regular file"};
    if (static_cast<std::uint64_t>(status.st_size) > LibraryCache::maximumLibraryBytes) {
        return Fault{path + ": is larger than " + std::to_string(LibraryCache::maximumLibraryBytes >> 20) + " MiB"};
    }
    library.sizeBytes = static_cast<std::size_t>(status.st_size);
    return library;
}

// Bytes read into `to`, fewer than it has only at the end of the file; -1: see errno.
ssize_t readFully(const UniqueFd& fd, std::span<char> to) {
    std::size_t filled = 0;
    while (filled < to.size()) {
        const ssize_t got = ::read(fd.get(), to.data() + filled, to.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(filled);
}

// The whole file, read once: what is hashed is what is copied.
Outcome<std::unique_ptr<char[]>> readLibrary(const std::string& path, const OpenLibrary& library) {
    auto content = std::make_unique_for_overwrite<char[]>(library.sizeBytes);
    const ssize_t got = readFully(library.fd, {content.get(), library.sizeBytes});
    if (got < 0) return failed(path, "read", errno);
    if (static_cast<std::size_t>(got) < library.sizeBytes) return Fault{path + ": became shorter while it was read"};
    return content;
}

bool holds(const std::string& path, std::string_view content) {
    const auto library = openLibrary(path);
    if (!library || library->sizeBytes != content.size()) return false;
    std::array<char, 64 * 1024> piece;
    while (!content.empty()) {
        const ssize_t got = readFully(library->fd, piece);
        if (got <= 0 || !content.starts_with(std::string_view(piece.data(), static_cast<std::size_t>(got))))
            return false;
        content.remove_prefix(static_cast<std::size_t>(got));
    }
    return true;
}

// mountinfo writes blanks and backslashes of a path as \ooo (proc(5)).
std::string unescapeMountPoint(std::string_view text) {
    std::string path;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            path += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            path += text[i];
        }
    }
    return path;
}

bool contains(const std::string& folder, const std::string& path) {
    if (folder == "/") return true;
    return path.compare(0, folder.size(), folder) == 0 && (path.size() == folder.size() || path[folder.size()] == '/');
}

// Where the file system of `path` is mounted: the longest mount point above it, the latest of equals.
std::string mountPointOf(const std::string& path) {
    std::string best = "/";
    std::ifstream mounts("/proc/thread-self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream fields(line);
        std::string id, parent, device, root, point;
        fields >> id >> parent >> device >> root >> point;
        point = unescapeMountPoint(point);
        if (!point.empty() && point.size() >= best.size() && contains(point, path)) best = point;
    }
    return best;
}

bool isHashName(const std::string& name) {
    return name.size() == 2 * Sha256Digest().size() + suffix.size() &&
           name.find_first_not_of("0123456789abcdef") == name.size() - suffix.size() &&
           name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

} // namespace

std::optional<std::string> noexecMountOf(const std::string& path) {
    std::error_code error;
    fs::path existing = fs::absolute(path, error);
    while (!fs::exists(existing, error) && existing.has_relative_path()) existing = existing.parent_path();
    const fs::path real = fs::canonical(existing, error);
    struct statvfs system {};
    if (error || statvfs(real.c_str(), &system) != 0 || (system.f_flag & ST_NOEXEC) == 0) return std::nullopt;
    return mountPointOf(real.string());
}

Outcome<LibraryCache> LibraryCache::open(const std::string& directory) {
    if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return failed(directory, "make this folder", errno);
    struct stat status {};
    if (stat(directory.c_str(), &status) != 0) return failed(directory, "examine", errno);
    if (!S_ISDIR(status.st_mode)) return Fault{directory + ": is not a folder"};
    if (status.st_uid != geteuid()) {
        return Fault{directory + ": belongs to user " + std::to_string(status.st_uid) + ", this process is user " +
                     std::to_string(geteuid()) + "; code is loaded only from a folder of its own"};
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return Fault{directory + ": other users may write here (chmod go-w it); code is not loaded from such a folder"};
    }
    if (const auto mount = noexecMountOf(directory)) {
        return Fault{directory + ": lies on a file system mounted noexec (" + *mount +
                     "), from which no code can be loaded; choose another folder or remount it with exec"};
    }
    return LibraryCache(directory);
}

Outcome<LibraryCopy> LibraryCache::copyOf(const std::string& source) const {
    const auto library = openLibrary(source);
    if (!library) return Fault{library.fault()};
    const auto bytes = readLibrary(source, *library);
    if (!bytes) return Fault{bytes.fault()};
    const std::string_view content(bytes->get(), library->sizeBytes);
    LibraryCopy copy;
    copy.hash = sha256(content);
    copy.sizeBytes = content.size();
    copy.path = directory_ + "/" + hexText(copy.hash) + std::string(suffix);
    // Comparing with what we just read costs a tenth of hashing the copy again.
    if (holds(copy.path, content)) return copy;
    try {
        writeFileAtomically(copy.path, content, 0500);
    } catch (const std::system_error& error) {
        return Fault{copy.path + ": cannot copy " + source + " here: " + error.what()};
    }
    return copy;
}

std::size_t LibraryCache::removeOthers(const std::vector<Sha256Digest>& keep) const {
    std::vector<std::string> kept;
    kept.reserve(keep.size());
    for (const Sha256Digest& hash : keep) kept.push_back(hexText(hash) + std::string(suffix));
    std::size_t removed = 0;
    std::error_code error;
    for (fs::directory_iterator entry(directory_, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        const std::string name = entry->path().filename().string();
        if (!entry->is_regular_file(ignored) || std::find(kept.begin(), kept.end(), name) != kept.end()) continue;
        const bool abandoned = entry->last_write_time(ignored) < fs::file_time_type::clock::now() - abandonedAge;
        const bool temporary = name.find(suffix) != std::string::npos && !isHashName(name);
        if (isHashName(name) || (temporary && abandoned)) removed += fs::remove(entry->path(), ignored) ? 1 : 0;
    }
    return removed;
}

} // namespace mortise::base
