// SPDX-License-Identifier: Apache-2.0
#include "base/file_access.hpp"

#include "base/text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace mortise::base {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t entryBytes = 64 * 1024; // of the user or group database
constexpr unsigned maximumLinks = 40;         // as path_resolution(7)

std::string quoted(const fs::path& path) {
    return "'" + printable(path.string(), 4096) + "'";
}

std::string modeText(mode_t mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
    return text;
}

// Calls `visit(path, status, last)` for every folder and link that a look-up of `path` passes, and for what it finds;
// ends when that returns false or a look-up fails.
template<class Visit>
void followPath(const fs::path& path, Visit visit) {
    std::error_code error;
    const fs::path whole = fs::absolute(path, error);
    if (error) return;
    std::deque<std::string> ahead;
    for (const fs::path& name : whole.relative_path()) ahead.push_back(name.string());
    fs::path here = "/";
    struct stat status {};
    if (::lstat("/", &status) != 0 || !visit(here, status, ahead.empty())) return;
    for (unsigned links = 0; !ahead.empty();) {
        const std::string name = ahead.front();
        ahead.pop_front();
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            here = here.parent_path();
            continue;
        }
        const fs::path next = here / name;
        if (::lstat(next.c_str(), &status) != 0) return;
        if (!S_ISLNK(status.st_mode)) {
            if (!visit(next, status, ahead.empty())) return;
            here = next;
            continue;
        }
        if (++links > maximumLinks || !visit(next, status, false)) return;
        const fs::path target = fs::read_symlink(next, error);
        if (error) return;
        std::deque<std::string> names;
        for (const fs::path& part : target.relative_path()) names.push_back(part.string());
        ahead.insert(ahead.begin(), names.begin(), names.end());
        if (target.is_absolute()) here = "/";
    }
}

struct Group {
    std::string name;
    std::vector<std::string> members;
};

std::optional<Group> findGroup(gid_t number) {
    std::vector<char> buffer(entryBytes);
    group entry{};
    group* found = nullptr;
    if (::getgrgid_r(number, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    Group result{found->gr_name, {}};
    for (char** member = found->gr_mem; *member != nullptr; ++member) result.members.emplace_back(*member);
    return result;
}

std::optional<uid_t> userNumber(const std::string& name) {
    std::vector<char> buffer(entryBytes);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    return found->pw_uid;
}

// Whether a user of this machine besides root and `self` has it as the first group.
bool isFirstGroupOfAnother(gid_t number, uid_t self) {
    std::ifstream users("/etc/passwd");
    for (std::string line; std::getline(users, line);) {
        std::istringstream fields(line);
        std::string name, password, user, first;
        if (!std::getline(fields, name, ':') || !std::getline(fields, password, ':') ||
            !std::getline(fields, user, ':') || !std::getline(fields, first, ':'))
            continue;
        if (first == std::to_string(number) && user != "0" && user != std::to_string(self)) return true;
    }
    return false;
}

bool isNobodyElse(gid_t number, uid_t self) {
    if (number == 0) return true;
    const auto found = findGroup(number);
    if (!found) return number == self; // a user and a group without names
    for (const std::string& member : found->members) {
        const auto user = userNumber(member);
        if (user && *user != 0 && *user != self) return false;
    }
    if (isFirstGroupOfAnother(number, self)) return false;
    return found->name == userName(self);
}

// What users outside of this user namespace are shown as; none where all, or root at least, are inside.
std::optional<uid_t> unknownOwner() {
    std::ifstream map("/proc/self/uid_map");
    for (unsigned long inside = 0, outside = 0, count = 0; map >> inside >> outside >> count;)
        if (outside == 0 && count > 0) return std::nullopt;
    uid_t overflow = 65534;
    std::ifstream("/proc/sys/kernel/overflowuid") >> overflow;
    return overflow;
}

// Whether `path` is one of them or lies below one.
bool isBelowAny(const fs::path& path, std::span<const std::string> places) {
    for (const std::string& place : places) {
        const std::string text = path.string();
        if (text == place || (text.starts_with(place) && (place.ends_with('/') || text[place.size()] == '/')))
            return true;
    }
    return false;
}

// Who may write by an access control list (acl(5), acl_set_file(3)), apart from root, `self` and the owner; with a list
// the group's bits of the mode are only its mask. As Linux keeps it: a version, then tag, permissions and number each.
std::optional<std::string> writerByList(const fs::path& path, const struct stat& status, uid_t self) {
    constexpr std::uint16_t namedUser = 0x02, ownGroup = 0x04, namedGroup = 0x08, mask = 0x10;
    struct Entry {
        std::uint16_t tag;
        std::uint16_t permissions;
        std::uint32_t number;
    };
    constexpr std::size_t header = sizeof(std::uint32_t);
    std::array<char, 64 * 1024> bytes;
    const ssize_t size = ::getxattr(path.c_str(), "system.posix_acl_access", bytes.data(), bytes.size());
    if (size < static_cast<ssize_t>(header)) return std::nullopt;
    std::vector<Entry> entries((static_cast<std::size_t>(size) - header) / sizeof(Entry));
    std::memcpy(entries.data(), bytes.data() + header, entries.size() * sizeof(Entry));
    std::uint16_t most = 07;
    for (const Entry& entry : entries)
        if (entry.tag == mask) most = entry.permissions;
    for (const Entry& entry : entries) {
        if ((entry.permissions & most & W_OK) == 0) continue;
        if (entry.tag == namedUser && entry.number != 0 && entry.number != self)
            return "the user '" + userName(entry.number) + "'";
        if (entry.tag == namedGroup && !isNobodyElse(entry.number, self))
            return "the group '" + groupName(entry.number) + "'";
        if (entry.tag == ownGroup && !isNobodyElse(status.st_gid, self))
            return "the group '" + groupName(status.st_gid) + "'";
    }
    return std::nullopt;
}

bool hasList(const fs::path& path) noexcept {
    return ::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

// Of one step; `self` is this process's user.
std::optional<std::string> changeableBy(const fs::path& path, const struct stat& status, bool last, uid_t self) {
    if (status.st_uid != 0 && status.st_uid != self && unknownOwner() != status.st_uid)
        return quoted(path) + " belongs to the user '" + userName(status.st_uid) +
               "', who can change it; chown it to root" + (self == 0 ? "" : " or '" + userName(self) + "'");
    if (S_ISLNK(status.st_mode)) return std::nullopt; // has no mode of its own
    if (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0 && !last) return std::nullopt;
    const std::string mode = " (mode " + modeText(status.st_mode) + ")";
    if ((status.st_mode & S_IWOTH) != 0)
        return quoted(path) + " can be changed by every user of this machine" + mode + "; chmod o-w it";
    if (hasList(path)) {
        const auto writer = writerByList(path, status, self);
        if (!writer) return std::nullopt;
        return quoted(path) + " can be changed by " + *writer + " by its access control list; setfacl -b it";
    }
    if ((status.st_mode & S_IWGRP) != 0 && !isNobodyElse(status.st_gid, self))
        return quoted(path) + " can be changed by the group '" + groupName(status.st_gid) + "'" + mode +
               "; chmod g-w it";
    return std::nullopt;
}

} // namespace

std::string userName(unsigned user) {
    std::vector<char> buffer(entryBytes);
    passwd entry{};
    passwd* found = nullptr;
    const bool named = ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return named ? found->pw_name : std::to_string(user);
}

std::string groupName(unsigned group) {
    const auto found = findGroup(group);
    return found ? found->name : std::to_string(group);
}

std::string accessRefusal(const fs::path& path) {
    std::string refusal;
    followPath(path, [&](const fs::path& step, const struct stat& status, bool last) {
        if (S_ISLNK(status.st_mode)) return true;
        const bool isFolder = S_ISDIR(status.st_mode);
        const int wanted = (isFolder ? X_OK : 0) | (last ? R_OK : 0);
        if (::faccessat(AT_FDCWD, step.c_str(), wanted, AT_EACCESS) == 0) return true;
        const std::string group = groupName(::getegid());
        const std::string user = userName(::geteuid());
        refusal = "the user '" + user + "' may not " + (last ? "read " : "search the folder ") + quoted(step) + " of " +
                  userName(status.st_uid) + ':' + groupName(status.st_gid) + " (mode " + modeText(status.st_mode) +
                  "); " +
                  (user == "nobody" ? "checks are made as 'nobody' where there is neither a state directory nor a user "
                                      "'mortise': make one (systemd-sysusers), or check as the service's user"
                   : last           ? "'chgrp " + group + "' and 'chmod g+r" + (isFolder ? "x" : "") + "' let it"
                                    : "let it, or put the file where it may");
        return false;
    });
    return refusal;
}

std::optional<Exposure> changeableByOthers(const fs::path& path, std::span<const std::string> trusted) {
    std::optional<Exposure> exposure;
    const uid_t self = ::geteuid();
    followPath(path, [&](const fs::path& step, const struct stat& status, bool last) {
        if (isBelowAny(step, trusted)) return true;
        if (auto message = changeableBy(step, status, last, self))
            exposure = Exposure{step.string(), *std::move(message)};
        return !exposure;
    });
    return exposure;
}

bool isOpenToOthers(const fs::path& path) noexcept {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

} // namespace mortise::base
