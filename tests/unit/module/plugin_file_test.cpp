// SPDX-License-Identifier: Apache-2.0
#include "module/module_store.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <string>
#include <vector>

namespace mortise::module {

class PluginFileTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PluginFileTest);
    CPPUNIT_TEST(saysWhereItLooked);
    CPPUNIT_TEST(suggestsANearName);
    CPPUNIT_TEST(saysThatThereIsNoFolder);
    CPPUNIT_TEST(findsTheFirst);
    CPPUNIT_TEST(listsWhatHasAPluginsName);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        folder_.write("a/rate-limit.so", "");
        folder_.write("b/rate-limit.so", "");
        folder_.write("b/users.so", "");
        folder_.write("b/Users.so", "");
        folder_.write("b/users.so.1", "");
        folder_.write("b/rate_limit.so", "");
        folder_.write("b/.so", "");
        std::filesystem::create_directory(folder_ / "b/folder.so");
        folders_ = {(folder_ / "a").string(), (folder_ / "absent").string(), (folder_ / "b").string()};
    }

    void saysWhereItLooked() {
        const auto found = findPluginFile(folders_, "graphql");
        CPPUNIT_ASSERT(!found);
        for (const std::string& part :
             {std::string("'graphql'"), std::string("graphql.so"), folders_[0], folders_[1], folders_[2]}) {
            CPPUNIT_ASSERT_MESSAGE(found.fault(), found.fault().find(part) != std::string::npos);
        }
        CPPUNIT_ASSERT_MESSAGE(found.fault(), found.fault().find("did you mean") == std::string::npos);
    }

    void suggestsANearName() {
        const auto found = findPluginFile(folders_, "rate-limiter");
        CPPUNIT_ASSERT_MESSAGE(found.fault(), found.fault().find("did you mean 'rate-limit'?") != std::string::npos);
    }

    void saysThatThereIsNoFolder() {
        const auto found = findPluginFile({}, "users");
        CPPUNIT_ASSERT(!found && found.fault().find("no folder") != std::string::npos);
    }

    void findsTheFirst() {
        CPPUNIT_ASSERT_EQUAL((folder_ / "a/rate-limit.so").string(), findPluginFile(folders_, "rate-limit").value());
        CPPUNIT_ASSERT_EQUAL((folder_ / "b/users.so").string(), findPluginFile(folders_, "users").value());
        // Loading says what is wrong with it.
        CPPUNIT_ASSERT_EQUAL((folder_ / "b/folder.so").string(), findPluginFile(folders_, "folder").value());
    }

    void listsWhatHasAPluginsName() {
        CPPUNIT_ASSERT((std::vector<std::string>{"rate-limit", "users"}) == availablePlugins(folders_));
        CPPUNIT_ASSERT(availablePlugins({}).empty());
    }

private:
    tests::TemporaryFolder folder_;
    std::vector<std::string> folders_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginFileTest);

} // namespace mortise::module
