// SPDX-License-Identifier: Apache-2.0
#include "host/instance_folders.hpp"

#include "base/durable_folder.hpp"
#include "base/file_access.hpp"
#include "base/unique_fd.hpp"
#include "host/runtime.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace mortise::host {
namespace {

constexpr const char* below = "plugins";
constexpr ::mode_t ownerOnly = 0700;

std::string reasonOf(int error) {
    return std::generic_category().message(error);
}

std::string notMade(const std::string& path, int error) {
    return "'" + path + "' cannot be made: " + reasonOf(error) +
           (error == EACCES ? base::accessRefusal(std::filesystem::path(path).parent_path()) : std::string());
}

// `name` below the open folder `parent`, made where it is not there. A symbolic link is not followed: whoever makes one
// would choose where a plugin writes.
std::optional<std::string> enter(base::UniqueFd& folder, const char* name, const std::string& path) {
    if (::mkdirat(folder.get(), name, ownerOnly) == 0) {
        if (::fsync(folder.get()) != 0)
            return notMade(path, errno); // or a power failure could take it with all it holds
    } else if (errno != EEXIST) {
        return notMade(path, errno);
    }
    struct stat status {};
    if (::fstatat(folder.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return "'" + path + "' cannot be used: " + reasonOf(errno);
    if (S_ISLNK(status.st_mode))
        return "'" + path +
               "' is a symbolic link, which is not followed; replace it by a folder (a mounted one will do)";
    if (!S_ISDIR(status.st_mode)) return "'" + path + "' is no folder; move away what lies there";
    if (status.st_uid != ::geteuid())
        return "'" + path + "' belongs to the user '" + base::userName(status.st_uid) + "', and this server runs as '" +
               base::userName(::geteuid()) + "'; chown it";
    base::UniqueFd next(::openat(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next || ::faccessat(next.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        return "'" + path + "' cannot be written: " + reasonOf(errno);
    folder = std::move(next);
    return std::nullopt;
}

std::optional<std::string> makeOne(const std::filesystem::path& path) {
    const std::filesystem::path plugins = path.parent_path();
    const std::filesystem::path root = plugins.parent_path();
    try {
        base::makeDurableFolders(root);
    } catch (const std::system_error& error) {
        return notMade(root, error.code().value());
    }
    base::UniqueFd folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return "'" + root.string() + "' cannot be used: " + reasonOf(errno);
    if (auto fault = enter(folder, below, plugins)) return fault;
    return enter(folder, path.filename().c_str(), path);
}

std::string folderOf(const std::string& root, std::string_view instance) {
    return (std::filesystem::path(root) / below / instance).string();
}

} // namespace

InstanceFolders::InstanceFolders(const RuntimeSettings& settings, std::string_view instance)
    : state(folderOf(settings.stateDirectory, instance)),
      cache(folderOf(settings.cacheDirectory, instance)),
      runtime(folderOf(settings.runtimeDirectory, instance)) {}

std::optional<std::string> InstanceFolders::make() const {
    const struct {
        const char* what;
        const std::string& path;
    } all[] = {{"state", state}, {"cache", cache}, {"runtime", runtime}};
    for (const auto& [what, path] : all)
        if (auto fault = makeOne(path)) return std::string("its ") + what + " folder: " + *fault;
    return std::nullopt;
}

void clearRuntimeFolders(const std::string& runtime) {
    std::error_code ignored; // what stays shows when the folder is made
    std::filesystem::remove_all(std::filesystem::path(runtime) / below, ignored);
}

} // namespace mortise::host
