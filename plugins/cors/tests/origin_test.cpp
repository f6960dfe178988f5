// SPDX-License-Identifier: Apache-2.0
#include "origin.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::cors {

class OriginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OriginTest);
    CPPUNIT_TEST(takesWhatBrowsersSend);
    CPPUNIT_TEST(saysWhatIsWrong);
    CPPUNIT_TEST_SUITE_END();

    static void refuses(std::string_view text, std::string_view part) {
        const std::string fault = originFault(text);
        CPPUNIT_ASSERT_MESSAGE(std::string(text) + ": " + fault, fault.find(part) != std::string::npos);
    }

public:
    void takesWhatBrowsersSend() {
        for (const std::string_view text :
             {"http://localhost:3000", "https://example.com", "https://xn--bcher-kva.example", "http://[::1]:8080",
              "http://127.0.0.1", "chrome-extension://abcdef", "null", "*"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(text), std::string(), originFault(text));
    }
    void saysWhatIsWrong() {
        refuses("example.com", "is no origin");
        refuses("", "is no origin");
        refuses("://x", "is no origin");
        refuses("https://", "is no origin");
        refuses("https://a b", "is no origin");
        refuses("https://a\r\nx: y", "is no origin");
        refuses("https://example.com/", "has a path");
        refuses("https://Example.com", "lower case");
        refuses("https://example.com:443", "without the port");
        refuses("http://example.com:80", "without the port");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OriginTest);

} // namespace mortise::cors
