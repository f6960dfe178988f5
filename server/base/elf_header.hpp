// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::base {

// Why an ELF file cannot be used: what its readers leave by. `text` starts with a verb, for the caller to put the
// file's name before.
struct ElfDamage {
    std::string text;
};

[[noreturn]] void elfDamaged(std::string_view what); // "is damaged: ..."

// `size` bytes from `offset` lie in a file of `fileBytes`; else ElfDamage "is truncated", with both lengths.
void requireElfLength(std::uint64_t fileBytes, std::uint64_t offset, std::uint64_t size, std::string_view what);

// The header of a shared library for this process's machine, whose table of program headers lies in the file. `begin`
// are the file's first bytes, sizeof(Elf64_Ehdr) of them where it has so many. Leaves by ElfDamage: no ELF file, wrong
// class, byte order or machine, an executable or object file.
Elf64_Ehdr readElfHeader(std::string_view begin, std::uint64_t fileBytes);

} // namespace mortise::base
