// SPDX-License-Identifier: Apache-2.0
#include "base/service_user.hpp"

#include <cerrno>
#include <system_error>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::base {
namespace {

constexpr std::size_t entryBytes = 16 * 1024; // of the user database; glibc suggests 1 KiB

Fault failed(const char* call, const std::string& user) {
    return {"cannot become the user " + user + " (" + call + ": " + std::generic_category().message(errno) + ")"};
}

} // namespace

Outcome<std::string> becomeOwnerOf(const std::filesystem::path& folder) {
    struct stat status {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0 || status.st_uid == 0) return std::string();
    std::vector<char> buffer(entryBytes);
    passwd entry{};
    passwd* found = nullptr;
    const int code = ::getpwuid_r(status.st_uid, &entry, buffer.data(), buffer.size(), &found);
    const std::string user = found == nullptr ? std::to_string(status.st_uid) : std::string(found->pw_name);
    if (code != 0) {
        errno = code;
        return failed("getpwuid_r", user);
    }
    const gid_t group = found == nullptr ? status.st_gid : found->pw_gid;
    if (found == nullptr) {
        if (::setgroups(1, &group) != 0) return failed("setgroups", user);
    } else if (::initgroups(found->pw_name, group) != 0) {
        return failed("initgroups", user);
    }
    if (::setresgid(group, group, group) != 0) return failed("setresgid", user);
    if (::setresuid(status.st_uid, status.st_uid, status.st_uid) != 0) return failed("setresuid", user);
    return user;
}

} // namespace mortise::base
