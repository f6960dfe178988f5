// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/service/router.h>

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

using namespace mortise::test;

class RoutingPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RoutingPluginTest);
    CPPUNIT_TEST(conflictIsAStatusWithBothPatterns);
    CPPUNIT_TEST(badPatternIsInvalid);
    CPPUNIT_TEST(matchesThroughTheTable);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        void* const file = dlopen(ROUTING_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        const mortise_module* const module = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module != nullptr);
        const mortise_plugin* made = nullptr;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, module->create(host_.raw(), &made, nullptr));
        plugin_ = *made;
        router_ = static_cast<const mortise_plugin_router*>(
            plugin_.table->get_extension(plugin_.self, viewOf(MORTISE_ROUTER_EXTENSION)));
        CPPUNIT_ASSERT(router_ != nullptr);
    }
    void tearDown() override { plugin_.table->destroy(plugin_.self); }

    void conflictIsAStatusWithBothPatterns() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT, build({"/a/:x", "/a/:y"}));
        CPPUNIT_ASSERT(sentence_.find("\"/a/:x\" and \"/a/:y\"") != std::string::npos);
    }
    void badPatternIsInvalid() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, build({"no-slash"}));
        CPPUNIT_ASSERT(sentence_.find("no-slash") != std::string::npos);
    }
    void matchesThroughTheTable() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({"/users/:id/posts/*rest", "/users/me"}));
        mortise_router_match match{};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, router_->match(matcher_, 0, viewOf("/users/42/posts/a/b"), &match));
        CPPUNIT_ASSERT_EQUAL(0u, match.route);
        CPPUNIT_ASSERT_EQUAL(2u, match.parameter_count);
        CPPUNIT_ASSERT_EQUAL(7u, match.parameters[0].offset);
        CPPUNIT_ASSERT_EQUAL(2u, match.parameters[0].length);
        CPPUNIT_ASSERT_EQUAL(16u, match.parameters[1].offset);
        CPPUNIT_ASSERT_EQUAL(3u, match.parameters[1].length);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, router_->match(matcher_, 0, viewOf("/users/me"), &match));
        CPPUNIT_ASSERT_EQUAL(0u, match.parameter_count);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, router_->match(matcher_, 1, viewOf("/users/me"), &match));
        router_->free(plugin_.self, matcher_);
    }

private:
    mortise_status build(const std::vector<std::string>& patterns) {
        std::vector<mortise_router_route> routes;
        for (const std::string& pattern : patterns) {
            routes.push_back({viewOf(pattern), 0, static_cast<std::uint32_t>(routes.size())});
        }
        char text[200];
        mortise_error error{text, sizeof text, 0};
        const mortise_status status =
            router_->build(plugin_.self, routes.data(), static_cast<std::uint32_t>(routes.size()),
                           sizeof(mortise_router_route), &matcher_, &error);
        sentence_.assign(text, error.length);
        return status;
    }

    FakeHost host_;
    mortise_plugin plugin_{};
    const mortise_plugin_router* router_ = nullptr;
    void* matcher_ = nullptr;
    std::string sentence_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RoutingPluginTest);
