// SPDX-License-Identifier: Apache-2.0
#include "base/elf_notes.hpp"

#include "base/shared_library.hpp"
#include "tests/support/plugin_bytes.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::base {

namespace {

using tests::elfNote;
using tests::withNotes;

constexpr std::string_view first("First\0", 6);
constexpr std::string_view second("Second\0", 7);

// A library this process runs with.
const std::string& libraryPath() {
    static const std::string path = [] {
        for (const std::string& file : SharedLibrary::mappedFiles())
            if (file.find("/libcrypt.so") != std::string::npos) return file;
        CPPUNIT_FAIL("libcrypt is not mapped");
        return std::string();
    }();
    return path;
}
const std::string& library() {
    static const std::string bytes = tests::contentOf(libraryPath());
    return bytes;
}

std::string written(const Outcome<std::vector<ElfNote>>& notes) {
    if (!notes) return notes.fault();
    std::string out;
    for (const ElfNote& note : *notes)
        out += note.name + ' ' + std::to_string(note.type) + ' ' + note.descriptor + '\n';
    return out;
}

std::string read(const std::vector<tests::NoteSegment>& segments) {
    return written(parseElfNotes(withNotes(library(), segments)));
}

constexpr char behind[] = "is damaged: a note ends behind its segment";

} // namespace

class ElfNotesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ElfNotesTest);
    CPPUNIT_TEST(readsNotesOfBothAlignments);
    CPPUNIT_TEST(readsWhatARealLinkerMade);
    CPPUNIT_TEST(readsNoMoreThanItMust);
    CPPUNIT_TEST(refusesNotesThatEndElsewhere);
    CPPUNIT_TEST(refusesTooManyAndTooLarge);
    CPPUNIT_TEST(refusesWhatIsNoLibrary);
    CPPUNIT_TEST(survivesEveryChangedByte);
    CPPUNIT_TEST_SUITE_END();

public:
    void readsNotesOfBothAlignments() {
        for (const std::size_t alignment : {4u, 8u}) {
            for (std::size_t length = 0; length < 18; ++length) {
                const std::string text(length, 'x');
                const std::string notes = elfNote(first, 7, text, alignment) + elfNote(second, 9, "y", alignment);
                const std::string expected = "First 7 " + text + "\nSecond 9 y\n";
                CPPUNIT_ASSERT_EQUAL(expected, read({{notes, alignment}}));
                CPPUNIT_ASSERT_EQUAL(expected + expected, read({{notes, alignment}, {notes, alignment}}));
                // The last one may lack its padding, a segment may be padded.
                const std::size_t kept = notes.size() - (alignment - 1);
                CPPUNIT_ASSERT_EQUAL(expected, read({{notes.substr(0, kept), alignment}}));
                CPPUNIT_ASSERT_EQUAL(expected, read({{notes + std::string(alignment, '\0'), alignment}}));
            }
        }
        CPPUNIT_ASSERT_EQUAL(std::string("First 7 x\nSecond 9 y\n"),
                             read({{elfNote(first, 7, "x", 8), 8}, {elfNote(second, 9, "y"), 4}}));
        CPPUNIT_ASSERT_EQUAL(std::string("First 7 x\n"), read({{elfNote(first, 7, "x"), 1}, {"", 4}}));
        CPPUNIT_ASSERT_EQUAL(std::string(), read({}));
    }

    void readsWhatARealLinkerMade() {
        const auto fromFile = readElfNotes(libraryPath());
        CPPUNIT_ASSERT_MESSAGE(fromFile ? "" : fromFile.fault(), static_cast<bool>(fromFile));
        CPPUNIT_ASSERT_EQUAL(written(parseElfNotes(library())), written(fromFile));
        CPPUNIT_ASSERT(std::any_of(fromFile->begin(), fromFile->end(), [](const ElfNote& note) {
            return note.name == "GNU" && note.type == NT_GNU_BUILD_ID && note.descriptor.size() == 20;
        }));
    }

    // A file of which only the beginning is there, and one of a terabyte.
    void readsNoMoreThanItMust() {
        tests::TemporaryFolder folder;
        const std::string path = folder.write("large.so", library()).string();
        CPPUNIT_ASSERT_EQUAL(0, truncate(path.c_str(), off_t{1} << 40));
        CPPUNIT_ASSERT_EQUAL(written(parseElfNotes(library())), written(readElfNotes(path)));
    }

    void refusesNotesThatEndElsewhere() {
        for (const std::size_t alignment : {4u, 8u}) {
            const std::string bytes = elfNote(first, 7, std::string(64, 'x'), alignment);
            for (const std::size_t length : {1u, 11u, 13u, 19u, 60u})
                CPPUNIT_ASSERT_EQUAL(std::string(behind), read({{bytes.substr(0, length), alignment}}));
            for (const std::size_t word : {0u, 4u})
                for (const char byte : {'\xFF', '\x7F'}) {
                    std::string huge = bytes;
                    huge.replace(word, 4, 4, byte);
                    CPPUNIT_ASSERT_EQUAL(std::string(behind), read({{huge, alignment}}));
                }
        }
        // A segment outside of the file, and one whose end overflows.
        for (const std::uint64_t offset : {std::uint64_t{1} << 40, UINT64_MAX - 4}) {
            std::string file = withNotes(library(), {{elfNote(first, 7, "x"), 4}});
            Elf64_Ehdr header;
            std::memcpy(&header, file.data(), sizeof header);
            for (unsigned i = 0; i < header.e_phnum; ++i) {
                Elf64_Phdr segment;
                std::memcpy(&segment, &file[header.e_phoff + i * sizeof segment], sizeof segment);
                if (segment.p_type == PT_NOTE) segment.p_offset = offset;
                std::memcpy(&file[header.e_phoff + i * sizeof segment], &segment, sizeof segment);
            }
            const std::string fault = written(parseElfNotes(file));
            CPPUNIT_ASSERT_MESSAGE(fault, fault.find("a segment of notes") != std::string::npos);
        }
    }

    void refusesTooManyAndTooLarge() {
        std::string many;
        for (int i = 0; i < 1025; ++i) many += elfNote(first, 7, "");
        CPPUNIT_ASSERT_EQUAL(std::string("is damaged: it has more than 1024 notes"), read({{many, 4}}));
        const std::string half = elfNote(first, 7, std::string(600'000, 'x'));
        CPPUNIT_ASSERT_EQUAL(std::string("is damaged: its notes add up to more than 1 MiB"),
                             read({{half, 4}, {half, 4}}));
    }

    void refusesWhatIsNoLibrary() {
        CPPUNIT_ASSERT_EQUAL(std::string("is empty"), written(parseElfNotes("")));
        CPPUNIT_ASSERT_EQUAL(std::string("is no ELF file"), written(parseElfNotes("#!/bin/sh\n")));
        CPPUNIT_ASSERT_EQUAL(std::string("is an executable, not a shared library"), written(parseElfNotes([] {
                                 std::string file = library();
                                 file[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
                                 return file;
                             }())));
        Elf64_Ehdr header;
        std::memcpy(&header, library().data(), sizeof header);
        for (std::size_t length = 1; length < header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr); length += 3)
            CPPUNIT_ASSERT(written(parseElfNotes(library().substr(0, length))).starts_with("is "));
        CPPUNIT_ASSERT(written(readElfNotes("/nonexistent/x.so")).starts_with("cannot be opened: "));
        CPPUNIT_ASSERT_EQUAL(std::string("is not a regular file"), written(readElfNotes("/")));
    }

    // By chance, but the same each time: it reads or says why not.
    void survivesEveryChangedByte() {
        std::mt19937 random(7);
        const std::string file = library().substr(0, 4096);
        for (int round = 0; round < 4000; ++round) {
            std::string changed = file;
            for (unsigned n = 0; n <= random() % 4; ++n) changed[random() % 1024] = static_cast<char>(random());
            const auto notes = parseElfNotes(changed);
            CPPUNIT_ASSERT(notes || notes.fault().size() < 200);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ElfNotesTest);

} // namespace mortise::base
