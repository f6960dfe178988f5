// SPDX-License-Identifier: Apache-2.0
#include "base/lock_file.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

using mortise::base::LockFile;

class LockFileTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LockFileTest);
    CPPUNIT_TEST(refusesAMissingFolder);
    CPPUNIT_TEST(refusesASymbolicLink);
    CPPUNIT_TEST(tellsTheHolder);
    CPPUNIT_TEST(letsGoAtTheEnd);
    CPPUNIT_TEST(takesOverAStaleFile);
    CPPUNIT_TEST_SUITE_END();

    mortise::tests::TemporaryFolder folder_;

    void refusesAMissingFolder() {
        CPPUNIT_ASSERT_THROW(LockFile::tryAcquire(folder_ / "missing/lock"), std::system_error);
    }

    void refusesASymbolicLink() {
        folder_.write("precious", "keep");
        std::filesystem::create_symlink(folder_ / "precious", folder_ / "lock");
        CPPUNIT_ASSERT_THROW(LockFile::tryAcquire(folder_ / "lock"), std::system_error);
        CPPUNIT_ASSERT_EQUAL(std::string("keep"), folder_.read("precious"));
    }

    void tellsTheHolder() {
        const auto first = LockFile::tryAcquire(folder_ / "lock");
        CPPUNIT_ASSERT(first.lock.has_value());
        const auto second = LockFile::tryAcquire(folder_ / "lock");
        CPPUNIT_ASSERT(!second.lock.has_value());
        CPPUNIT_ASSERT_EQUAL(::getpid(), second.holder);
    }

    void letsGoAtTheEnd() {
        { const auto first = LockFile::tryAcquire(folder_ / "lock"); }
        CPPUNIT_ASSERT(LockFile::tryAcquire(folder_ / "lock").lock.has_value());
    }

    void takesOverAStaleFile() {
        folder_.write("lock", "999999999 and a long tail of an earlier holder\n");
        const auto attempt = LockFile::tryAcquire(folder_ / "lock");
        CPPUNIT_ASSERT(attempt.lock.has_value());
        CPPUNIT_ASSERT_EQUAL(std::to_string(::getpid()) + "\n", folder_.read("lock"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LockFileTest);
