// SPDX-License-Identifier: Apache-2.0
#include "base/elf_image.hpp"

#include "base/shared_library.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace mortise::base {

namespace {

using Bytes = std::vector<char>;

// A library this process runs with, found by the beginning of its file name.
std::string mapped(const std::string& name) {
    for (const std::string& path : SharedLibrary::mappedFiles()) {
        if (path.find("/" + name) != std::string::npos) return path;
    }
    CPPUNIT_FAIL("not mapped: " + name);
    return {};
}

Bytes contentOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const Bytes& smallLibrary() {
    static const Bytes bytes = contentOf(mapped("libcrypt.so"));
    return bytes;
}

template<class Struct>
Struct get(const Bytes& bytes, std::size_t offset) {
    Struct value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

template<class Struct>
void put(Bytes& bytes, std::size_t offset, const Struct& value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
}

template<class Change>
Bytes withHeader(Change change) {
    Bytes bytes = smallLibrary();
    auto header = get<Elf64_Ehdr>(bytes, 0);
    change(header);
    put(bytes, 0, header);
    return bytes;
}

// Calls `change` on every program header of the wanted type.
template<class Change>
Bytes withSegment(std::uint32_t type, Change change) {
    Bytes bytes = smallLibrary();
    const auto header = get<Elf64_Ehdr>(bytes, 0);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const std::size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
        auto segment = get<Elf64_Phdr>(bytes, at);
        if (segment.p_type != type) continue;
        change(segment);
        put(bytes, at, segment);
    }
    return bytes;
}

// Calls `change` on every entry of the dynamic section, its end included.
template<class Change>
Bytes withDynamic(Change change) {
    Elf64_Phdr dynamic{};
    Bytes bytes = withSegment(PT_DYNAMIC, [&](Elf64_Phdr& segment) { dynamic = segment; });
    for (std::size_t used = 0; used < dynamic.p_filesz; used += sizeof(Elf64_Dyn)) {
        auto entry = get<Elf64_Dyn>(bytes, dynamic.p_offset + used);
        change(entry);
        put(bytes, dynamic.p_offset + used, entry);
    }
    return bytes;
}

std::string faultOf(Bytes bytes) {
    const auto image = ElfImage::parse(std::move(bytes));
    return image ? "no fault" : image.fault();
}

void assertFault(const std::string& part, Bytes bytes) {
    const std::string fault = faultOf(std::move(bytes));
    CPPUNIT_ASSERT_MESSAGE("'" + fault + "' lacks '" + part + "'", fault.find(part) != std::string::npos);
}

bool has(const std::vector<std::string_view>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

} // namespace

class ElfImageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ElfImageTest);
    CPPUNIT_TEST(refusesWhatIsNoSharedLibrary);
    CPPUNIT_TEST(namesTruncationAtEveryLength);
    CPPUNIT_TEST(survivesDamageAnywhere);
    CPPUNIT_TEST(refusesDamagedTables);
    CPPUNIT_TEST(refusesOverlappingNamesWithoutEnd);
    CPPUNIT_TEST(seesWhatMakesALibraryUnfit);
    CPPUNIT_TEST(readsALibraryAsTheLoaderDoes);
    CPPUNIT_TEST(readsUniqueSymbolsAndThreadLocals);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatIsNoSharedLibrary() {
        assertFault("is empty", {});
        const std::string script = "#!/bin/sh\n";
        assertFault("is no ELF file", Bytes(script.begin(), script.end()));
        assertFault("is a 32-bit file", withHeader([](Elf64_Ehdr& h) { h.e_ident[EI_CLASS] = ELFCLASS32; }));
        assertFault("ELF class is unknown", withHeader([](Elf64_Ehdr& h) { h.e_ident[EI_CLASS] = 9; }));
        assertFault("other byte order", withHeader([](Elf64_Ehdr& h) { h.e_ident[EI_DATA] ^= 3; }));
        assertFault("OSABI 9", withHeader([](Elf64_Ehdr& h) { h.e_ident[EI_OSABI] = ELFOSABI_FREEBSD; }));
        assertFault("is for machine 43", withHeader([](Elf64_Ehdr& h) { h.e_machine = EM_SPARCV9; }));
        assertFault("is an object file", withHeader([](Elf64_Ehdr& h) { h.e_type = ET_REL; }));
        assertFault("is an executable", withHeader([](Elf64_Ehdr& h) { h.e_type = ET_EXEC; }));
        assertFault("ELF type 4", withHeader([](Elf64_Ehdr& h) { h.e_type = ET_CORE; }));
        const auto self = ElfImage::read("/proc/self/exe");
        CPPUNIT_ASSERT(!self);
        CPPUNIT_ASSERT_EQUAL(std::string("is a position-independent executable, not a shared library"), self.fault());
        CPPUNIT_ASSERT_EQUAL(std::string("is not a regular file"), ElfImage::read("/tmp").fault());
        CPPUNIT_ASSERT_EQUAL(std::string("cannot be opened: No such file or directory"),
                             ElfImage::read("/nonexistent.so").fault());
    }

    void namesTruncationAtEveryLength() {
        const Bytes& whole = smallLibrary();
        CPPUNIT_ASSERT(ElfImage::parse(whole));
        std::size_t length = 1;
        while (length < whole.size()) {
            // Its own allocation of exactly this length, so that a sanitizer sees one byte too many.
            const std::string fault =
                faultOf(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
            CPPUNIT_ASSERT_MESSAGE(std::to_string(length) + ": " + fault, fault.find("is truncated: ") == 0);
            CPPUNIT_ASSERT(fault.find("the file has " + std::to_string(length)) != std::string::npos);
            length += length < 8192 || length > whole.size() - 256 ? 1 : 997;
        }
    }

    // What comes out does not matter here; a sanitizer does.
    void survivesDamageAnywhere() {
        const Bytes& whole = smallLibrary();
        std::mt19937_64 numbers(20260102);
        const auto header = get<Elf64_Ehdr>(whole, 0);
        Elf64_Phdr dynamic{};
        withSegment(PT_DYNAMIC, [&](Elf64_Phdr& segment) { dynamic = segment; });
        const std::size_t headers = header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr);
        const std::uint64_t awkward[] = {0,          1,          0x7f,           0xffff,      0x7fffffff,
                                         0xffffffff, UINT64_MAX, UINT64_MAX - 7, whole.size()};
        Bytes bytes = whole;
        int accepted = 0;
        for (int round = 0; round < 3000; ++round) {
            const std::size_t changes = 1 + numbers() % 4;
            std::vector<std::pair<std::size_t, char>> undo;
            for (std::size_t i = 0; i < changes; ++i) {
                // Headers, the dynamic section, or the tables at the front of the file.
                const std::size_t region = numbers() % 3;
                const std::size_t at = region == 0   ? numbers() % (headers - 8)
                                       : region == 1 ? dynamic.p_offset + numbers() % (dynamic.p_filesz - 8)
                                                     : numbers() % std::min<std::size_t>(whole.size() - 8, 16'384);
                for (std::size_t k = 0; k < 8; ++k) undo.emplace_back(at + k, bytes[at + k]);
                if (numbers() % 2 == 0) {
                    bytes[at] = static_cast<char>(numbers());
                } else {
                    put(bytes, at, awkward[numbers() % std::size(awkward)]);
                }
            }
            const auto image = ElfImage::parse(bytes);
            if (image) {
                ++accepted;
                CPPUNIT_ASSERT(image->find("no such symbol") == nullptr);
            } else {
                CPPUNIT_ASSERT(!image.fault().empty());
            }
            std::for_each(undo.rbegin(), undo.rend(), [&](const auto& was) { bytes[was.first] = was.second; });
        }
        CPPUNIT_ASSERT(bytes == whole);
        CPPUNIT_ASSERT(accepted > 0 && accepted < 3000);
    }

    void refusesDamagedTables() {
        assertFault("program header table", withHeader([](Elf64_Ehdr& h) { h.e_phnum = 0; }));
        assertFault("program header table", withHeader([](Elf64_Ehdr& h) { h.e_phentsize = 1; }));
        assertFault("impossible position", withHeader([](Elf64_Ehdr& h) { h.e_phoff = UINT64_MAX - 3; }));
        assertFault("its section table", withHeader([](Elf64_Ehdr& h) { h.e_shoff += 1; }));
        assertFault("is truncated: a loaded segment",
                    withSegment(PT_LOAD, [](Elf64_Phdr& s) { s.p_filesz = 1u << 30; }));
        assertFault("impossible position", withSegment(PT_LOAD, [](Elf64_Phdr& s) { s.p_offset = UINT64_MAX; }));
        assertFault("larger in the file", withSegment(PT_LOAD, [](Elf64_Phdr& s) { s.p_memsz = 0; }));
        assertFault("no dynamic section", withSegment(PT_DYNAMIC, [](Elf64_Phdr& s) { s.p_type = PT_NULL; }));
        assertFault("nothing of it would be loaded", withSegment(PT_LOAD, [](Elf64_Phdr& s) { s.p_type = PT_NULL; }));
        assertFault("dynamic section has no end", withDynamic([](Elf64_Dyn& d) {
                        if (d.d_tag == DT_NULL) d.d_tag = DT_DEBUG;
                    }));
        const auto changed = [](Elf64_Sxword tag, std::uint64_t value) {
            return withDynamic([=](Elf64_Dyn& d) {
                if (d.d_tag == tag) d.d_un.d_val = value;
            });
        };
        assertFault("its string table", changed(DT_STRTAB, UINT64_MAX - 1));
        assertFault("its string table", changed(DT_STRSZ, UINT64_MAX));
        assertFault("no string table", changed(DT_STRSZ, 0));
        assertFault("the name of a needed library", changed(DT_NEEDED, 1u << 30));
        assertFault("its soname", changed(DT_SONAME, UINT64_MAX));
        assertFault("its symbol table", changed(DT_SYMTAB, UINT64_MAX - 5));
        assertFault("its symbol hash table", changed(DT_GNU_HASH, UINT64_MAX - 5));
        assertFault("symbols have an unknown size", changed(DT_SYMENT, 16));
        assertFault("its table of needed versions", changed(DT_VERNEED, 1u << 30));
        assertFault("ends early", changed(DT_VERNEEDNUM, UINT64_MAX));
    }

    void refusesOverlappingNamesWithoutEnd() {
        // One long name, shared by more symbols than anyone may scan: 8 MiB of 'a', 64 symbols.
        constexpr std::size_t nameBytes = 8u << 20;
        constexpr std::uint32_t symbols = 65;
        Bytes bytes(4096 + symbols * sizeof(Elf64_Sym) + nameBytes + 2, 'a');
        std::fill(bytes.begin(), bytes.begin() + 4096 + symbols * sizeof(Elf64_Sym), '\0');
        const std::size_t strings = 4096 + symbols * sizeof(Elf64_Sym);
        bytes[strings] = '\0';
        bytes.back() = '\0';
        Elf64_Ehdr header = get<Elf64_Ehdr>(smallLibrary(), 0);
        header.e_phoff = sizeof header;
        header.e_phnum = 2;
        header.e_shoff = 0;
        put(bytes, 0, header);
        Elf64_Phdr load{};
        load.p_type = PT_LOAD;
        load.p_filesz = load.p_memsz = bytes.size();
        put(bytes, sizeof header, load);
        Elf64_Phdr dynamic{};
        dynamic.p_type = PT_DYNAMIC;
        dynamic.p_offset = dynamic.p_vaddr = 1024;
        dynamic.p_filesz = dynamic.p_memsz = 5 * sizeof(Elf64_Dyn);
        put(bytes, sizeof header + sizeof load, dynamic);
        const std::pair<Elf64_Sxword, std::uint64_t> entries[] = {
            {DT_STRTAB, strings}, {DT_STRSZ, nameBytes + 2}, {DT_SYMTAB, 4096}, {DT_HASH, 2048}, {DT_NULL, 0}};
        for (std::size_t i = 0; i < std::size(entries); ++i) {
            Elf64_Dyn entry{};
            entry.d_tag = entries[i].first;
            entry.d_un.d_val = entries[i].second;
            put(bytes, 1024 + i * sizeof entry, entry);
        }
        put(bytes, 2048, std::uint32_t{1});
        put(bytes, 2052, symbols);
        for (std::size_t i = 1; i < symbols; ++i) {
            Elf64_Sym symbol{};
            symbol.st_name = 1;
            symbol.st_shndx = 1;
            symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
            put(bytes, 4096 + i * sizeof symbol, symbol);
        }
        assertFault("more than 64 MiB", bytes);
        // Fewer symbols of that name are no reason to refuse, so the bound is what was seen.
        put(bytes, 2052, std::uint32_t{4});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, ElfImage::parse(bytes)->exports().size());
    }

    void seesWhatMakesALibraryUnfit() {
        const Outcome<ElfImage> plain = ElfImage::parse(smallLibrary());
        CPPUNIT_ASSERT(!plain->needsStaticTls() && !plain->hasTextRelocations() && !plain->needsExecutableStack());
        const Bytes statics = withDynamic([](Elf64_Dyn& d) {
            if (d.d_tag == DT_GNU_HASH) return;
            if (d.d_tag == DT_RELACOUNT) d = Elf64_Dyn{DT_FLAGS, {DF_STATIC_TLS | DF_TEXTREL}};
        });
        CPPUNIT_ASSERT(ElfImage::parse(statics)->needsStaticTls());
        CPPUNIT_ASSERT(ElfImage::parse(statics)->hasTextRelocations());
        const Bytes stack = withSegment(PT_GNU_STACK, [](Elf64_Phdr& s) { s.p_flags |= PF_X; });
        CPPUNIT_ASSERT(ElfImage::parse(stack)->needsExecutableStack());
        const Bytes silent = withSegment(PT_GNU_STACK, [](Elf64_Phdr& s) { s.p_type = PT_NULL; });
        CPPUNIT_ASSERT(ElfImage::parse(silent)->needsExecutableStack());
        const Bytes tls = withSegment(PT_GNU_RELRO, [](Elf64_Phdr& s) {
            s.p_type = PT_TLS;
            s.p_memsz = 48;
        });
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{48}, ElfImage::parse(tls)->threadLocalBytes());
        const Bytes path = withDynamic([](Elf64_Dyn& d) {
            if (d.d_tag == DT_SONAME) d.d_tag = DT_RUNPATH;
        });
        CPPUNIT_ASSERT(has(ElfImage::parse(path)->runPaths(), "libcrypt.so.1"));
        CPPUNIT_ASSERT(ElfImage::parse(path)->soname().empty());
        assertFault("-z nodlopen", withDynamic([](Elf64_Dyn& d) {
                        if (d.d_tag == DT_RELACOUNT) d = Elf64_Dyn{DT_FLAGS_1, {DF_1_NOOPEN}};
                    }));
    }

    void readsALibraryAsTheLoaderDoes() {
        const auto image = ElfImage::read(mapped("libcrypt.so"));
        CPPUNIT_ASSERT(image);
        CPPUNIT_ASSERT(image->soname() == "libcrypt.so.1");
        CPPUNIT_ASSERT(has(image->needed(), "libc.so.6"));
        CPPUNIT_ASSERT(image->runPaths().empty());
        const ElfSymbol* const crypt = image->find("crypt_rn");
        CPPUNIT_ASSERT(crypt != nullptr && crypt->kind == ElfKind::function && crypt->bind == ElfBind::global);
        CPPUNIT_ASSERT(image->find("malloc") == nullptr);     // needed, not exported
        CPPUNIT_ASSERT(image->find("XCRYPT_2.0") == nullptr); // a version, not a symbol
        CPPUNIT_ASSERT(image->find("") == nullptr);
        const auto& needs = image->versionNeeds();
        CPPUNIT_ASSERT(std::any_of(needs.begin(), needs.end(), [](const ElfVersionNeed& need) {
            return need.library == "libc.so.6" && need.version.substr(0, 6) == "GLIBC_";
        }));
        const auto library = SharedLibrary::open(mapped("libcrypt.so"));
        CPPUNIT_ASSERT(library);
        for (const ElfSymbol& symbol : image->exports()) {
            if (symbol.kind != ElfKind::function) continue;
            // Old versions of a symbol are there for old programs only.
            const std::string name(symbol.name);
            CPPUNIT_ASSERT_MESSAGE(name, library->symbol(name.c_str()) != nullptr || symbol.sizeBytes > 0);
        }
        ElfImage moved = std::move(const_cast<ElfImage&>(*image)); // views must survive a move
        CPPUNIT_ASSERT(moved.soname() == "libcrypt.so.1" && moved.find("crypt_rn") != nullptr);
    }

    void readsUniqueSymbolsAndThreadLocals() {
        const auto standard = ElfImage::read(mapped("libstdc++.so"));
        CPPUNIT_ASSERT(standard);
        CPPUNIT_ASSERT(!standard->uniqueSymbols().empty());
        CPPUNIT_ASSERT(has(standard->needed(), "libm.so.6"));
        CPPUNIT_ASSERT(standard->threadLocalBytes() > 0);
        CPPUNIT_ASSERT(standard->find("_ZSt4cout") != nullptr);
        CPPUNIT_ASSERT(standard->find("_ZSt4cout")->kind == ElfKind::object);
        const auto libc = ElfImage::read(mapped("libc.so.6"));
        CPPUNIT_ASSERT(libc);
        CPPUNIT_ASSERT(libc->needsStaticTls());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ElfImageTest);

} // namespace mortise::base
