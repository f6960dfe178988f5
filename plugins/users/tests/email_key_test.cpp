// SPDX-License-Identifier: Apache-2.0
#include "../email_key.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace {

class EmailKeyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EmailKeyTest);
    CPPUNIT_TEST(lowersAsciiOnly);
    CPPUNIT_TEST_SUITE_END();

    void lowersAsciiOnly() {
        CPPUNIT_ASSERT_EQUAL(std::string("ada.l+x@example.com"), users::emailKey("Ada.L+X@EXAMPLE.com"));
        CPPUNIT_ASSERT_EQUAL(std::string("\xc3\x84z@x.org"), users::emailKey("\xc3\x84Z@x.org"));
        CPPUNIT_ASSERT_EQUAL(std::string("[@`{"), users::emailKey("[@`{"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EmailKeyTest);

} // namespace
