// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

extern "C" int close(int); // as POSIX has it; <unistd.h> is long

namespace mortise {
inline namespace v1 {

// Owns one open file. Move-only; -1 means none.
class OpenFile {
public:
    explicit OpenFile(int descriptor = -1) noexcept : descriptor_(descriptor) {}
    OpenFile(OpenFile&& other) noexcept : descriptor_(other.release()) {}
    OpenFile& operator=(OpenFile&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    int descriptor() const noexcept { return descriptor_; }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }
    // The caller's from here on.
    int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

} // namespace v1
} // namespace mortise
