// SPDX-License-Identifier: Apache-2.0
#include "user_cursor.hpp"

#include "user_version.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <initializer_list>
#include <set>
#include <string>

namespace users {

class UserCursorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UserCursorTest);
    CPPUNIT_TEST(leadsBackToItsId);
    CPPUNIT_TEST(refusesWhatWasNeverWritten);
    CPPUNIT_TEST(versionsTellRepresentationsApart);
    CPPUNIT_TEST_SUITE_END();

    static UserId id(const std::string& text) { return UserId::parse(text).value(); }

public:
    void leadsBackToItsId() {
        for (const char* text : {"0190f5a8-7c3e-7abc-8def-0123456789ab", "00000000-0000-7000-8000-000000000000",
                                 "ffffffff-ffff-7fff-bfff-ffffffffffff"}) {
            const std::string cursor = encodeCursor(id(text));
            CPPUNIT_ASSERT_EQUAL(std::size_t{24}, cursor.size());
            CPPUNIT_ASSERT_EQUAL(std::string::npos, cursor.find_first_of("+/=&?#%"));
            const auto back = decodeCursor(cursor);
            CPPUNIT_ASSERT(back && back->text() == text);
        }
    }
    void refusesWhatWasNeverWritten() {
        const std::string good = encodeCursor(id("0190f5a8-7c3e-7abc-8def-0123456789ab"));
        CPPUNIT_ASSERT(!decodeCursor(""));
        CPPUNIT_ASSERT(!decodeCursor(good.substr(1)));
        CPPUNIT_ASSERT(!decodeCursor(good + "A"));
        CPPUNIT_ASSERT(!decodeCursor(std::string(24, 'A')));
        CPPUNIT_ASSERT(!decodeCursor("0190f5a8-7c3e-7abc-8def-0123456789ab"));
        int taken = 0;
        for (std::size_t at = 0; at < good.size(); ++at)
            for (const char c : std::string("Az09-_+=/ \0\xff", 12)) {
                std::string changed = good;
                if (changed[at] == c) continue;
                changed[at] = c;
                if (decodeCursor(changed)) ++taken;
            }
        // The check is one byte: it tells most mangled ones, and what passes is still a place in the list.
        CPPUNIT_ASSERT_MESSAGE(std::to_string(taken), taken < 5);
    }
    void versionsTellRepresentationsApart() {
        std::set<std::uint64_t> seen;
        for (const char* a : {"", "a", "ab", "Ada Lovelace", "Ada Lovelacf"})
            for (const char* b : {"", "b", "a@example.com", "b@example.com"})
                for (const std::int64_t when : std::initializer_list<std::int64_t>{0, 1, 1767322984678})
                    seen.insert(userVersion("id", a, b, when));
        CPPUNIT_ASSERT_EQUAL(std::size_t{5 * 4 * 3}, seen.size());
        CPPUNIT_ASSERT(userVersion("id", "ab", "c", 1) != userVersion("id", "a", "bc", 1));
        CPPUNIT_ASSERT_EQUAL(userVersion("id", "a", "b", 1), userVersion("id", "a", "b", 1));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UserCursorTest);

} // namespace users
