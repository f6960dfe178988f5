// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"

#include <string>
#include <utility>
#include <vector>

namespace mortise::base {

// Code mapped by dlopen(RTLD_NOW | RTLD_LOCAL). Destroying the object leaves the code mapped: unloading is unreliable
// (thread-local destructors, STB_GNU_UNIQUE, other languages' runtimes), so replaced code is retired, not removed.
class SharedLibrary {
public:
    // Runs the file's constructors on the calling thread. A fault is the loader's own sentence.
    // `path` needs a slash: the loader's search path is never used.
    static Outcome<SharedLibrary> open(const std::string& path);

    SharedLibrary(SharedLibrary&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)), wasMapped_(other.wasMapped_) {}
    SharedLibrary& operator=(SharedLibrary&& other) noexcept {
        std::swap(handle_, other.handle_);
        std::swap(path_, other.path_);
        std::swap(wasMapped_, other.wasMapped_);
        return *this;
    }
    SharedLibrary(const SharedLibrary&) = delete;
    SharedLibrary& operator=(const SharedLibrary&) = delete;

    // The address `name` has in this file, or null: symbols of the libraries it depends on do not count. The address of
    // the entry function tells generations apart: equal addresses are the same code.
    void* symbol(const char* name) const noexcept;

    // The file was mapped in this process before open() was called.
    bool wasMapped() const noexcept { return wasMapped_; }
    const std::string& path() const noexcept { return path_; }

    // dlclose, for a library that must be gone (a rejected candidate). The object is empty afterwards.
    void unload() noexcept;

    // File names, as the loader knows them, of everything mapped in this process; the program itself is not among them.
    static std::vector<std::string> mappedFiles();

private:
    SharedLibrary(void* handle, std::string path, bool wasMapped) noexcept
        : handle_(handle), path_(std::move(path)), wasMapped_(wasMapped) {}

    void* handle_ = nullptr;
    std::string path_;
    bool wasMapped_ = false;
};

} // namespace mortise::base
