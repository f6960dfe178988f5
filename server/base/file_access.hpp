// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace mortise::base {

// What messages say behind "Permission denied": the user that this process runs as, the first folder or file on the way
// to `path` that it may not search or read, and what helps. Empty when none refuses. Thread: any.
std::string accessRefusal(const std::filesystem::path& path);

// Something that others may change, and so may replace what lies at or below it.
struct Exposure {
    std::string path;    // of the file or folder
    std::string message; // names it, who may change it and what to do; without full stop
};

// The first file, folder or symbolic link on the way to `path`, itself included, that somebody may change who is
// neither root nor this process's user: by its mode, its access control list or as its owner. A folder with the sticky
// bit on the way is none (others may add to it, not replace); as the end of the way it is one. A group is nobody else
// where it is root's, or the user's own (of the same name, as useradd makes it) without other members. What lies
// outside of this user namespace has an owner that cannot be told, and counts as root's where root itself is outside.
// Nothing where `path` is not there or not to be seen. `trusted`: absolute paths that are not judged, with all below
// them. Thread: any.
std::optional<Exposure> changeableByOthers(const std::filesystem::path& path,
                                           std::span<const std::string> trusted = {});

// Whether users that are neither its owner nor in its group may read or change the file.
bool isOpenToOthers(const std::filesystem::path& path) noexcept;

// "nobody", or the number of a user without a name.
std::string userName(unsigned user);
std::string groupName(unsigned group);

} // namespace mortise::base
