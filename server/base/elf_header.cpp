// SPDX-License-Identifier: Apache-2.0
#include "base/elf_header.hpp"

#include <cstddef>
#include <cstring>
#include <utility>

namespace mortise::base {

namespace {

#if defined(__x86_64__)
constexpr std::uint16_t ownMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t ownMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr std::uint16_t ownMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr std::uint16_t ownMachine = EM_PPC64;
#elif defined(__s390x__)
constexpr std::uint16_t ownMachine = EM_S390;
#else
#error "name this machine's EM_ constant"
#endif

constexpr unsigned char ownOrder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

std::string machineName(std::uint16_t machine) {
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_386:
        return "i386";
    case EM_AARCH64:
        return "aarch64";
    case EM_ARM:
        return "arm";
    case EM_RISCV:
        return "riscv";
    case EM_PPC64:
        return "ppc64";
    case EM_S390:
        return "s390x";
    default:
        return "machine " + std::to_string(machine);
    }
}

} // namespace

void elfDamaged(std::string_view what) {
    throw ElfDamage{"is damaged: " + std::string(what)};
}

void requireElfLength(std::uint64_t fileBytes, std::uint64_t offset, std::uint64_t size, std::string_view what) {
    if (offset > UINT64_MAX - size) elfDamaged(std::string(what) + " has an impossible position");
    if (offset + size <= fileBytes) return;
    throw ElfDamage{"is truncated: " + std::string(what) + " ends at byte " + std::to_string(offset + size) +
                    ", the file has " + std::to_string(fileBytes)};
}

Elf64_Ehdr readElfHeader(std::string_view begin, std::uint64_t fileBytes) {
    const auto fail = [](std::string text) { throw ElfDamage{std::move(text)}; };
    if (begin.empty()) fail("is empty");
    if (begin.substr(0, SELFMAG) != std::string_view(ELFMAG).substr(0, begin.size())) fail("is no ELF file");
    requireElfLength(begin.size(), 0, EI_NIDENT, "its ELF identification");
    const auto ident = [&](int index) { return static_cast<unsigned char>(begin[static_cast<std::size_t>(index)]); };
    if (ident(EI_CLASS) == ELFCLASS32) fail("is a 32-bit file, this server is 64-bit");
    if (ident(EI_CLASS) != ELFCLASS64) elfDamaged("its ELF class is unknown");
    if (ident(EI_DATA) != ownOrder) fail("has the other byte order than this server");
    if (ident(EI_VERSION) != EV_CURRENT) elfDamaged("its ELF version is unknown");
    if (ident(EI_OSABI) != ELFOSABI_SYSV && ident(EI_OSABI) != ELFOSABI_GNU)
        fail("is for another operating system (OSABI " + std::to_string(ident(EI_OSABI)) + ")");
    requireElfLength(begin.size(), 0, sizeof(Elf64_Ehdr), "its ELF header");
    Elf64_Ehdr header;
    std::memcpy(&header, begin.data(), sizeof header);
    if (header.e_machine != ownMachine)
        fail("is for " + machineName(header.e_machine) + ", this server is for " + machineName(ownMachine));
    if (header.e_type == ET_REL) fail("is an object file, not a shared library: link it with -shared");
    if (header.e_type == ET_EXEC) fail("is an executable, not a shared library");
    if (header.e_type != ET_DYN) fail("is not a shared library (ELF type " + std::to_string(header.e_type) + ")");
    if (header.e_phnum == 0 || header.e_phnum == PN_XNUM || header.e_phentsize != sizeof(Elf64_Phdr))
        elfDamaged("its program header table has no usable size");
    requireElfLength(fileBytes, header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr),
                     "its program header table");
    return header;
}

} // namespace mortise::base
