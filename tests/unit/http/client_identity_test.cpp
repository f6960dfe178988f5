// SPDX-License-Identifier: Apache-2.0
#include "http/client_identity.hpp"

#include "http/limits.hpp"
#include "http/request_head.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace std::string_literals;

namespace mortise::http {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Case {
    std::string peer = "127.0.0.1";
    ForwardedHeader header = ForwardedHeader::either;
    std::vector<std::string> trusted{"127.0.0.0/8", "10.0.0.0/8"};
};

constexpr std::uint8_t bitOf(std::string_view name) {
    return name == "X-Forwarded-For"     ? forwarding::x_forwarded_for
           : name == "Forwarded"         ? forwarding::forwarded
           : name == "X-Forwarded-Proto" ? forwarding::x_forwarded_proto
           : name == "X-Real-IP"         ? forwarding::x_real_ip
                                         : forwarding::trace;
}

ClientIdentity found(const Fields& fields, const Case& given = {}) {
    Settings settings;
    settings.forwarded_header = given.header;
    for (const std::string& network : given.trusted) CPPUNIT_ASSERT(settings.trusted_proxies.add(network));
    std::string message = "GET ";
    RequestHead head;
    const auto append = [&](const std::string& text) {
        const Span span{static_cast<std::uint32_t>(message.size()), static_cast<std::uint32_t>(text.size())};
        message += text;
        return span;
    };
    for (const auto& [name, value] : fields) {
        const Span at = append(name);
        head.fields.push_back({at, append(value)});
        head.forwarding |= bitOf(name);
    }
    const base::IpAddress peer = given.peer == "unix" ? base::IpAddress() : *base::IpAddress::parse(given.peer);
    return findClient(peer, head, message.data(), settings);
}

std::string text(const ClientIdentity& client) {
    static constexpr const char* faults[] = {"",
                                             " untrusted",
                                             " untrustedLocal",
                                             " disagreement",
                                             " otherHeader",
                                             " unusableXForwardedFor",
                                             " unusableForwarded",
                                             " noHeader",
                                             " untrustedRealIp"};
    return client.address.text() + (client.secure ? " https" : "") + (client.known ? "" : " unknown") +
           faults[static_cast<int>(client.fault)];
}

std::string textOf(const Fields& fields, const Case& given = {}) {
    return text(found(fields, given));
}

} // namespace

class ClientIdentityTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ClientIdentityTest);
    CPPUNIT_TEST(withoutProxies);
    CPPUNIT_TEST(untrustedPeersSayNothing);
    CPPUNIT_TEST(xForwardedForFromTheRight);
    CPPUNIT_TEST(forwardedFromTheRight);
    CPPUNIT_TEST(whoIsHiddenIsNobody);
    CPPUNIT_TEST(nobodyInBothIsNoDisagreement);
    CPPUNIT_TEST(theOtherFieldIsNotBelieved);
    CPPUNIT_TEST(disagreementIsNobody);
    CPPUNIT_TEST(tracesOfAProxy);
    CPPUNIT_TEST(protocol);
    CPPUNIT_TEST(mappedAddressesAreIpv4);
    CPPUNIT_TEST(clientsCannotChooseWhoTheyAre);
    CPPUNIT_TEST(itemsOfXForwardedFor);
    CPPUNIT_TEST_SUITE_END();

public:
    void withoutProxies() {
        CPPUNIT_ASSERT_EQUAL("127.0.0.1"s, textOf({}));
        CPPUNIT_ASSERT_EQUAL("unix"s, textOf({}, {"unix"}));
        CPPUNIT_ASSERT_EQUAL("203.0.113.7"s, textOf({}, {"203.0.113.7"}));
    }
    void untrustedPeersSayNothing() {
        for (const std::string field : {"X-Forwarded-For", "Forwarded"}) {
            const Fields fields{{field, field == "Forwarded" ? "for=1.2.3.4;proto=https" : "1.2.3.4"},
                                {"X-Forwarded-Proto", "https"}};
            CPPUNIT_ASSERT_EQUAL("203.0.113.7 unknown untrusted"s, textOf(fields, {"203.0.113.7"}));
            for (const std::string local : {"127.0.0.1", "127.9.9.9", "::1", "unix"})
                CPPUNIT_ASSERT_EQUAL(local + " unknown untrustedLocal",
                                     textOf(fields, {local, ForwardedHeader::either, {"10.0.0.0/8"}}));
        }
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s,
                             textOf({{"Forwarded", "for=1.2.3.4"}}, {"unix", ForwardedHeader::either, {"loopback"}}));
    }
    void xForwardedForFromTheRight() {
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"X-Forwarded-For", "6.6.6.6, 1.2.3.4,10.0.0.9 "}}));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s,
                             textOf({{"X-Forwarded-For", "6.6.6.6, 1.2.3.4"}, {"X-Forwarded-For", "10.1.1.1"}}));
        CPPUNIT_ASSERT_EQUAL("10.1.1.1"s, textOf({{"X-Forwarded-For", "10.1.1.1, 10.2.2.2"}}));
        CPPUNIT_ASSERT_EQUAL("2001:db8::1"s, textOf({{"X-Forwarded-For", "[2001:db8::1]:99"}}));
    }
    void forwardedFromTheRight() {
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s,
                             textOf({{"Forwarded", "for=6.6.6.6, For=\"1.2.3.4:99\" ; by=x,for=10.0.0.9"}}));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s,
                             textOf({{"Forwarded", "for=6.6.6.6, for=1.2.3.4"}, {"Forwarded", "for=10.1.1.1"}}));
        CPPUNIT_ASSERT_EQUAL("10.1.1.1"s, textOf({{"Forwarded", "for=10.1.1.1"}, {"Forwarded", "for=10.2.2.2"}}));
        CPPUNIT_ASSERT_EQUAL("2001:db8:cafe::17"s, textOf({{"Forwarded", "for=\"[2001:db8:cafe::17]:4711\""}}));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"Forwarded", "for=\"1.2.\\3.4\";ext=\"a, for=9.9.9.9\""}}));
        // What is malformed hides nothing to the right of it, and ends the walk.
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"Forwarded", "for=\"evil, for=1.2.3.4"}}));
        CPPUNIT_ASSERT_EQUAL(":: unknown unusableForwarded"s,
                             textOf({{"Forwarded", "for=5.5.5.5, for=\"evil, for=10.0.0.9"}}));
        CPPUNIT_ASSERT_EQUAL(":: unknown unusableForwarded"s,
                             textOf({{"Forwarded", "for=5.5.5.5"}, {"Forwarded", "junk"}}));
    }
    void whoIsHiddenIsNobody() {
        for (const std::string value : {"unknown", "_hidden", "", "junk", "1.2.3.4,", "1.2.3.4, unknown",
                                        "1.2.3.4, 10.0.0.1x", "[::1]x", "localhost", "fe80::1%lo"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(value, ":: unknown unusableXForwardedFor"s,
                                         textOf({{"X-Forwarded-For", value}}));
        for (const std::string value :
             {"for=unknown", "for=_hidden", "", "by=1.2.3.4", "proto=http", ";", "for=1.2.3.4, for=unknown",
              "for=1.2.3.4, host=x", "for=1.2.3.4;for=1.2.3.5", "for=\"\"", "for=::1", "1.2.3.4", "for=\"2001:db8::1\"",
              "for=\"[2001:db8::zz]\"", "for=999.1.1.1"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(value, ":: unknown unusableForwarded"s, textOf({{"Forwarded", value}}));
    }
    void nobodyInBothIsNoDisagreement() {
        CPPUNIT_ASSERT_EQUAL(":: unknown unusableXForwardedFor"s,
                             textOf({{"X-Forwarded-For", "unknown"}, {"Forwarded", "for=_x"}}));
        CPPUNIT_ASSERT_EQUAL(":: unknown disagreement"s,
                             textOf({{"X-Forwarded-For", "unknown"}, {"Forwarded", "for=1.2.3.4"}}));
    }
    void theOtherFieldIsNotBelieved() {
        const Fields both{{"X-Forwarded-For", "1.1.1.1"}, {"Forwarded", "for=2.2.2.2"}};
        Case given;
        given.header = ForwardedHeader::xForwardedFor;
        CPPUNIT_ASSERT_EQUAL("1.1.1.1"s, textOf(both, given));
        CPPUNIT_ASSERT_EQUAL("127.0.0.1 unknown otherHeader"s, textOf({{"Forwarded", "for=2.2.2.2"}}, given));
        given.header = ForwardedHeader::forwarded;
        CPPUNIT_ASSERT_EQUAL("2.2.2.2"s, textOf(both, given));
        CPPUNIT_ASSERT_EQUAL("127.0.0.1 unknown otherHeader"s, textOf({{"X-Forwarded-For", "1.1.1.1"}}, given));
        CPPUNIT_ASSERT_EQUAL("127.0.0.1"s, textOf({}, given));
    }
    void disagreementIsNobody() {
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"X-Forwarded-For", "1.2.3.4"}, {"Forwarded", "for=\"1.2.3.4:5\""}}));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s,
                             textOf({{"X-Forwarded-For", "1.2.3.4, 10.0.0.1"}, {"Forwarded", "for=1.2.3.4"}}));
        for (const std::string value : {"for=127.0.0.1", "for=1.2.3.5", "for=unknown", "junk", "for=10.0.0.1"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                value, ":: unknown disagreement"s,
                textOf({{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-Proto", "https"}, {"Forwarded", value}}));
    }
    void tracesOfAProxy() {
        for (const std::string name : {"Via", "X-Real-IP", "X-Forwarded-Host"}) {
            const std::string fault = name == "X-Real-IP" ? " untrustedRealIp" : "";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, "127.0.0.1 unknown noHeader"s, textOf({{name, "x"}}));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, "203.0.113.7 unknown" + fault, textOf({{name, "x"}}, {"203.0.113.7"}));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, "203.0.113.7 unknown untrusted"s,
                                         textOf({{name, "x"}, {"Forwarded", "x"}}, {"203.0.113.7"}));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, "1.2.3.4"s, textOf({{name, "x"}, {"X-Forwarded-For", "1.2.3.4"}}));
        }
        CPPUNIT_ASSERT_EQUAL("127.0.0.1 https unknown noHeader"s, textOf({{"X-Forwarded-Proto", "https"}}));
    }
    void protocol() {
        const auto proto = [](const Fields& more, ForwardedHeader header = ForwardedHeader::either) {
            Fields fields{{"X-Forwarded-For", "1.2.3.4"}, {"Forwarded", "for=1.2.3.4"}};
            fields.insert(fields.end(), more.begin(), more.end());
            Case given;
            given.header = header;
            return found(fields, given).secure;
        };
        CPPUNIT_ASSERT(!proto({}));
        CPPUNIT_ASSERT(proto({{"X-Forwarded-Proto", "https"}}));
        CPPUNIT_ASSERT(proto({{"X-Forwarded-Proto", "http,\tHTTPS"}}));
        CPPUNIT_ASSERT(!proto({{"X-Forwarded-Proto", "https, http"}}));
        CPPUNIT_ASSERT(!proto({{"X-Forwarded-Proto", "https"}}, ForwardedHeader::forwarded));
        for (const std::string value : {"https", "\"HTTPS\"", "\"http\\s\""})
            CPPUNIT_ASSERT_MESSAGE(value, found({{"Forwarded", "for=1.2.3.4;proto=" + value}}).secure);
        for (const std::string value : {"http", "\"https \"", "httpss", "\"a-long-protocol\\x\""})
            CPPUNIT_ASSERT_MESSAGE(value, !found({{"Forwarded", "for=1.2.3.4;proto=" + value}}).secure);
        // That of the client's own hop.
        CPPUNIT_ASSERT(found({{"Forwarded", "for=1.2.3.4;proto=https, for=10.0.0.1;proto=http"}}).secure);
        CPPUNIT_ASSERT(!found({{"Forwarded", "for=1.2.3.4;proto=http, for=10.0.0.1;proto=https"}}).secure);
        CPPUNIT_ASSERT(!found({{"Forwarded", "for=1.2.3.4, for=10.0.0.1;proto=https"}}).secure);
        // One that a proxy did not set must not help.
        CPPUNIT_ASSERT(!found({{"X-Forwarded-For", "1.2.3.4"},
                               {"X-Forwarded-Proto", "http"},
                               {"Forwarded", "for=1.2.3.4;proto=https"}})
                            .secure);
    }
    void mappedAddressesAreIpv4() {
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"X-Forwarded-For", "::ffff:1.2.3.4"}}, {"::ffff:127.0.0.1"}));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"X-Forwarded-For", "1.2.3.4, [::ffff:10.0.0.1]:9"}}));
        CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf({{"Forwarded", "for=\"[::ffff:1.2.3.4]\", for=\"[::ffff:a00:1]\""}}));
    }
    // Whatever a client sends through a proxy that appends to one field, it is never taken for somebody it chose.
    void clientsCannotChooseWhoTheyAre() {
        const std::string pieces[] = {"for=9.9.9.9", "9.9.9.9", "127.0.0.1", "for=\"[::1]\"", "\"", "\\",
                                      ",",           ";",       " ",         "unknown"};
        std::mt19937 random(11);
        const auto junk = [&] {
            std::string value;
            for (unsigned i = random() % 8; i > 0; --i) value += pieces[random() % std::size(pieces)];
            return value;
        };
        for (int i = 0; i < 50'000; ++i) {
            const bool forwarded = (random() & 1) != 0;
            Fields fields;
            for (unsigned j = random() % 3; j > 0; --j)
                fields.emplace_back((random() & 1) != 0 ? "Forwarded" : "X-Forwarded-For", junk());
            const std::string mine = forwarded ? "for=1.2.3.4" : "1.2.3.4";
            fields.emplace_back(forwarded ? "Forwarded" : "X-Forwarded-For",
                                (random() & 1) != 0 ? junk() + ", " + mine : mine);
            Case given;
            given.header = forwarded ? ForwardedHeader::forwarded : ForwardedHeader::xForwardedFor;
            CPPUNIT_ASSERT_EQUAL("1.2.3.4"s, textOf(fields, given));
            given.header = ForwardedHeader::either;
            const std::string who = found(fields, given).address.text();
            CPPUNIT_ASSERT_MESSAGE(who, who == "1.2.3.4" || who == "::");
        }
    }
    void itemsOfXForwardedFor() {
        for (const auto& [item, address] :
             std::vector<std::pair<std::string, std::string>>{{"203.0.113.7", "203.0.113.7"},
                                                              {" 203.0.113.7\t", "203.0.113.7"},
                                                              {"203.0.113.7:4711", "203.0.113.7"},
                                                              {"2001:db8::1", "2001:db8::1"},
                                                              {"[2001:db8::1]", "2001:db8::1"},
                                                              {"[2001:db8::1]:4711", "2001:db8::1"},
                                                              {"::ffff:1.2.3.4", "1.2.3.4"}}) {
            const auto found = forwardedAddress(item);
            CPPUNIT_ASSERT_MESSAGE(item, found.has_value());
            CPPUNIT_ASSERT_EQUAL(address, found->text());
        }
        for (const std::string item :
             {"", " ", ":", "[", "[]", "[]:1", "1.2.3.4:", "1.2.3.4:x", "[::1]:x", "[::1", "a", "1.2.3", "_x"})
            CPPUNIT_ASSERT_MESSAGE(item, !forwardedAddress(item));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientIdentityTest);

} // namespace mortise::http
