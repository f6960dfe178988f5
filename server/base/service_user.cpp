// SPDX-License-Identifier: Apache-2.0
#include "base/service_user.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <vector>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mortise::base {
namespace {

constexpr std::size_t entryBytes = 16 * 1024; // of the user database; glibc suggests 1 KiB

constexpr gid_t groupOfNobody = 65534; // nogroup: no file is given to it

struct Identity {
    std::string name; // or the number of a user without one
    uid_t user = 0;
    gid_t group = 0;
    bool named = true;
};

Fault failed(const char* call, const std::string& user, int error) {
    return {"cannot become the user '" + user + "' (" + call + ": " + std::generic_category().message(error) +
            "), and nothing is tried with root's rights; run this as the user of the service (runuser -u " + user +
            " -- mortised ...)"};
}

bool isNamedGroup(gid_t number) {
    std::vector<char> buffer(entryBytes);
    group entry{};
    group* found = nullptr;
    return number == 0 || ::getgrgid_r(number, &entry, buffer.data(), buffer.size(), &found) != 0 || found != nullptr;
}

Outcome<std::optional<Identity>> ownerOf(const std::filesystem::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || status.st_uid == 0) return std::optional<Identity>();
    std::vector<char> buffer(entryBytes);
    passwd entry{};
    passwd* found = nullptr;
    const int code = ::getpwuid_r(status.st_uid, &entry, buffer.data(), buffer.size(), &found);
    const std::string number = std::to_string(status.st_uid);
    if (code != 0) return failed("getpwuid_r", number, code);
    // A user without a name, as in containers: with the folder's group where that has none either. A named one may be
    // anybody's, root's too.
    const gid_t group = isNamedGroup(status.st_gid) ? groupOfNobody : status.st_gid;
    if (found == nullptr) return std::optional(Identity{number, status.st_uid, group, false});
    return std::optional(Identity{found->pw_name, found->pw_uid, found->pw_gid, true});
}

std::optional<Identity> userNamed(const char* name) {
    std::vector<char> buffer(entryBytes);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr || found->pw_uid == 0)
        return std::nullopt;
    return Identity{found->pw_name, found->pw_uid, found->pw_gid, true};
}

// Numbers of capabilities that this kernel does not know end the loop.
void forgetCapabilityBounds() {
    for (int number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number)
        ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0); // may need what a container does not have; then exec gains nothing
}

int setCapabilitiesToNone() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    return static_cast<int>(::syscall(SYS_capset, &header, none.data()));
}

bool hasBecome(const Identity& identity) {
    uid_t real = 0, effective = 0, saved = 0;
    gid_t realGroup = 0, effectiveGroup = 0, savedGroup = 0;
    return ::getresuid(&real, &effective, &saved) == 0 && real == identity.user && effective == identity.user &&
           saved == identity.user && ::getresgid(&realGroup, &effectiveGroup, &savedGroup) == 0 &&
           realGroup == identity.group && effectiveGroup == identity.group && savedGroup == identity.group;
}

Outcome<std::string> become(const Identity& identity) {
    forgetCapabilityBounds();
    const int groups =
        identity.named ? ::initgroups(identity.name.c_str(), identity.group) : ::setgroups(1, &identity.group);
    if (groups != 0) return failed(identity.named ? "initgroups" : "setgroups", identity.name, errno);
    if (::setresgid(identity.group, identity.group, identity.group) != 0)
        return failed("setresgid", identity.name, errno);
    if (::setresuid(identity.user, identity.user, identity.user) != 0) return failed("setresuid", identity.name, errno);
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (setCapabilitiesToNone() != 0) return failed("capset", identity.name, errno);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("prctl", identity.name, errno);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (!hasBecome(identity)) return failed("getresuid", identity.name, EPERM);
    return identity.name;
}

} // namespace

Outcome<std::string> becomeOwnerOf(const std::filesystem::path& folder) {
    if (::geteuid() != 0) return std::string();
    const auto owner = ownerOf(folder);
    if (!owner) return Fault{owner.fault()};
    return *owner ? become(**owner) : Outcome<std::string>(std::string());
}

Outcome<std::string> becomeServiceUser(const std::filesystem::path& stateFolder) {
    if (::geteuid() != 0) return std::string();
    const auto owner = ownerOf(stateFolder);
    if (!owner) return Fault{owner.fault()};
    std::optional<Identity> identity = owner.value();
    if (!identity) identity = userNamed("mortise");
    if (!identity) identity = userNamed("nobody");
    if (identity) return become(*identity);
    return Fault{
        "plugins and configurations are not tried with root's rights, and there is no other user to do it as: the "
        "state directory '" +
        stateFolder.string() +
        "' is missing or root's, and there is neither a user 'mortise' nor 'nobody'; make the user of the "
        "service (systemd-sysusers), or run this as another user"};
}

} // namespace mortise::base
