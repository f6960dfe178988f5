// SPDX-License-Identifier: Apache-2.0
#include "beneath_walk.hpp"

#include "file_root.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::static_files {
namespace {

constexpr unsigned maximumLinks = 40; // as path_resolution(7)
constexpr int maximumRaces = 8;       // names that changed between two looks at them
constexpr int directoryFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// One name on its way. Every step returns false with errno.
class Walk {
public:
    Walk(int root, std::string_view name, int flags)
        : root_(root), flags_(flags | O_NOFOLLOW | O_CLOEXEC), ahead_(name) {}

    int run() {
        if (!begins()) return -1;
        while (true) {
            const std::string name = next();
            const bool last = ahead_.empty();
            if (last && name != "." && name != "..") {
                const int opened = ::openat(here(), name.c_str(), flags_);
                if (opened >= 0 || errno != ELOOP) return opened;
                if (!expand(name)) return -1;
                continue;
            }
            const bool arrived = name == ".." ? goUp() : name == "." || goDown(name);
            if (!arrived) return -1;
            if (last) return ::openat(here(), ".", flags_);
        }
    }

private:
    int here() const noexcept { return directory_.get() < 0 ? root_ : directory_.get(); }
    static bool fail(int error) noexcept {
        errno = error;
        return false;
    }

    bool begins() const noexcept {
        if (ahead_.empty()) return fail(ENOENT);
        if (ahead_.size() >= PATH_MAX) return fail(ENAMETOOLONG);
        return ahead_.front() != '/' || fail(EXDEV);
    }

    // Takes the first name off what is ahead. A slash at the very end stands for "." of what is before it.
    std::string next() {
        const std::size_t end = std::min(ahead_.find('/'), ahead_.size());
        std::string name = ahead_.substr(0, end);
        const std::size_t rest = ahead_.find_first_not_of('/', end);
        ahead_ = rest == std::string::npos ? (end < ahead_.size() ? "." : "") : ahead_.substr(rest);
        return name;
    }

    bool goDown(const std::string& name) {
        Descriptor below(::openat(here(), name.c_str(), directoryFlags));
        if (below.get() < 0) return errno == ENOTDIR && expand(name);
        directory_ = std::move(below);
        path_.push_back(name);
        return true;
    }

    // The parent is looked up from the root again: ".." of a directory that was moved may be anywhere.
    bool goUp() {
        if (const Descriptor searched(::openat(here(), ".", O_PATH | O_CLOEXEC)); searched.get() < 0) return false;
        if (path_.empty()) return fail(EXDEV);
        path_.pop_back();
        directory_ = Descriptor();
        for (const std::string& name : path_) {
            Descriptor below(::openat(here(), name.c_str(), directoryFlags));
            if (below.get() < 0) return false;
            directory_ = std::move(below);
        }
        return true;
    }

    // Puts what a link says before what is ahead. ENOTDIR when the name is no link.
    bool expand(const std::string& name) {
        std::array<char, PATH_MAX> target{};
        const ssize_t length = ::readlinkat(here(), name.c_str(), target.data(), target.size());
        if (length < 0 && errno == EINVAL) {
            if (!ahead_.empty()) return fail(ENOTDIR);
            // It was a link when it could not be opened: look again.
            if (++races_ > maximumRaces) return fail(EAGAIN);
            ahead_ = name;
            return true;
        }
        if (length < 0) return false;
        if (++links_ > maximumLinks) return fail(ELOOP);
        if (!mayFollow(name)) return false;
        std::string text(target.data(), static_cast<std::size_t>(length));
        if (text.empty()) return fail(ENOENT);
        if (text.front() == '/') return fail(EXDEV);
        ahead_ = ahead_.empty() ? std::move(text) : std::move(text) + '/' + ahead_;
        return true;
    }

    // What fs.protected_symlinks asks for (proc_sys_fs(5)): in a folder for everybody, nobody follows another's links.
    bool mayFollow(const std::string& name) const {
        struct stat folder {};
        struct stat link {};
        if (::fstat(here(), &folder) != 0 || ::fstatat(here(), name.c_str(), &link, AT_SYMLINK_NOFOLLOW) != 0)
            return false;
        const bool shared = (folder.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH);
        if (shared && link.st_uid != ::geteuid() && link.st_uid != folder.st_uid) return fail(EACCES);
        return true;
    }

    const int root_;
    const int flags_;
    Descriptor directory_;          // where the walk is; none: at the root
    std::vector<std::string> path_; // names that led there, none of them a link
    std::string ahead_;             // without slashes at its beginning
    unsigned links_ = 0;
    int races_ = 0;
};

} // namespace

int openByWalk(int root, std::string_view name, int flags) noexcept {
    try {
        return Walk(root, name, flags).run();
    } catch (const std::bad_alloc&) {
        errno = ENOMEM;
        return -1;
    }
}

} // namespace mortise::static_files
