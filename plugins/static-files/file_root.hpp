// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::static_files {

// Owns a descriptor.
class Descriptor {
public:
    explicit Descriptor(int number = -1) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    int get() const noexcept { return number_; }
    int release() noexcept;

private:
    int number_;
};

// What a name under the root leads to.
struct FoundFile {
    enum class Kind : std::uint8_t { missing, file, directory, refused };
    Kind kind = Kind::missing;
    Descriptor descriptor; // of a file
    std::uint64_t size = 0;
    std::int64_t modifiedNs = 0; // Unix time
    int error = 0;               // errno of what was refused
};

// Who keeps names beneath the root: the kernel (openat2(2), RESOLVE_BENEATH), or openByWalk() where it is not asked.
enum class Resolution : std::uint8_t { byKernel, byWalk };

// A directory whose files are served, and nothing outside of it: names are resolved beneath it, symbolic links too.
// Thread: any.
class FileRoot {
public:
    // Where openat2 is refused, byKernel becomes byWalk. Throws std::system_error with a message.
    explicit FileRoot(const std::string& directory, Resolution resolution = Resolution::byKernel);
    Resolution resolution() const noexcept { return resolution_; }

    // `name` is relative, without empty segments. Never blocks on what is no regular file. May read the disk.
    FoundFile open(const std::string& name) const;

    // False for names that nobody may ask for: a segment that begins with a dot unless `hidden`, an empty one, NUL.
    static bool isServable(std::string_view name, bool hidden) noexcept;

private:
    int openIn(const std::string& name, int flags) const noexcept;

    Descriptor directory_;
    Resolution resolution_;
};

} // namespace mortise::static_files
