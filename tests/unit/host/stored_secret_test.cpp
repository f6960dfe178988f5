// SPDX-License-Identifier: Apache-2.0
#include "host/stored_secret.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mortise::host {

class StoredSecretTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StoredSecretTest);
    CPPUNIT_TEST(refusesBadNamesAndSizes);
    CPPUNIT_TEST(refusesASecretThatOthersCanRead);
    CPPUNIT_TEST(refusesAnotherSize);
    CPPUNIT_TEST(refusesLinksAndFolders);
    CPPUNIT_TEST(makesASecretOnce);
    CPPUNIT_TEST(keepsSecretsApart);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadNamesAndSizes() {
        for (const std::string_view name : {"", "../passwd", "a/b", "A", "a.b", "a b"}) {
            CPPUNIT_ASSERT_THROW_MESSAGE(std::string(name), secret(name, 32), std::invalid_argument);
        }
        CPPUNIT_ASSERT_THROW(secret(std::string(65, 'a'), 32), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(secret("key", 0), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(secret("key", 4097), std::invalid_argument);
        CPPUNIT_ASSERT(!std::filesystem::exists(file("key")));
    }

    void refusesASecretThatOthersCanRead() {
        secret("key", 32);
        CPPUNIT_ASSERT_EQUAL(0, chmod(file("key").c_str(), 0640));
        assertFault(32, "0600");
    }

    void refusesAnotherSize() {
        secret("key", 32);
        assertFault(33, "33 bytes but has 32");
    }

    void refusesLinksAndFolders() {
        folder_.write("secrets/other", std::string(32, 'x'));
        std::filesystem::create_symlink("other", file("key"));
        assertFault(32, "key");
        std::filesystem::remove(file("key"));
        std::filesystem::create_directory(file("key"));
        assertFault(32, "key");
    }

    void makesASecretOnce() {
        const base::SecretString made = secret("key", 32);
        CPPUNIT_ASSERT_EQUAL(std::size_t{32}, made.reveal().size());
        CPPUNIT_ASSERT(made.reveal() != std::string(32, '\0'));
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, stat(file("key").c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(mode_t{0600}, status.st_mode & 07777);
        CPPUNIT_ASSERT_EQUAL(0, stat((folder_ / "secrets").c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(mode_t{0700}, status.st_mode & 07777);
        CPPUNIT_ASSERT(secret("key", 32).reveal() == made.reveal());
    }

    void keepsSecretsApart() {
        CPPUNIT_ASSERT(secret("one", 32).reveal() != secret("two", 32).reveal());
        CPPUNIT_ASSERT(secret("one", 32).reveal() !=
                       storedSecret(folder_.path().string(), "other", "one", 32).reveal());
    }

private:
    base::SecretString secret(std::string_view name, std::size_t size) const {
        return storedSecret(folder_.path().string(), "auth", name, size);
    }
    std::string file(const std::string& name) const { return (folder_ / ("secrets/auth." + name)).string(); }
    void assertFault(std::size_t size, std::string_view part) const {
        try {
            secret("key", size);
        } catch (const std::runtime_error& error) {
            const std::string text = error.what();
            CPPUNIT_ASSERT_MESSAGE(text,
                                   text.find(part) != std::string::npos && text.find(file("key")) != std::string::npos);
            return;
        }
        CPPUNIT_FAIL("it was taken");
    }

    tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(StoredSecretTest);

} // namespace mortise::host
