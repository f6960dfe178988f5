// SPDX-License-Identifier: Apache-2.0
#include "json/format.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

using mortise::json::Format;
using mortise::json::matches;

class FormatTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FormatTest);
    CPPUNIT_TEST(emails);
    CPPUNIT_TEST(dateTimes);
    CPPUNIT_TEST(dates);
    CPPUNIT_TEST(uuids);
    CPPUNIT_TEST(uris);
    CPPUNIT_TEST(hosts);
    CPPUNIT_TEST_SUITE_END();

    static void check(Format format, const std::vector<std::string>& refused,
                      const std::vector<std::string>& accepted) {
        for (const std::string& text : refused) CPPUNIT_ASSERT_MESSAGE(text, !matches(format, text));
        for (const std::string& text : accepted) CPPUNIT_ASSERT_MESSAGE(text, matches(format, text));
    }

    void emails() {
        const std::string label(63, 'a');
        const std::string longDomain = label + "." + label + "." + label; // 191 bytes
        check(Format::email,
              {"",
               "a",
               "@",
               "a@",
               "@b.co",
               "a@b",
               "a@b.",
               "a@.co",
               "a@b..co",
               "a.@b.co",
               ".a@b.co",
               "a..b@c.co",
               "a b@c.co",
               " a@b.co",
               "a@b.co ",
               "a@b@c.co",
               "a@-b.co",
               "a@b-.co",
               "a@b_c.co",
               "a@127.0.0.1",
               "a@[127.0.0.1]",
               "\"a\"@b.co",
               "a,b@c.co",
               "a<b@c.co",
               "a@b.co\n",
               "\xc3\xa9@b.co",
               "a@\xc3\xa9.co",
               std::string("a\0@b.co", 7),
               "(a)@b.co",
               "a@b.co.",
               std::string(65, 'a') + "@b.co",
               "a@" + label + "a.co",
               std::string(63, 'a') + "@" + longDomain},
              {"a@b.co", "a@b.c", "A.B+tag@Example.COM", "a!#$%&'*+-/=?^_`{|}~z@b.co", "a@b-c.d1", "1@2.xn--p1ai",
               std::string(64, 'a') + "@b.co", "a@" + label + ".co", std::string(62, 'a') + "@" + longDomain});
    }

    void hosts() {
        const std::string label(63, 'a');
        check(Format::hostname,
              {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", label + "a", "\xc3\xa9.co",
               label + "." + label + "." + label + "." + label},
              {"a", "A-1.example", "1.2", label + "." + label, "xn--p1ai"});
        check(Format::ipv4,
              {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "::1", "::ffff:1.2.3.4", "0x1.2.3.4"},
              {"0.0.0.0", "255.255.255.255", "127.0.0.1"});
        check(Format::ipv6, {"", ":", "1::2::3", "[::1]", "::1%eth0", "12345::", "1.2.3.4", "::1/64"},
              {"::", "::1", "2001:db8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8"});
    }

    void dateTimes() {
        check(Format::date_time,
              {"",
               "2026-01-02",
               "2026-01-02T03:04:05",
               "2026-01-02 03:04:05Z",
               "2026-02-29T00:00:00Z",
               "1900-02-29T00:00:00Z",
               "2026-13-01T00:00:00Z",
               "2026-00-01T00:00:00Z",
               "2026-04-31T00:00:00Z",
               "2026-01-02T24:00:00Z",
               "2026-01-02T00:60:00Z",
               "2026-01-02T00:00:61Z",
               "2026-01-02T00:00:60Z",
               "2026-01-02T03:04:05.Z",
               "2026-01-02T03:04:05,1Z",
               "2026-01-02T03:04:05+0100",
               "2026-01-02T03:04:05+01",
               "2026-01-02T03:04:05+24:00",
               "2026-01-02T03:04:05+01:60",
               "2026-01-02T03:04:05Zx",
               "26-01-02T03:04:05Z",
               "2026-1-2T3:4:5Z",
               "2026-01-02T03:04:05.123",
               "+2026-01-02T03:04:05Z",
               "1998-12-31T23:59:60+01:00"},
              {"2026-01-02T03:04:05Z", "2026-01-02t03:04:05.678z", "2024-02-29T23:59:59.999999999+23:59",
               "2000-02-29T00:00:00-00:00", "0000-01-01T00:00:00Z", "1998-12-31T23:59:60Z",
               "1998-12-31T15:59:60.123-08:00", "1999-01-01T00:59:60+01:00"});
    }

    void dates() {
        check(Format::date, {"", "2026-02-29", "2026-1-02", "2026-01-02T", "2026/01/02", "2026-01-32", "x026-01-02"},
              {"2026-01-31", "2024-02-29"});
    }

    void uuids() {
        check(Format::uuid,
              {"", "0190b5a4-7c1e-7d3a-9f00-00000000000", "0190b5a4-7c1e-7d3a-9f00-0000000000000",
               "0190b5a47c1e7d3a9f00000000000000", "{0190b5a4-7c1e-7d3a-9f00-000000000000}",
               "0190b5a4-7c1e-7d3a-9f00-00000000000g", "0190b5a4-7c1e-7d3a-9f0-0000000000000"},
              {"0190b5a4-7c1e-7d3a-9f00-0123456789ab", "0190B5A4-7C1E-7D3A-9F00-0123456789AB",
               "00000000-0000-0000-0000-000000000000"});
    }

    void uris() {
        check(Format::uri,
              {"", "a", "/path", "//host/x", ":x", "1a:b", "http://a b", "http://a/%", "http://a/%g0", "http://a/#b#c",
               "http://a/\xc3\xa9", "http://a:x/", "http://[::1/", "http://a/[b]", "http://[@a/", "a_b:c"},
              {"http://a", "https://user:p@host.example:8080/p/a?q=1&r=%20#frag", "http://[::1]:80/", "urn:isbn:123",
               "mailto:a@b.co", "file:///etc/x", "a+b-c.d:", "http://a?x/y?z"});
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FormatTest);
