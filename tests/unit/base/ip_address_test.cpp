// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::base {

class IpAddressTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IpAddressTest);
    CPPUNIT_TEST(refusesWhatIsNone);
    CPPUNIT_TEST(writesWhatItRead);
    CPPUNIT_TEST(mappedIsV4);
    CPPUNIT_TEST(refusesBadNetworks);
    CPPUNIT_TEST(networksContain);
    CPPUNIT_TEST(listsContain);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatIsNone() {
        for (const std::string_view text : {"", "1.2.3", "1.2.3.256", "1.2.3.4.5", "01.2.3.4", " 1.2.3.4", "1.2.3.4 ",
                                            "[::1]", "::1%lo", ":::", "localhost", "12345::1", "1.2.3.4:80"}) {
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !IpAddress::parse(text));
        }
        CPPUNIT_ASSERT(!IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
    }

    void writesWhatItRead() {
        for (const std::string_view text :
             {"0.0.0.0", "10.20.30.140", "255.255.255.255", "::", "::1", "2001:db8::ff:0:1"}) {
            CPPUNIT_ASSERT_EQUAL(std::string(text), IpAddress::parse(text)->text());
        }
        CPPUNIT_ASSERT_EQUAL(std::string("unix"), IpAddress().text());
        CPPUNIT_ASSERT(IpAddress::parse("127.9.9.9")->isLoopback());
        CPPUNIT_ASSERT(IpAddress::parse("::1")->isLoopback());
        CPPUNIT_ASSERT(!IpAddress::parse("128.0.0.1")->isLoopback());
    }

    void mappedIsV4() {
        const auto mapped = IpAddress::parse("::ffff:10.0.0.1");
        CPPUNIT_ASSERT(mapped == IpAddress::parse("10.0.0.1"));
        CPPUNIT_ASSERT_EQUAL(IpAddressHash()(*IpAddress::parse("10.0.0.1")), IpAddressHash()(*mapped));
    }

    void refusesBadNetworks() {
        for (const std::string_view text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8", "::/129",
                                            "::ffff:10.0.0.0/104", "/8", "10.0.0.0/-1", "10.0.0.0/+8"}) {
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !IpNetwork::parse(text));
        }
    }

    void networksContain() {
        const auto inside = [](std::string_view network, std::string_view address) {
            return IpNetwork::parse(network)->contains(*IpAddress::parse(address));
        };
        CPPUNIT_ASSERT(inside("10.0.0.0/8", "10.255.1.2"));
        CPPUNIT_ASSERT(!inside("10.0.0.0/8", "11.0.0.0"));
        CPPUNIT_ASSERT(inside("10.0.0.128/25", "10.0.0.200"));
        CPPUNIT_ASSERT(!inside("10.0.0.128/25", "10.0.0.127"));
        CPPUNIT_ASSERT(inside("0.0.0.0/0", "1.2.3.4"));
        CPPUNIT_ASSERT(!inside("0.0.0.0/0", "::1"));
        CPPUNIT_ASSERT(inside("192.168.1.1", "192.168.1.1"));
        CPPUNIT_ASSERT(!inside("192.168.1.1", "192.168.1.2"));
        CPPUNIT_ASSERT(inside("2001:db8::/33", "2001:db8:7fff::1"));
        CPPUNIT_ASSERT(!inside("2001:db8::/33", "2001:db8:8000::1"));
    }

    void listsContain() {
        IpNetworkList list;
        CPPUNIT_ASSERT(!list.contains(IpAddress()));
        CPPUNIT_ASSERT(!list.add("nonsense"));
        CPPUNIT_ASSERT(list.empty());
        CPPUNIT_ASSERT(list.add("10.0.0.0/8") && list.add("unix"));
        CPPUNIT_ASSERT(list.contains(IpAddress()));
        CPPUNIT_ASSERT(list.contains(*IpAddress::parse("10.1.1.1")));
        CPPUNIT_ASSERT(!list.contains(*IpAddress::parse("::1")));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IpAddressTest);

} // namespace mortise::base
