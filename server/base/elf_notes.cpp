// SPDX-License-Identifier: Apache-2.0
#include "base/elf_notes.hpp"

#include "base/elf_header.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <utility>

namespace mortise::base {

namespace {

constexpr std::uint64_t noteBytesInAll = 1u << 20;
constexpr std::size_t notesInAll = 1024;

// The records of one segment. A segment that ends in less than a head, all zero, was padded.
void appendNotes(std::string_view segment, std::uint64_t alignment, std::vector<ElfNote>& notes) {
    const auto padded = [alignment](std::uint64_t size) { return (size + alignment - 1) / alignment * alignment; };
    std::string_view rest = segment;
    while (rest.size() >= sizeof(Elf64_Nhdr) || rest.find_first_not_of('\0') != std::string_view::npos) {
        Elf64_Nhdr head{};
        if (rest.size() < sizeof head) elfDamaged("a note ends behind its segment");
        std::memcpy(&head, rest.data(), sizeof head);
        const std::uint64_t descriptor = padded(sizeof head + std::uint64_t{head.n_namesz});
        const std::uint64_t end = descriptor + head.n_descsz;
        if (end > rest.size()) elfDamaged("a note ends behind its segment");
        if (notes.size() == notesInAll) elfDamaged("it has more than " + std::to_string(notesInAll) + " notes");
        std::string_view name = rest.substr(sizeof head, head.n_namesz);
        if (name.ends_with('\0')) name.remove_suffix(1);
        notes.push_back({std::string(name), head.n_type, std::string(rest.substr(descriptor, head.n_descsz))});
        rest.remove_prefix(std::min<std::uint64_t>(padded(end), rest.size()));
    }
}

// `read(offset, size)`: these bytes of the file, fewer at its end.
template<class Read>
std::vector<ElfNote> collectNotes(std::uint64_t fileBytes, const Read& read) {
    const auto whole = [&](std::uint64_t offset, std::uint64_t size, std::string_view what) {
        requireElfLength(fileBytes, offset, size, what);
        std::string bytes = read(offset, size);
        requireElfLength(offset + bytes.size(), offset, size, what);
        return bytes;
    };
    const Elf64_Ehdr header = readElfHeader(read(0, sizeof(Elf64_Ehdr)), fileBytes);
    const std::string table =
        whole(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr), "its program header table");
    std::vector<ElfNote> notes;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        std::memcpy(&segment, table.data() + i * sizeof segment, sizeof segment);
        if (segment.p_type != PT_NOTE) continue;
        requireElfLength(fileBytes, segment.p_offset, segment.p_filesz, "a segment of notes");
        total += segment.p_filesz;
        if (total > noteBytesInAll) elfDamaged("its notes add up to more than 1 MiB");
        appendNotes(whole(segment.p_offset, segment.p_filesz, "a segment of notes"), segment.p_align == 8 ? 8 : 4,
                    notes);
    }
    return notes;
}

std::string readAt(int fd, std::uint64_t offset, std::uint64_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got = pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw ElfDamage{"cannot be read: " + std::generic_category().message(errno)};
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

} // namespace

Outcome<std::vector<ElfNote>> readElfNotes(const std::string& path) {
    const auto failed = [](const char* doing) {
        return Fault{"cannot be " + std::string(doing) + ": " + std::generic_category().message(errno)};
    };
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return failed("opened");
    struct stat status {};
    if (fstat(fd.get(), &status) != 0) return failed("examined");
    if (!S_ISREG(status.st_mode)) return Fault{"is not a regular file"};
    try {
        return collectNotes(static_cast<std::uint64_t>(status.st_size),
                            [&](std::uint64_t offset, std::uint64_t size) { return readAt(fd.get(), offset, size); });
    } catch (const ElfDamage& damage) {
        return Fault{damage.text};
    }
}

Outcome<std::vector<ElfNote>> parseElfNotes(std::string_view file) {
    try {
        return collectNotes(file.size(), [file](std::uint64_t offset, std::uint64_t size) {
            return std::string(file.substr(std::min<std::uint64_t>(offset, file.size()), size));
        });
    } catch (const ElfDamage& damage) {
        return Fault{damage.text};
    }
}

} // namespace mortise::base
