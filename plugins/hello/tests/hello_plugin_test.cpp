// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

#include <stdexcept>

using namespace mortise::test;

class HelloPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HelloPluginTest);
    CPPUNIT_TEST(refusesAnEmptySetting);
    CPPUNIT_TEST(refusesBadNames);
    CPPUNIT_TEST(greetsWhomTheRequestNames);
    CPPUNIT_TEST(greetsWhomTheSettingsName);
    CPPUNIT_TEST(escapesTheName);
    CPPUNIT_TEST(runsOnTheLoop);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        file_ = dlopen(HELLO_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file_ == nullptr ? dlerror() : "", file_ != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file_, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
    }

    void refusesAnEmptySetting() {
        FakeHost host;
        FakeInstance hello(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hello.configure({{"name", ""}}));
        CPPUNIT_ASSERT_EQUAL(std::string("it is empty, and somebody has to be greeted\n"),
                             host.refusedSettings["name"]);
    }
    void refusesBadNames() {
        FakeHost host;
        FakeInstance hello(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, hello.configure());
        CPPUNIT_ASSERT_THROW(host.call("GET", "/hello", {"name=", {}, {}, {}, {}, true}), std::runtime_error);
        const std::string most(100, 'x');
        CPPUNIT_ASSERT_THROW(host.call("GET", "/hello", {"name=x" + most, {}, {}, {}, {}, true}), std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(200u, host.call("GET", "/hello", {"name=" + most, {}, {}, {}, {}, true}).status);
    }
    void greetsWhomTheRequestNames() {
        FakeHost host;
        FakeInstance hello(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, hello.configure());
        const FakeAnswer answer = host.call("GET", "/hello", {"name=Ada+L%C3%B6we", {}, {}, {}, {}, true});
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, answer.returned);
        CPPUNIT_ASSERT_EQUAL(200u, answer.status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLY_JSON, answer.flags);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"hello":"Ada Löwe"})"), answer.body);
    }
    void greetsWhomTheSettingsName() {
        FakeHost host;
        FakeInstance hello(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, hello.configure());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"hello":"world"})"), host.call("GET", "/hello").body);

        FakeHost otherHost;
        FakeInstance other(otherHost, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, other.configure({{"name", "Grace"}}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"hello":"Grace"})"), otherHost.call("GET", "/hello").body);
    }
    void escapesTheName() {
        FakeHost host;
        FakeInstance hello(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, hello.configure());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"hello":"a\"b\\c\nd\u0001"})"),
                             host.call("GET", "/hello", {"name=a%22b%5Cc%0Ad%01", {}, {}, {}, {}, true}).body);
    }
    void runsOnTheLoop() {
        FakeHost host;
        FakeInstance hello(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, hello.configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_LOOP, host.route("GET", "/hello").placement);
    }

private:
    void* file_ = nullptr;
    const mortise_module* module_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HelloPluginTest);
