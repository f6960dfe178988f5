// SPDX-License-Identifier: Apache-2.0
#include "client.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

using namespace mortise::rate_limit;

class ClientTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ClientTest);
    CPPUNIT_TEST(whatIsNoAddressIsOneClient);
    CPPUNIT_TEST(ipv4AddressesAreApart);
    CPPUNIT_TEST(ipv6GoesByPrefix);
    CPPUNIT_TEST(mappedAddressesAreIpv4);
    CPPUNIT_TEST(localSocketsAreOneClient);
    CPPUNIT_TEST(familiesAreApart);
    CPPUNIT_TEST(prefixesAreCut);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatIsNoAddressIsOneClient() {
        for (const std::string text : {"", "::", "unknown", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", ".1.2.3",
                                       "1..2.3", "1.2.3.4 ", "1.2.3.0004", "fe80:::1", "1:2", ":", "::g"})
            CPPUNIT_ASSERT_MESSAGE(text, clientOf(text, 56).family == Client::Family::unknown);
        const std::string longest(100, ':');
        CPPUNIT_ASSERT(clientOf(longest, 56).family == Client::Family::unknown);
        CPPUNIT_ASSERT(clientOf("::", 56) == clientOf("junk", 56));
    }
    void ipv4AddressesAreApart() {
        const Client client = clientOf("203.0.113.7", 56);
        CPPUNIT_ASSERT(client.family == Client::Family::ipv4);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0xcb007107}, client.address);
        CPPUNIT_ASSERT(client == clientOf("203.0.113.7", 64));
        CPPUNIT_ASSERT(client != clientOf("203.0.113.8", 56));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0xffffffff}, clientOf("255.255.255.255", 56).address);
    }
    void ipv6GoesByPrefix() {
        const Client client = clientOf("2001:db8:1:2ff:a:b:c:d", 56);
        CPPUNIT_ASSERT(client.family == Client::Family::ipv6);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x20010db800010200}, client.address);
        CPPUNIT_ASSERT(client == clientOf("2001:db8:1:200::1", 56));
        CPPUNIT_ASSERT(client != clientOf("2001:db8:1:300::1", 56));
        CPPUNIT_ASSERT(clientOf("2001:db8:1:200::1", 64) != clientOf("2001:db8:1:201::1", 64));
        CPPUNIT_ASSERT(clientOf("2001:db8:1:200::1", 64) == clientOf("2001:db8:1:200::2", 64));
        CPPUNIT_ASSERT(clientOf("2001:db8:1::", 32) == clientOf("2001:db8:ffff::", 32));
        CPPUNIT_ASSERT(clientOf("fe80::1%eth0", 56) == clientOf("fe80::2", 56));
    }
    void mappedAddressesAreIpv4() {
        CPPUNIT_ASSERT(clientOf("::ffff:203.0.113.7", 56) == clientOf("203.0.113.7", 56));
        CPPUNIT_ASSERT(clientOf("::ffff:cb00:7107", 56) == clientOf("203.0.113.7", 56));
    }
    void localSocketsAreOneClient() { CPPUNIT_ASSERT(clientOf("unix", 56).family == Client::Family::local); }
    void familiesAreApart() {
        CPPUNIT_ASSERT(clientOf("unix", 56) != clientOf("0.0.0.0", 56));
        CPPUNIT_ASSERT(clientOf("::", 56) != clientOf("::1", 56));
        CPPUNIT_ASSERT(clientOf("::1", 56) != clientOf("0.0.0.0", 56));
    }
    void prefixesAreCut() {
        const Client ipv6 = clientOf("2001:db8:1:2ff::", 64);
        CPPUNIT_ASSERT(shortened(ipv6, 56) == clientOf("2001:db8:1:2ff::", 56));
        const Client ipv4 = clientOf("203.0.113.7", 56);
        CPPUNIT_ASSERT(shortened(ipv4, 32) == ipv4);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientTest);
