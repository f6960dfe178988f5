// SPDX-License-Identifier: Apache-2.0
#include "host/configuration_order.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace mortise::host {

namespace {

ConfigurationOrder sample() {
    ConfigurationOrder order;
    order.plugins = {{"users", "/usr/lib/users.so", "/var/cache/1.so", false}, {"x,1:", "", "/b", true}};
    order.sections = {{"server", {{"listen", "127.0.0.1:0, [::1]:0", false}, {"mode", "", true}}},
                      {"plugin.users", {{"secret", std::string("a\n\0:5,\xff", 7), false}}},
                      {"plugin.x", {}}};
    order.elsewhere = {{{"org.example/1", {"other", "another"}}, {"org.example.point/1", {"third"}}},
                       {{"mortise.plugin.router/1", {"fourth"}}, {"mortise.plugin.migrator/1", {"other"}}},
                       {"cors", "request-log"}};
    order.folder = "/etc/mortise";
    order.partial = true;
    return order;
}

} // namespace

class ConfigurationOrderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConfigurationOrderTest);
    CPPUNIT_TEST(isReadBackWhatever);
    CPPUNIT_TEST(anythingElseIsRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void isReadBackWhatever() {
        for (const ConfigurationOrder& order : {ConfigurationOrder{}, sample()}) {
            const auto read = decodeOrder(encodeOrder(order));
            CPPUNIT_ASSERT(read.has_value());
            CPPUNIT_ASSERT(*read == order);
        }
    }

    void anythingElseIsRefused() {
        const std::string whole = encodeOrder(sample());
        for (std::size_t size = 0; size < whole.size(); ++size)
            CPPUNIT_ASSERT_MESSAGE(std::to_string(size), !decodeOrder(std::string_view(whole).substr(0, size)));
        CPPUNIT_ASSERT(!decodeOrder(whole + "0:,"));
        for (const std::string_view text :
             {"", "1:1", "1:1;", "-1:,", ":,", "99999999999999999999:x,", "18446744073709551615:x,", "1:1,1:1,",
              "1:0,3:abc,1:0,1:0,", "1:0,9:999999999,1:0,1:0,"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !decodeOrder(text));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConfigurationOrderTest);

} // namespace mortise::host
