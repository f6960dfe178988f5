// SPDX-License-Identifier: Apache-2.0
#include "base/durable_folder.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace fs = std::filesystem;
using mortise::base::makeDurableFolders;
using mortise::base::syncFolder;

// That they survive is what tests/integration/power_failure_test.py shows.
class DurableFolderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DurableFolderTest);
    CPPUNIT_TEST(makesWhatIsMissing);
    CPPUNIT_TEST(leavesWhatIsThere);
    CPPUNIT_TEST(namesWhatIsNoFolder);
    CPPUNIT_TEST_SUITE_END();

    mortise::tests::TemporaryFolder folder_;

    void makesWhatIsMissing() {
        makeDurableFolders(folder_ / "a/b/c/");
        CPPUNIT_ASSERT(fs::is_directory(folder_ / "a/b/c"));
        const fs::path before = fs::current_path();
        fs::current_path(folder_.path());
        makeDurableFolders("relative");
        makeDurableFolders("");
        fs::current_path(before);
        CPPUNIT_ASSERT(fs::is_directory(folder_ / "relative"));
    }

    void leavesWhatIsThere() {
        fs::create_directory(folder_ / "there");
        folder_.write("there/file", "kept");
        fs::create_directory_symlink(folder_ / "there", folder_ / "link");
        makeDurableFolders(folder_ / "there");
        makeDurableFolders(folder_ / "link");
        CPPUNIT_ASSERT_EQUAL(std::string("kept"), folder_.read("there/file"));
    }

    void namesWhatIsNoFolder() {
        folder_.write("file", "");
        for (const fs::path& path : {folder_ / "file", folder_ / "file/below"}) {
            try {
                makeDurableFolders(path);
                CPPUNIT_FAIL("made where a file is");
            } catch (const std::system_error& error) {
                CPPUNIT_ASSERT(std::string(error.what()).find((folder_ / "file").string()) != std::string::npos);
            }
        }
        try {
            syncFolder(folder_ / "missing");
            CPPUNIT_FAIL("synced what is not there");
        } catch (const std::system_error& error) {
            CPPUNIT_ASSERT_EQUAL(ENOENT, error.code().value());
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DurableFolderTest);
