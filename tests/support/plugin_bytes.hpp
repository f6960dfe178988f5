// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cppunit/extensions/HelperMacros.h>
#include <elf.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::tests {

inline std::string contentOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    CPPUNIT_ASSERT_MESSAGE(path, file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

// One note, padded as in a segment of that alignment.
inline std::string elfNote(std::string_view name, std::uint32_t type, std::string_view descriptor,
                           std::size_t alignment = 4) {
    const std::uint32_t head[] = {static_cast<std::uint32_t>(name.size()),
                                  static_cast<std::uint32_t>(descriptor.size()), type};
    std::string bytes(reinterpret_cast<const char*>(head), sizeof head);
    const auto pad = [&] { bytes.append((alignment - bytes.size() % alignment) % alignment, '\0'); };
    bytes.append(name);
    pad();
    bytes.append(descriptor);
    pad();
    return bytes;
}

struct NoteSegment {
    std::string notes;
    std::uint64_t alignment = 4;
};

// The file with these segments of notes instead of its own, of which it has at least as many.
inline std::string withNotes(std::string file, const std::vector<NoteSegment>& segments) {
    Elf64_Ehdr header;
    std::memcpy(&header, file.data(), sizeof header);
    std::size_t placed = 0;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const std::size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
        Elf64_Phdr segment;
        std::memcpy(&segment, file.data() + at, sizeof segment);
        // The segment that speaks of the stack gives its place: not every file has two of notes.
        if (segment.p_type != PT_NOTE && segment.p_type != PT_GNU_STACK) continue;
        segment.p_type = PT_NULL;
        if (placed < segments.size()) {
            segment.p_type = PT_NOTE;
            segment.p_offset = file.size();
            segment.p_filesz = segment.p_memsz = segments[placed].notes.size();
            segment.p_align = segments[placed].alignment;
            file += segments[placed++].notes;
        }
        std::memcpy(file.data() + at, &segment, sizeof segment);
    }
    CPPUNIT_ASSERT_EQUAL(segments.size(), placed);
    return file;
}

} // namespace mortise::tests
