// SPDX-License-Identifier: Apache-2.0
#include "body_hash.hpp"
#include "http_date.hpp"
#include "path_list.hpp"
#include "preconditions.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <set>
#include <string>

namespace mortise::conditional {

namespace {

constexpr std::int64_t now = 1'800'000'000; // January 2027
constexpr const char* early = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* late = "Sun, 06 Nov 1994 08:49:38 GMT";

} // namespace

class PreconditionsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PreconditionsTest);
    CPPUNIT_TEST(refusesBadDates);
    CPPUNIT_TEST(readsDates);
    CPPUNIT_TEST(judgesIfMatch);
    CPPUNIT_TEST(judgesIfNoneMatch);
    CPPUNIT_TEST(judgesDates);
    CPPUNIT_TEST(keepsTheOrder);
    CPPUNIT_TEST(knowsPaths);
    CPPUNIT_TEST(tellsBodiesApart);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadDates() {
        for (const char* text :
             {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
              "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
              "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
              "Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
              "Sun Nov  6 08:49:37 94", "Sun,", "Sun", "Sun, 06"})
            CPPUNIT_ASSERT_MESSAGE(text, !parseHttpDate(text, now));
    }
    void readsDates() {
        for (const char* text : {early, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::int64_t{784'111'777}, parseHttpDate(text, now).value_or(0));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, parseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT", now).value_or(1));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{951'782'400},
                             parseHttpDate("Tue, 29 Feb 2000 00:00:00 GMT", now).value_or(1));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{-1}, parseHttpDate("Wed, 31 Dec 1969 23:59:59 GMT", now).value_or(1));
        // Two digits: at most 50 years ahead.
        CPPUNIT_ASSERT(*parseHttpDate("Friday, 01-Jan-77 00:00:00 GMT", now) > now);
        CPPUNIT_ASSERT(*parseHttpDate("Sunday, 01-Jan-78 00:00:00 GMT", now) < now);
    }
    void judgesIfMatch() {
        expect("failed", {{"If-Match", "\"b\""}}, "\"a\"");
        expect("failed", {{"If-Match", "W/\"a\""}}, "\"a\""); // compared strongly
        expect("failed", {{"If-Match", "\"a\""}}, "W/\"a\"");
        expect("failed", {{"If-Match", "bad"}}, "\"a\"");
        expect("proceed", {{"If-Match", "\"a\""}}, ""); // nothing to compare with
        expect("proceed", {{"if-match", "\"b\", \"a\""}}, "\"a\"");
        expect("proceed", {{"If-Match", "\"b\""}, {"If-Match", "\"a\""}}, "\"a\"");
        expect("proceed", {{"If-Match", "*"}}, "W/\"a\"");
    }
    void judgesIfNoneMatch() {
        expect("proceed", {{"If-None-Match", "\"b\""}}, "\"a\"");
        expect("proceed", {{"If-None-Match", "bad"}}, "\"a\"");
        expect("proceed", {{"If-None-Match", "\"a\""}}, "");
        expect("same", {{"IF-NONE-MATCH", "\"a\""}}, "\"a\"");
        expect("same", {{"If-None-Match", "W/\"b\", W/\"a\""}}, "\"a\""); // compared weakly
        expect("same", {{"If-None-Match", "\"a\""}}, "W/\"a\"");
        expect("same", {{"If-None-Match", "\"b\""}, {"If-None-Match", "\"a\""}}, "\"a\"");
        expect("same", {{"If-None-Match", "*"}}, "");
        // A compressed answer's tag is the plain one's in its weak form.
        Preconditions asked;
        asked.add("If-None-Match", "\"b\", W/\"a\"");
        CPPUNIT_ASSERT(asked.knowsWeaklyOnly(*EntityTag::parse("\"a\"")));
        CPPUNIT_ASSERT(!asked.knowsWeaklyOnly(*EntityTag::parse("\"b\"")));
        CPPUNIT_ASSERT(!asked.knowsWeaklyOnly(*EntityTag::parse("\"c\"")));
    }
    void judgesDates() {
        expect("proceed", {{"If-Modified-Since", early}}, "", late);
        expect("proceed", {{"If-Modified-Since", "bad"}}, "", early);
        expect("proceed", {{"If-Modified-Since", early}}, "");
        expect("same", {{"If-Modified-Since", early}}, "", early);
        expect("same", {{"If-Modified-Since", late}}, "\"a\"", early);
        expect("failed", {{"If-Unmodified-Since", early}}, "", late);
        expect("proceed", {{"If-Unmodified-Since", early}}, "", early);
        expect("proceed", {{"If-Unmodified-Since", "bad"}}, "", late);
        expect("proceed", {{"If-Unmodified-Since", early}}, "");
    }
    void keepsTheOrder() {
        expect("failed", {{"If-None-Match", "\"a\""}, {"If-Match", "\"b\""}}, "\"a\"");
        expect("same", {{"If-None-Match", "\"a\""}, {"If-Match", "\"a\""}}, "\"a\"");
        // A tag is worth more than a date.
        expect("proceed", {{"If-Unmodified-Since", early}, {"If-Match", "\"a\""}}, "\"a\"", late);
        expect("proceed", {{"If-Modified-Since", late}, {"If-None-Match", "\"b\""}}, "\"a\"", early);
        expect("proceed", {{"If-Modified-Since", late}, {"If-None-Match", "\"b\""}}, "", early);
        expect("failed", {{"If-Modified-Since", late}, {"If-Unmodified-Since", early}}, "", late);
        Preconditions none;
        none.add("If-Range", "\"a\"");
        none.add("X", "\"a\"");
        CPPUNIT_ASSERT(none.empty());
    }
    void knowsPaths() {
        for (const char* path : {"", "health", "/a*b", "/a**"})
            CPPUNIT_ASSERT_MESSAGE(path, !PathList::faultOf(path).empty());
        for (const char* path : {"/", "/health", "/live/*", "/*"})
            CPPUNIT_ASSERT_MESSAGE(path, PathList::faultOf(path).empty());
        const PathList list({"/health", "/live/*"});
        for (const char* path : {"/", "/healthy", "/health/", "/live", "/LIVE/x"})
            CPPUNIT_ASSERT_MESSAGE(path, !list.contains(path));
        for (const char* path : {"/health", "/live/", "/live/x/y"}) CPPUNIT_ASSERT_MESSAGE(path, list.contains(path));
    }
    void tellsBodiesApart() {
        std::set<std::uint64_t> seen;
        std::size_t made = 0;
        const auto add = [&](const std::string& body, std::uint64_t seed = 0) {
            seen.insert(hashBody(body, seed));
            ++made;
        };
        for (std::size_t size = 0; size < 200; ++size) {
            add(std::string(size, '\0'));
            add(std::string(size, 'x'));
            add(std::string(size, 'x'), 1);
        }
        // Every bit counts, in every place.
        const std::string base(100, 'a');
        for (std::size_t at = 0; at < base.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                std::string body = base;
                body[at] = static_cast<char>(body[at] ^ (1 << bit));
                add(body);
            }
        }
        for (int i = 0; i < 20'000; ++i) add("{\"id\":" + std::to_string(i) + "}");
        CPPUNIT_ASSERT_EQUAL(made, seen.size() + 1); // no byte is no byte, of whatever
        // Tags outlive a process, and a machine.
        CPPUNIT_ASSERT_EQUAL(hashBody("mortise", 0), hashBody(std::string("xmortise").substr(1), 0));
    }

private:
    using Fields = std::vector<std::pair<const char*, const char*>>;

    static void expect(const std::string& outcome, const Fields& fields, const std::string& tag,
                       const char* modified = nullptr) {
        Preconditions asked;
        std::string told;
        for (const auto& [name, value] : fields) {
            asked.add(name, value);
            told += std::string(name) + ": " + value + " ";
        }
        Preconditions::Validators validators;
        validators.tag = EntityTag::parse(tag);
        if (modified != nullptr) validators.modified = modified;
        static constexpr const char* names[] = {"proceed", "same", "failed"};
        CPPUNIT_ASSERT_EQUAL_MESSAGE(told, outcome, std::string(names[static_cast<int>(asked.judge(validators, now))]));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PreconditionsTest);

} // namespace mortise::conditional
