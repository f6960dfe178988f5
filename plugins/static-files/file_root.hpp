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

// A directory whose files are served, and nothing outside of it: names are resolved by the kernel beneath it, symbolic
// links too (openat2(2), RESOLVE_BENEATH). Thread: any.
class FileRoot {
public:
    // Throws std::system_error with a sentence.
    explicit FileRoot(const std::string& directory);

    // `name` is relative, without empty segments. Never blocks on what is no regular file. May read the disk.
    FoundFile open(const std::string& name) const;

    // False for names that nobody may ask for: a segment that begins with a dot unless `hidden`, an empty one, NUL.
    static bool isServable(std::string_view name, bool hidden) noexcept;

private:
    Descriptor directory_;
};

} // namespace mortise::static_files
