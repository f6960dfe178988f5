// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

namespace fs = std::filesystem;
using mortise::base::AtomicFile;
using mortise::base::writeFileAtomically;

class AtomicFileTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AtomicFileTest);
    CPPUNIT_TEST(refusesAMissingFolder);
    CPPUNIT_TEST(leavesTheTargetAloneWithoutCommit);
    CPPUNIT_TEST(leavesNothingBehindWhenTheTargetCannotBeReplaced);
    CPPUNIT_TEST(replacesContentAndMode);
    CPPUNIT_TEST_SUITE_END();

    mortise::tests::TemporaryFolder folder_;

    std::ptrdiff_t fileCount() const { return std::distance(fs::directory_iterator(folder_.path()), {}); }

    void refusesAMissingFolder() {
        const fs::path target = folder_ / "missing/file";
        try {
            writeFileAtomically(target, "x");
            CPPUNIT_FAIL("written into a folder that is not there");
        } catch (const std::system_error& error) {
            CPPUNIT_ASSERT_EQUAL(ENOENT, error.code().value());
            CPPUNIT_ASSERT(std::string(error.what()).find(target.string()) != std::string::npos);
        }
    }

    void leavesTheTargetAloneWithoutCommit() {
        folder_.write("file", "old");
        {
            AtomicFile file(folder_ / "file");
            file.write("new");
        }
        CPPUNIT_ASSERT_EQUAL(std::string("old"), folder_.read("file"));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, fileCount());
    }

    void leavesNothingBehindWhenTheTargetCannotBeReplaced() {
        fs::create_directory(folder_ / "taken");
        CPPUNIT_ASSERT_THROW(writeFileAtomically(folder_ / "taken", "x"), std::system_error);
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, fileCount());
    }

    void replacesContentAndMode() {
        folder_.write("file", "old");
        const std::string large(300'000, 'x');
        writeFileAtomically(folder_ / "file", large, 0600);
        CPPUNIT_ASSERT_EQUAL(large, folder_.read("file"));
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat((folder_ / "file").c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(static_cast<mode_t>(0600), status.st_mode & 07777);
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, fileCount());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AtomicFileTest);
