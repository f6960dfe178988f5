// SPDX-License-Identifier: Apache-2.0
#include "database_error.hpp"
#include "database_url.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::database {

class DatabaseUrlTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabaseUrlTest);
    CPPUNIT_TEST(refusesOtherDatabases);
    CPPUNIT_TEST(refusesMemory);
    CPPUNIT_TEST(refusesBadForms);
    CPPUNIT_TEST(neverShowsPasswords);
    CPPUNIT_TEST(readsPaths);
    CPPUNIT_TEST_SUITE_END();

    static std::string path(std::string_view url) { return DatabaseUrl::parse(url).file.string(); }

    static std::string refusal(std::string_view url) {
        try {
            const std::string file = path(url);
            CPPUNIT_FAIL(std::string(url) + " was accepted as " + file);
        } catch (const DatabaseError& error) {
            return error.what();
        }
        return {};
    }

    static void contains(const std::string& part, const std::string& text) {
        CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
    }

    void refusesOtherDatabases() {
        contains("mysql is not supported by this plugin", refusal("mysql://user:secret@host:3306/name"));
        contains("mariadb is not supported", refusal("mariadb://host/name"));
        contains("not a database URL", refusal("postgresql://host/name"));
        contains("not a database URL", refusal("/var/lib/x.db"));
        contains("not a database URL", refusal(""));
        contains("not a database URL", refusal("sqlite"));
    }

    void refusesMemory() {
        contains("in memory", refusal("sqlite::memory:"));
        contains("in memory", refusal("sqlite://:memory:"));
        contains("in memory", refusal("sqlite:///:memory:"));
    }

    void refusesBadForms() {
        contains("three or four slashes", refusal("sqlite:name.db"));
        contains("three or four slashes", refusal("sqlite://name.db"));
        contains("three or four slashes", refusal("sqlite:/name.db"));
        contains("name of a file is missing", refusal("sqlite:///"));
        contains("name of a file is missing", refusal("sqlite:////"));
        contains("name of a file is missing", refusal("sqlite:///folder/"));
        contains("name of a file is missing", refusal("sqlite:///.."));
        contains("hexadecimal", refusal("sqlite:///100%.db"));
        contains("hexadecimal", refusal("sqlite:///a%2"));
        contains("hexadecimal", refusal("sqlite:///a%2x.db"));
        contains("%00", refusal("sqlite:///a%00.db"));
        contains("no options", refusal("sqlite:///a.db?mode=ro"));
        contains("no options", refusal("sqlite:///a.db#x"));
    }

    void neverShowsPasswords() {
        for (const char* url :
             {"mysql://u:hidden@h/n", "mysql://u:hid/den@h/n", "mysql://u:p@hidden@h/n", "x://hidden@h", "//u:hidden@h",
              "u:hidden@h/n", "mysql:u:hidden@h", "mysql:///u:hidden@h", "mysql://u:hid den@h", "mysql://u:hid'den@h",
              "mysql://u:hidden%40h", "@u:hidden@h"}) {
            const std::string text = refusal(url);
            CPPUNIT_ASSERT_MESSAGE(text, text.find("hid") == std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("mysql://***@h:1/n"), redactedUrl("mysql://u:p@h:1/n"));
        CPPUNIT_ASSERT_EQUAL(std::string("sqlite:///a@b.db"), redactedUrl("sqlite:///a@b.db"));
    }

    void readsPaths() {
        CPPUNIT_ASSERT_EQUAL(std::string("mortise.db"), path("sqlite:///mortise.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("data/a.db"), path("sqlite:///data/./a.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("/var/lib/a.db"), path("sqlite:////var/lib/a.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("a b?é.db"), path("sqlite:///a%20b%3F%c3%A9.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("/var/%.db"), path("sqlite:///%2Fvar/%25.db"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseUrlTest);

} // namespace mortise::database
