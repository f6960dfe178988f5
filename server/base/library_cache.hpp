// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "base/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mortise::base {

// A private copy of a shared library; its content is that of `hash`, whatever happens to the file it came from.
struct LibraryCopy {
    std::string path; // <cache>/<64 hex digits>.so
    Sha256Digest hash{};
    std::uint64_t sizeBytes = 0;
};

// Keeps copies of shared libraries, named by content, in a directory only this user can write. Loading from the copy
// means that what was verified is what runs, that an operator may overwrite the original while it is loaded, and that
// two builds never share a name or an inode (the loader would hand out the old code again). Thread: any; several
// processes may share a directory.
class LibraryCache {
public:
    static constexpr std::uint64_t maximumLibraryBytes = 512u << 20;

    // Makes the directory (0700, its parents must exist) when missing. Faults: cannot be made; belongs to another user;
    // writable by others; on a file system mounted noexec, which is named.
    static Outcome<LibraryCache> open(const std::string& directory);

    // Copies atomically, mode 0500; a copy that exists is checked against its name and replaced when it differs.
    // Faults start with the path they are about.
    Outcome<LibraryCopy> copyOf(const std::string& source) const;

    // Deletes copies whose hash is not in `keep`, and left-over temporary files older than an hour; returns how many.
    // Code that is mapped stays mapped.
    std::size_t removeOthers(const std::vector<Sha256Digest>& keep) const;

    const std::string& directory() const noexcept { return directory_; }

private:
    explicit LibraryCache(std::string directory) : directory_(std::move(directory)) {}

    std::string directory_;
};

// The mount point that forbids executing what lies at `path` (or would: a missing path counts as its nearest existing
// parent); nothing when executing is allowed. Changes nothing.
std::optional<std::string> noexecMountOf(const std::string& path);

} // namespace mortise::base
