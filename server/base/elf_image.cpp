// SPDX-License-Identifier: Apache-2.0
#include "base/elf_image.hpp"

#include "base/elf_header.hpp"
#include "base/unique_fd.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace mortise::base {

static_assert(sizeof(void*) == 8, "the reader below is for 64-bit files");

namespace {

// Names may overlap in a string table: without a bound on their sum, a small file could make us scan for hours.
constexpr std::uint64_t nameBytesInAll = 64u << 20;
constexpr std::size_t versionNeedsInAll = 65'536;

} // namespace

// Fills an image; leaves by ElfDamage.
class ElfReader {
public:
    ElfReader(ElfImage& image, std::string_view file) : image_(image), file_(file) {}

    void run() {
        header_ = readElfHeader(file_, file_.size());
        image_.machine_ = header_.e_machine;
        readSegments();
        readDynamic();
        readSymbols();
        readVersionNeeds();
    }

private:
    [[noreturn]] static void fail(std::string text) { throw ElfDamage{std::move(text)}; }
    [[noreturn]] static void damaged(std::string_view what) { elfDamaged(what); }

    void requireLength(std::uint64_t offset, std::uint64_t size, std::string_view what) const {
        requireElfLength(file_.size(), offset, size, what);
    }

    // Precondition: the range was checked. Copies, because nothing in a file is aligned for sure.
    template<class Struct>
    Struct at(std::uint64_t offset) const {
        Struct value;
        std::memcpy(&value, file_.data() + offset, sizeof value);
        return value;
    }

    // File offset of `size` bytes the loader would see at `address`.
    std::uint64_t offsetOf(std::uint64_t address, std::uint64_t size, std::string_view what) const {
        for (const Elf64_Phdr& load : loads_) {
            if (address < load.p_vaddr || address - load.p_vaddr > load.p_filesz) continue;
            const std::uint64_t inside = address - load.p_vaddr;
            if (size <= load.p_filesz - inside) return load.p_offset + inside;
        }
        damaged(std::string(what) + " lies outside of what is loaded");
    }

    template<class Struct>
    Struct loaded(std::uint64_t address, std::string_view what) const {
        return at<Struct>(offsetOf(address, sizeof(Struct), what));
    }

    std::string_view name(std::uint64_t offset, std::string_view what) {
        if (offset >= strings_.size()) damaged(std::string(what) + " lies outside of the string table");
        const std::size_t end = strings_.find('\0', offset);
        if (end == std::string_view::npos) damaged(std::string(what) + " has no end");
        nameBytes_ += end - offset;
        if (nameBytes_ > nameBytesInAll) damaged("its names add up to more than 64 MiB");
        return strings_.substr(offset, end - offset);
    }

    void readSegments() {
        // The loader needs no sections, but linkers write their table last: without it the end is missing.
        if (header_.e_shoff != 0) {
            requireLength(header_.e_shoff, std::uint64_t{header_.e_shnum} * header_.e_shentsize, "its section table");
        }
        image_.needsExecutableStack_ = true; // the loader's choice for a file that does not say
        for (unsigned i = 0; i < header_.e_phnum; ++i) {
            const auto segment = at<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr));
            if (segment.p_type == PT_LOAD) {
                requireLength(segment.p_offset, segment.p_filesz, "a loaded segment");
                if (segment.p_filesz > segment.p_memsz)
                    damaged("a loaded segment is larger in the file than in memory");
                loads_.push_back(segment);
            } else if (segment.p_type == PT_DYNAMIC) {
                requireLength(segment.p_offset, segment.p_filesz, "its dynamic section");
                if (dynamic_) damaged("it has two dynamic sections");
                dynamic_ = segment;
            } else if (segment.p_type == PT_TLS) {
                image_.threadLocalBytes_ = segment.p_memsz;
            } else if (segment.p_type == PT_GNU_STACK) {
                image_.needsExecutableStack_ = (segment.p_flags & PF_X) != 0;
            }
        }
        if (loads_.empty()) damaged("nothing of it would be loaded");
        if (!dynamic_) fail("has no dynamic section: it is not a shared library");
    }

    void readDynamic() {
        std::vector<std::uint64_t> needed;
        std::vector<std::uint64_t> runPaths;
        std::optional<std::uint64_t> soname;
        std::optional<std::uint64_t> strings;
        std::uint64_t stringBytes = 0;
        bool ended = false;
        // Where the loader finds it; the segment's own offset could name other bytes.
        const std::uint64_t start = offsetOf(dynamic_->p_vaddr, dynamic_->p_filesz, "its dynamic section");
        for (std::uint64_t used = 0; !ended && used + sizeof(Elf64_Dyn) <= dynamic_->p_filesz;
             used += sizeof(Elf64_Dyn)) {
            const auto entry = at<Elf64_Dyn>(start + used);
            const std::uint64_t value = entry.d_un.d_val;
            switch (entry.d_tag) {
            case DT_NULL:
                ended = true;
                break;
            case DT_NEEDED:
                needed.push_back(value);
                break;
            case DT_RPATH:
            case DT_RUNPATH:
                runPaths.push_back(value);
                break;
            case DT_SONAME:
                soname = value;
                break;
            case DT_STRTAB:
                strings = value;
                break;
            case DT_STRSZ:
                stringBytes = value;
                break;
            case DT_SYMTAB:
                symbols_ = value;
                break;
            case DT_SYMENT:
                if (value != sizeof(Elf64_Sym)) damaged("its symbols have an unknown size");
                break;
            case DT_HASH:
                hash_ = value;
                break;
            case DT_GNU_HASH:
                gnuHash_ = value;
                break;
            case DT_VERNEED:
                versionNeeds_ = value;
                break;
            case DT_VERNEEDNUM:
                versionNeedCount_ = value;
                break;
            case DT_TEXTREL:
                image_.hasTextRelocations_ = true;
                break;
            case DT_FLAGS:
                image_.needsStaticTls_ = (value & DF_STATIC_TLS) != 0;
                image_.hasTextRelocations_ = image_.hasTextRelocations_ || (value & DF_TEXTREL) != 0;
                break;
            case DT_FLAGS_1:
                if ((value & DF_1_PIE) != 0) fail("is a position-independent executable, not a shared library");
                if ((value & DF_1_NOOPEN) != 0) fail("was linked with -z nodlopen, so it cannot be loaded at run time");
                image_.refusesUnload_ = (value & DF_1_NODELETE) != 0;
                break;
            default:
                break;
            }
        }
        if (!ended) damaged("its dynamic section has no end");
        if (!strings || stringBytes == 0) damaged("it has no string table");
        strings_ = file_.substr(offsetOf(*strings, stringBytes, "its string table"), stringBytes);
        if (soname) image_.soname_ = name(*soname, "its soname");
        for (const auto offset : needed) image_.needed_.push_back(name(offset, "the name of a needed library"));
        for (const auto offset : runPaths) image_.runPaths_.push_back(name(offset, "its run path"));
    }

    // The dynamic section does not say how many symbols there are; a hash table does.
    std::uint64_t symbolCount() const {
        if (gnuHash_) return gnuHashCount(*gnuHash_);
        if (!hash_) return 0;
        struct Head {
            std::uint32_t buckets;
            std::uint32_t chains;
        };
        return loaded<Head>(*hash_, "its symbol hash table").chains;
    }

    // Layout: head, bloom filter words, buckets (first symbol of each, 0: none), then one word a symbol from
    // `firstHashed` on, whose lowest bit marks the last of its bucket.
    std::uint64_t gnuHashCount(std::uint64_t address) const {
        constexpr std::string_view what = "its symbol hash table";
        struct Head {
            std::uint32_t buckets;
            std::uint32_t firstHashed;
            std::uint32_t bloomWords;
            std::uint32_t bloomShift;
        };
        const auto head = loaded<Head>(address, what);
        const std::uint64_t bucketBytes = std::uint64_t{head.buckets} * 4;
        const std::uint64_t beforeBuckets = sizeof(Head) + std::uint64_t{head.bloomWords} * 8;
        const std::uint64_t start = offsetOf(address, beforeBuckets + bucketBytes, what);
        std::uint32_t last = 0;
        for (std::uint64_t i = 0; i < head.buckets; ++i) {
            last = std::max(last, at<std::uint32_t>(start + beforeBuckets + i * 4));
        }
        if (last == 0) return head.firstHashed; // nothing is exported
        if (last < head.firstHashed) damaged("its symbol hash table points before its first symbol");
        const std::uint64_t chains = start + beforeBuckets + bucketBytes;
        for (std::uint64_t symbol = last;; ++symbol) {
            const std::uint64_t word = chains + (symbol - head.firstHashed) * 4;
            if (word + 4 > file_.size()) damaged("its symbol hash table has no end");
            if ((at<std::uint32_t>(word) & 1) != 0) return symbol + 1;
        }
    }

    void readSymbols() {
        const std::uint64_t count = symbolCount();
        if (count == 0) return;
        if (!symbols_) damaged("it has no symbol table");
        const std::uint64_t start = offsetOf(*symbols_, count * sizeof(Elf64_Sym), "its symbol table");
        for (std::uint64_t i = 1; i < count; ++i) { // entry 0 is reserved
            const auto symbol = at<Elf64_Sym>(start + i * sizeof(Elf64_Sym));
            const auto bind = bindOf(symbol);
            if (symbol.st_shndx == SHN_UNDEF || !bind || isVersionName(symbol)) continue;
            const unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
            if (visibility == STV_HIDDEN || visibility == STV_INTERNAL) continue;
            image_.exports_.push_back(
                {name(symbol.st_name, "the name of a symbol"), *bind, kindOf(symbol), symbol.st_value, symbol.st_size});
        }
    }

    static std::optional<ElfBind> bindOf(const Elf64_Sym& symbol) {
        switch (ELF64_ST_BIND(symbol.st_info)) {
        case STB_GLOBAL:
            return ElfBind::global;
        case STB_WEAK:
            return ElfBind::weak;
        case STB_GNU_UNIQUE:
            return ElfBind::unique;
        default:
            return std::nullopt;
        }
    }

    static ElfKind kindOf(const Elf64_Sym& symbol) {
        switch (ELF64_ST_TYPE(symbol.st_info)) {
        case STT_FUNC:
            return ElfKind::function;
        case STT_OBJECT:
            return ElfKind::object;
        case STT_TLS:
            return ElfKind::threadLocal;
        case STT_GNU_IFUNC:
            return ElfKind::indirectFunction;
        default:
            return ElfKind::other;
        }
    }

    // A version script's node appears among the symbols, although nobody can call it.
    static bool isVersionName(const Elf64_Sym& symbol) {
        return symbol.st_shndx == SHN_ABS && symbol.st_value == 0 && symbol.st_size == 0 &&
               ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT;
    }

    void readVersionNeeds() {
        if (!versionNeeds_) return;
        constexpr std::string_view what = "its table of needed versions";
        std::uint64_t address = *versionNeeds_;
        for (std::uint64_t i = 0; i < versionNeedCount_; ++i) {
            const auto need = loaded<Elf64_Verneed>(address, what);
            const std::string_view library = name(need.vn_file, "the library of a needed version");
            std::uint64_t each = address + need.vn_aux;
            for (unsigned k = 0; k < need.vn_cnt; ++k) {
                const auto version = loaded<Elf64_Vernaux>(each, what);
                if (image_.versionNeeds_.size() == versionNeedsInAll) damaged("it needs too many versions");
                image_.versionNeeds_.push_back({library, name(version.vna_name, "the name of a needed version"),
                                                (version.vna_flags & VER_FLG_WEAK) != 0});
                if (version.vna_next == 0 && k + 1 < need.vn_cnt) damaged("its table of needed versions ends early");
                each += version.vna_next;
            }
            if (need.vn_next == 0) {
                if (i + 1 < versionNeedCount_) damaged("its table of needed versions ends early");
                return;
            }
            address += need.vn_next;
        }
    }

    ElfImage& image_;
    const std::string_view file_;
    Elf64_Ehdr header_{};
    std::vector<Elf64_Phdr> loads_;
    std::optional<Elf64_Phdr> dynamic_;
    std::string_view strings_;
    std::optional<std::uint64_t> symbols_;
    std::optional<std::uint64_t> hash_;
    std::optional<std::uint64_t> gnuHash_;
    std::optional<std::uint64_t> versionNeeds_;
    std::uint64_t versionNeedCount_ = 0;
    std::uint64_t nameBytes_ = 0;
};

Outcome<ElfImage> ElfImage::of(std::shared_ptr<const char> bytes, std::size_t size) {
    ElfImage image;
    const std::string_view file(bytes.get(), size);
    image.bytes_ = std::move(bytes);
    try {
        ElfReader(image, file).run();
    } catch (const ElfDamage& damage) {
        return Fault{damage.text};
    }
    return image;
}

Outcome<ElfImage> ElfImage::parse(std::vector<char> bytes) {
    const auto kept = std::make_shared<const std::vector<char>>(std::move(bytes));
    return of({kept, kept->data()}, kept->size());
}

namespace {

Fault failed(const char* doing) {
    return Fault{"cannot be " + std::string(doing) + ": " + std::generic_category().message(errno)};
}

struct OpenFile {
    UniqueFd fd;
    std::size_t size = 0;
};

Outcome<OpenFile> openFile(const std::string& path) {
    OpenFile file{UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
    if (!file.fd) return failed("opened");
    struct stat status {};
    if (fstat(file.fd.get(), &status) != 0) return failed("examined");
    if (!S_ISREG(status.st_mode)) return Fault{"is not a regular file"};
    if (static_cast<std::uint64_t>(status.st_size) > ElfImage::maximumFileBytes) return Fault{"is larger than 512 MiB"};
    file.size = static_cast<std::size_t>(status.st_size);
    return file;
}

} // namespace

Outcome<ElfImage> ElfImage::read(const std::string& path) {
    const auto file = openFile(path);
    if (!file) return Fault{file.fault()};
    const std::size_t size = file->size;
    if (size == 0) return of(nullptr, 0);
    void* const mapping = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file->fd.get(), 0);
    if (mapping == MAP_FAILED) return failed("mapped");
    return of(
        {static_cast<const char*>(mapping), [size](const char* begin) { munmap(const_cast<char*>(begin), size); }},
        size);
}

Outcome<ElfImage> ElfImage::readCopy(const std::string& path) {
    const auto file = openFile(path);
    if (!file) return Fault{file.fault()};
    std::vector<char> bytes(file->size);
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got = ::read(file->fd.get(), bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read");
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return parse(std::move(bytes));
}

const ElfSymbol* ElfImage::find(std::string_view name) const noexcept {
    const auto found =
        std::find_if(exports_.begin(), exports_.end(), [name](const ElfSymbol& s) { return s.name == name; });
    return found == exports_.end() ? nullptr : &*found;
}

std::vector<std::string_view> ElfImage::uniqueSymbols() const {
    std::vector<std::string_view> names;
    for (const ElfSymbol& symbol : exports_) {
        if (symbol.bind == ElfBind::unique) names.push_back(symbol.name);
    }
    return names;
}

} // namespace mortise::base
