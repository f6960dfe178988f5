// SPDX-License-Identifier: Apache-2.0
// What a configuration check says; tests/integration/static_files_test.py has the answers.
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

using namespace mortise::test;

class StaticFilesPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StaticFilesPluginTest);
    CPPUNIT_TEST(refusesBadSettings);
    CPPUNIT_TEST(touchesNothingWhenConfigured);
    CPPUNIT_TEST(failsToStartWithoutItsRoot);
    CPPUNIT_TEST(failsToStartWithoutItsFallback);
    CPPUNIT_TEST(redirectsItsPrefix);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        void* const file = dlopen(STATIC_FILES_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
    }

    void refusesBadSettings() {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.configure({{"prefix", "static/"},
                                                                {"index", "../index.html"},
                                                                {"fallback", "../secret"},
                                                                {"precompressed", "br, deflate"},
                                                                {"types", "glb"}}));
        for (const char* key : {"root", "prefix", "index", "fallback", "precompressed", "types"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(key, std::size_t{1}, host.refusedSettings.count(key));
        CPPUNIT_ASSERT_EQUAL(std::string("'deflate' is none of br, zstd and gzip\n"),
                             host.refusedSettings["precompressed"]);
    }
    void touchesNothingWhenConfigured() {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure({{"root", "/nonexistent"}}));
    }
    void failsToStartWithoutItsRoot() {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure({{"root", "/nonexistent"}}));
        CPPUNIT_ASSERT(plugin.start() < 0);
        CPPUNIT_ASSERT_EQUAL(std::string("root '/nonexistent' cannot be opened: No such file or directory"),
                             plugin.error());
    }
    void failsToStartWithoutItsFallback() {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             plugin.configure({{"root", folder_.path().string()}, {"fallback", "app.html"}}));
        CPPUNIT_ASSERT(plugin.start() < 0);
        CPPUNIT_ASSERT(plugin.error().find("fallback 'app.html' is no file under '") == 0);
    }
    void redirectsItsPrefix() {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure({{"root", folder_.path().string()}, {"prefix", "/app"}}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.start());
        const FakeAnswer answer = host.call("GET", "/app", {"v=1", {}, {}, {}, {}, true});
        CPPUNIT_ASSERT_EQUAL(301u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("/app/?v=1"), answer.fields.at("Location"));
        CPPUNIT_ASSERT_NO_THROW(host.route("GET", "/app/*path"));
    }

private:
    const mortise_module* module_ = nullptr;
    mortise::tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(StaticFilesPluginTest);
