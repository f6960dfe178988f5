// SPDX-License-Identifier: Apache-2.0
#include "http/constant_fields.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::http {

class ConstantFieldsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConstantFieldsTest);
    CPPUNIT_TEST(finds);
    CPPUNIT_TEST(meets);
    CPPUNIT_TEST_SUITE_END();

    const ConstantFields fields_{"X-One: 1\r\nVary: \r\nX-Two: a:b\r\n"};

public:
    void finds() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, fields_.lines().size());
        CPPUNIT_ASSERT(fields_.lines()[1].name == "Vary" && fields_.lines()[1].text == "Vary: \r\n");
        CPPUNIT_ASSERT(fields_.has("x-one") && fields_.has("X-TWO") && !fields_.has("X-Six") && !fields_.has("X"));
        CPPUNIT_ASSERT(fields_.find("x-two") == "a:b");
        CPPUNIT_ASSERT(fields_.find("vary").data() != nullptr && fields_.find("vary").empty());
        CPPUNIT_ASSERT(fields_.find("X-Six").data() == nullptr && fields_.find("").data() == nullptr);
    }

    void meets() {
        CPPUNIT_ASSERT(fields_.meets("Allow: GET\r\nx-two: \r\n"));
        CPPUNIT_ASSERT(!fields_.meets("X-Six: X-One\r\nX-Seven: 7\r\n") && !fields_.meets(""));
        CPPUNIT_ASSERT(fields_.meets(ConstantFields("A: 1\r\nVARY: x\r\n")));
        CPPUNIT_ASSERT(!fields_.meets(ConstantFields("X-Six: 1\r\n")) && !fields_.meets(ConstantFields("")));
        // Lengths that are the same modulo 64 are no match by themselves.
        const std::string name(64 + 4, 'y');
        CPPUNIT_ASSERT(!fields_.has(name) && !fields_.meets(name + ": 1\r\n"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConstantFieldsTest);

} // namespace mortise::http
