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
    CPPUNIT_TEST(loopbackIsOneWord);
    CPPUNIT_TEST(clientsAreNetworks);
    CPPUNIT_TEST(leadingBits);
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

    void loopbackIsOneWord() {
        IpNetworkList list;
        CPPUNIT_ASSERT(list.add("loopback"));
        for (const char* local : {"127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"})
            CPPUNIT_ASSERT_MESSAGE(local, list.contains(*IpAddress::parse(local)));
        CPPUNIT_ASSERT(list.contains(IpAddress()));
        for (const char* other : {"128.0.0.1", "::", "::2", "10.0.0.1"})
            CPPUNIT_ASSERT_MESSAGE(other, !list.contains(*IpAddress::parse(other)));
    }

    void clientsAreNetworks() {
        const auto network = [](const char* text, unsigned prefix) {
            return clientNetwork(*IpAddress::parse(text), prefix).text();
        };
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8:1:200::"), network("2001:db8:1:2ff:a:b:c:d", 56));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8:1:2f0::"), network("2001:db8:1:2ff:a:b:c:d", 60));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8:1:2ff::"), network("2001:db8:1:2ff:a:b:c:d", 64));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::"), network("2001:db8:ffff::1", 32));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8:8000::"), network("2001:db8:ffff::1", 33));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::1"), network("2001:db8::1", 128));
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::"), network("2001:db8::1", 127));
        CPPUNIT_ASSERT_EQUAL(std::string("::"), network("ffff::1", 0));
        CPPUNIT_ASSERT_EQUAL(std::string("203.0.113.7"), network("203.0.113.7", 32));
        CPPUNIT_ASSERT_EQUAL(std::string("203.0.113.7"), network("::ffff:203.0.113.7", 56));
        CPPUNIT_ASSERT(clientNetwork(IpAddress(), 56) == IpAddress());
    }

    void leadingBits() {
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0xcb007107}, IpAddress::parse("203.0.113.7")->leadingBits());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0xcb007107}, IpAddress::parse("::ffff:203.0.113.7")->leadingBits());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x20010db800010200}, IpAddress::parse("2001:db8:1:200::9")->leadingBits());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, IpAddress().leadingBits());
        CPPUNIT_ASSERT(IpAddress::parse("::")->isUnspecified() && !IpAddress::parse("::1")->isUnspecified());
        CPPUNIT_ASSERT(!IpAddress().isUnspecified() && !IpAddress::parse("0.0.0.0")->isUnspecified());
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
