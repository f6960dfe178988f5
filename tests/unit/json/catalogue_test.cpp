// SPDX-License-Identifier: Apache-2.0
#include "json/catalogue.hpp"
#include "json/format.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

using mortise::json::catalogue;
using mortise::json::Check;
using mortise::json::formats;
using mortise::json::messageOf;

class CatalogueTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CatalogueTest);
    CPPUNIT_TEST(readmeShowsEveryCode);
    CPPUNIT_TEST(codesAreUnique);
    CPPUNIT_TEST(valuesAreFilledIn);
    CPPUNIT_TEST_SUITE_END();

    static std::string readme() {
        std::ifstream file(JSON_README);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void readmeShowsEveryCode() {
        std::string table = "| code | message |\n| --- | --- |\n";
        for (const auto& entry : catalogue())
            table += "| `" + std::string(entry.code) + "` | " + std::string(entry.message) + " |\n";
        const std::string text = readme();
        CPPUNIT_ASSERT_MESSAGE("the table of server/json/README.md should be:\n" + table, text.ends_with(table));
        for (const auto& entry : formats()) {
            const std::string row =
                "| `" + std::string(entry.keyword) + "` | " + messageOf(Check::format, entry.noun) + " |";
            CPPUNIT_ASSERT_MESSAGE(row, text.find(row) != std::string::npos);
        }
    }

    void codesAreUnique() {
        std::set<std::string_view> codes;
        for (const auto& entry : catalogue()) CPPUNIT_ASSERT(codes.insert(entry.code).second);
    }

    void valuesAreFilledIn() {
        CPPUNIT_ASSERT_EQUAL(std::string("must be at least 1 character long"), messageOf(Check::min_length, 1));
        CPPUNIT_ASSERT_EQUAL(std::string("must be at least 2 characters long"), messageOf(Check::min_length, 2));
        // A value is never taken for a placeholder.
        CPPUNIT_ASSERT_EQUAL(std::string("must match the pattern {}{s}"), messageOf(Check::pattern, "{}{s}"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CatalogueTest);
