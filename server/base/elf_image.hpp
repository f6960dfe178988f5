// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::base {

enum class ElfBind { global, weak, unique }; // unique: STB_GNU_UNIQUE, which makes a library impossible to unload
enum class ElfKind { function, object, threadLocal, indirectFunction, other };

// A symbol the file defines and exports. `name` points into the image.
struct ElfSymbol {
    std::string_view name;
    ElfBind bind = ElfBind::global;
    ElfKind kind = ElfKind::other;
    std::uint64_t address = 0; // as linked, before relocation
    std::uint64_t sizeBytes = 0;
};

// "libc.so.6 must have GLIBC_2.34"; `weak`: its absence is not an error for the loader.
struct ElfVersionNeed {
    std::string_view library;
    std::string_view version;
    bool weak = false;
};

// What the dynamic loader would be told by a shared library, read without running any of it. Reads through program
// headers only, as the loader does. Safe on hostile input: every access is checked, work and memory are linear in the
// file's size. Views live as long as the image (moving it keeps them valid). Immutable: any thread.
class ElfImage {
public:
    static constexpr std::size_t maximumFileBytes = 512u << 20;

    // A fault names what is wrong: no ELF file, truncated (with both lengths), wrong class, byte order or machine for
    // this process, an executable or object file, a damaged table. It starts with a verb ("is truncated: ..."), for the
    // caller to put the file's name before. The file is mapped, not read: nobody may shorten it while the image lives
    // (a private copy of LibraryCache is meant).
    static Outcome<ElfImage> read(const std::string& path);
    // Read into memory: whatever becomes of the file.
    static Outcome<ElfImage> readCopy(const std::string& path);
    static Outcome<ElfImage> parse(std::vector<char> bytes);

    std::uint16_t machine() const noexcept { return machine_; }  // EM_..., always this process's own
    std::string_view soname() const noexcept { return soname_; } // empty: none
    const std::vector<std::string_view>& needed() const noexcept { return needed_; }
    // DT_RUNPATH and DT_RPATH, each as written (colon-separated).
    const std::vector<std::string_view>& runPaths() const noexcept { return runPaths_; }
    const std::vector<ElfVersionNeed>& versionNeeds() const noexcept { return versionNeeds_; }

    // In the file's order.
    const std::vector<ElfSymbol>& exports() const noexcept { return exports_; }
    const ElfSymbol* find(std::string_view name) const noexcept;
    std::vector<std::string_view> uniqueSymbols() const;

    // DF_STATIC_TLS: thread-local storage that only the start of a process can promise.
    bool needsStaticTls() const noexcept { return needsStaticTls_; }
    std::uint64_t threadLocalBytes() const noexcept { return threadLocalBytes_; } // PT_TLS; 0: none
    bool hasTextRelocations() const noexcept { return hasTextRelocations_; }
    bool needsExecutableStack() const noexcept { return needsExecutableStack_; }
    // DF_1_NODELETE.
    bool refusesUnload() const noexcept { return refusesUnload_; }

private:
    friend class ElfReader;
    ElfImage() = default;
    static Outcome<ElfImage> of(std::shared_ptr<const char> bytes, std::size_t size);

    std::shared_ptr<const char> bytes_; // or a mapping
    std::uint16_t machine_ = 0;
    std::string_view soname_;
    std::vector<std::string_view> needed_;
    std::vector<std::string_view> runPaths_;
    std::vector<ElfVersionNeed> versionNeeds_;
    std::vector<ElfSymbol> exports_;
    std::uint64_t threadLocalBytes_ = 0;
    bool needsStaticTls_ = false;
    bool hasTextRelocations_ = false;
    bool needsExecutableStack_ = false;
    bool refusesUnload_ = false;
};

} // namespace mortise::base
