// SPDX-License-Identifier: Apache-2.0
#include "module/module_check.hpp"

#include "base/shared_library.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <elf.h>
#include <mortise/abi/module.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::module {

namespace {

std::vector<char> bytesOf(const std::string& stem) {
    std::ifstream file(FIXTURE_FOLDER "/" + stem + ".so", std::ios::binary);
    CPPUNIT_ASSERT_MESSAGE(stem, file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

ModuleCheck check(std::vector<char> bytes, std::vector<std::string> mapped = base::SharedLibrary::mappedFiles()) {
    const auto image = base::ElfImage::parse(std::move(bytes));
    CPPUNIT_ASSERT_MESSAGE(image ? "" : image.fault(), static_cast<bool>(image));
    return checkModuleFile(image.value(), mapped);
}

ModuleCheck check(const std::string& stem) {
    return check(bytesOf(stem));
}

// Changes program headers in place.
std::vector<char> patchedSegments(std::vector<char> bytes, const std::function<void(Elf64_Phdr&)>& change) {
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        char* const at = bytes.data() + header.e_phoff + i * sizeof(Elf64_Phdr);
        Elf64_Phdr segment;
        std::memcpy(&segment, at, sizeof segment);
        change(segment);
        std::memcpy(at, &segment, sizeof segment);
    }
    return bytes;
}

// Changes entries of the dynamic section in place.
std::vector<char> patchedDynamic(std::vector<char> bytes, const std::function<void(Elf64_Dyn&)>& change) {
    Elf64_Phdr dynamic{};
    bytes = patchedSegments(std::move(bytes), [&](Elf64_Phdr& segment) {
        if (segment.p_type == PT_DYNAMIC) dynamic = segment;
    });
    for (std::size_t used = 0; used + sizeof(Elf64_Dyn) <= dynamic.p_filesz; used += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        char* const at = bytes.data() + dynamic.p_offset + used;
        std::memcpy(&entry, at, sizeof entry);
        if (entry.d_tag == DT_NULL) break;
        change(entry);
        std::memcpy(at, &entry, sizeof entry);
    }
    return bytes;
}

void assertNames(const std::optional<std::string>& fault, std::string_view part) {
    CPPUNIT_ASSERT_MESSAGE("passed, but should name " + std::string(part), fault.has_value());
    CPPUNIT_ASSERT_MESSAGE("'" + *fault + "' lacks '" + std::string(part) + "'",
                           fault->find(part) != std::string::npos);
}

} // namespace

class ModuleCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ModuleCheckTest);
    CPPUNIT_TEST(refusesAFileWithoutEntry);
    CPPUNIT_TEST(namesBothMajors);
    CPPUNIT_TEST(namesBothDrafts);
    CPPUNIT_TEST(refusesLibrariesOfItsOwn);
    CPPUNIT_TEST(takesLibrariesThatTheHostOffers);
    CPPUNIT_TEST(refusesAnotherVersionOfAMappedLibrary);
    CPPUNIT_TEST(refusesStaticThreadLocals);
    CPPUNIT_TEST(refusesTextRelocations);
    CPPUNIT_TEST(refusesAnExecutableStack);
    CPPUNIT_TEST(warnsOfWhatIsOnlyUnwise);
    CPPUNIT_TEST(passesWhatTheBuildFunctionMakes);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesAFileWithoutEntry() { assertNames(check("no-entry").fault, MORTISE_MODULE_ENTRY_NAME); }

    void namesBothMajors() {
        const auto fault = check("wrong-major").fault;
        assertNames(fault, "ABI major 2");
        assertNames(fault, "speaks major 1");
        assertNames(fault, "upgrade mortised");
    }

    void namesBothDrafts() {
        const auto older = check("frozen-1-0-draft").fault;
        assertNames(older, "SDK of draft 1 of the plugin interface");
        assertNames(older, "needs draft 2: rebuild it with the SDK of this mortised");
        CPPUNIT_ASSERT(older->find("upgrade mortised") == std::string::npos);
        const auto newer = check("newer-draft").fault;
        assertNames(newer, "SDK of draft 9 of the plugin interface");
        assertNames(newer, "upgrade mortised");
    }

    void refusesLibrariesOfItsOwn() {
        const auto fault = check("needs-missing-library").fault;
        assertNames(fault, "'libmortise-missing.so.1'");
        assertNames(fault, "statically");
        std::vector<std::string> mapped = base::SharedLibrary::mappedFiles();
        mapped.emplace_back("/opt/lib/libmortise-missing.so.1");
        CPPUNIT_ASSERT(!check(bytesOf("needs-missing-library"), mapped).fault);
    }

    void takesLibrariesThatTheHostOffers() {
        const std::string missing = "libmortise-missing.so.1";
        const auto needing = [&](const std::string& name) {
            std::vector<char> bytes = bytesOf("needs-missing-library");
            for (auto at = bytes.begin();
                 (at = std::search(at, bytes.end(), missing.begin(), missing.end())) != bytes.end();)
                at = std::copy_n((name + std::string(missing.size() - name.size(), '\0')).begin(), missing.size(), at);
            return check(std::move(bytes)).fault;
        };
        CPPUNIT_ASSERT(!needing("libmariadb.so.3"));
        CPPUNIT_ASSERT(!needing("libPocoDataMySQL.so.80"));
        assertNames(needing("libmysql.so.3"), "'libmysql.so.3'");
    }

    void refusesAnotherVersionOfAMappedLibrary() {
        std::vector<std::string> mapped = base::SharedLibrary::mappedFiles(); // with those of the sanitizers
        mapped.emplace_back("/lib/libmortise-missing.so.2");
        const auto fault = check(bytesOf("needs-missing-library"), mapped).fault;
        assertNames(fault, "'libmortise-missing.so.1'");
        assertNames(fault, "'libmortise-missing.so.2'");
    }

    void refusesStaticThreadLocals() {
        const auto fault = check("static-tls").fault;
        assertNames(fault, "DF_STATIC_TLS");
        assertNames(fault, "-ftls-model=global-dynamic");
    }

    void refusesTextRelocations() {
        bool patched = false;
        const auto bytes = patchedDynamic(bytesOf("unknown-flag"), [&](Elf64_Dyn& entry) {
            if (entry.d_tag != DT_FLAGS) return;
            entry.d_un.d_val |= DF_TEXTREL;
            patched = true;
        });
        CPPUNIT_ASSERT(patched);
        assertNames(check(bytes).fault, "-fPIC");
    }

    void refusesAnExecutableStack() {
        const auto bytes = patchedSegments(bytesOf("unknown-flag"), [](Elf64_Phdr& segment) {
            if (segment.p_type == PT_GNU_STACK) segment.p_flags |= PF_X;
        });
        assertNames(check(bytes).fault, "noexecstack");
    }

    // careless.so is built by the compiler's defaults.
    void warnsOfWhatIsOnlyUnwise() {
        const ModuleCheck found = check("careless");
        CPPUNIT_ASSERT_MESSAGE(found.fault.value_or(""), !found.fault);
        std::string all;
        for (const std::string& warning : found.warnings) all += warning + "\n";
        assertNames(all, "-fvisibility=hidden");
        assertNames(all, "run path '/opt/elsewhere'");
#if defined(__GNUC__) && !defined(__clang__)
        assertNames(all, "-fno-gnu-unique");
#endif
    }

    void passesWhatTheBuildFunctionMakes() {
        for (const std::string stem : {"slow", "unknown-flag", "uses-timer"}) {
            const ModuleCheck found = check(stem);
            CPPUNIT_ASSERT_MESSAGE(found.fault.value_or(""), !found.fault);
            CPPUNIT_ASSERT_MESSAGE(found.warnings.empty() ? "" : found.warnings.front(), found.warnings.empty());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ModuleCheckTest);

} // namespace mortise::module
