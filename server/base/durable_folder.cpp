// SPDX-License-Identifier: Apache-2.0
#include "base/durable_folder.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace mortise::base {

namespace {

std::filesystem::path folderAbove(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

} // namespace

void syncFolder(const std::filesystem::path& folder) {
    const UniqueFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot sync folder '" + folder.string() + "'");
}

void makeDurableFolders(const std::filesystem::path& folder) {
    if (folder.empty() || std::filesystem::is_directory(folder)) return;
    const std::filesystem::path above = folderAbove(folder);
    if (above != folder) makeDurableFolders(above);
    if (std::filesystem::create_directory(folder)) syncFolder(above);
}

} // namespace mortise::base
