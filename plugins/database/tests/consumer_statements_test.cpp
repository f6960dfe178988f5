// SPDX-License-Identifier: Apache-2.0
#include "../consumer_statements.hpp"
#include "../database_error.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mortise::database {

class ConsumerStatementsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsumerStatementsTest);
    CPPUNIT_TEST(knowsWhatWasAdded);
    CPPUNIT_TEST(zeroIsNone);
    CPPUNIT_TEST(takesNobodyElses);
    CPPUNIT_TEST(namesTheOwner);
    CPPUNIT_TEST(takesNoneOfWhoIsGone);
    CPPUNIT_TEST(agreesWithTheObviousOne);
    CPPUNIT_TEST(boundsStatementsAndConsumers);
    CPPUNIT_TEST(reusesNumbersLast);
    CPPUNIT_TEST_SUITE_END();

    ConsumerStatements::Declared plain(std::uint32_t statement) { return {statement, false, {}}; }

    std::string refusal(const ConsumerStatements& statements, std::uint32_t number) {
        try {
            statements.at(number);
        } catch (const DatabaseError& error) {
            CPPUNIT_ASSERT(error.kind() == DatabaseError::Kind::invalid);
            return error.what();
        }
        CPPUNIT_FAIL("statement " + std::to_string(number) + " was taken");
        return {};
    }
    static void assertContains(const std::string& part, const std::string& text) {
        CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
    }

    const std::shared_ptr<Consumers> consumers_ = std::make_shared<Consumers>();

    void knowsWhatWasAdded() {
        ConsumerStatements mine(consumers_, "mine", 16);
        const std::uint32_t first = mine.add(plain(0));
        const std::uint32_t second = mine.add(plain(7));
        CPPUNIT_ASSERT(first != 0 && second != 0 && first != second);
        CPPUNIT_ASSERT_EQUAL(first, mine.add(plain(0)));
        CPPUNIT_ASSERT_EQUAL(second, mine.add(plain(7)));
        CPPUNIT_ASSERT(mine.add({7, true, {}}) != second); // the same text, to lock
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{0}, mine.at(first).declared().statement);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{7}, mine.at(second).declared().statement);
    }

    void zeroIsNone() {
        ConsumerStatements mine(consumers_, "mine", 16);
        assertContains("plugin 'mine' uses statement 0, which is none", refusal(mine, 0));
        mine.add(plain(0));
        assertContains("which is none", refusal(mine, 0));
    }

    void takesNobodyElses() {
        ConsumerStatements mine(consumers_, "mine", 16);
        ConsumerStatements other(consumers_, "other", 16);
        const std::uint32_t number = mine.add(plain(3));
        const std::uint32_t same = other.add(plain(3)); // the same text
        CPPUNIT_ASSERT(number != same);
        refusal(mine, same);
        refusal(other, number);
        for (const std::uint32_t near : {number - 1, number + 1, number + 65536, number ^ 0x80000000U, 1U, 0xffffU,
                                         0x7fffffffU, 0x80000000U, 0xffffffffU})
            refusal(mine, near);
    }

    void namesTheOwner() {
        ConsumerStatements mine(consumers_, "mine", 16);
        ConsumerStatements other(consumers_, "other", 16);
        ConsumerStatements again(consumers_, "mine", 16);
        mine.add(plain(1));
        const std::string text = refusal(mine, other.add(plain(1)));
        assertContains("plugin 'mine' uses statement ", text);
        assertContains("belongs to plugin 'other'", text);
        assertContains("belongs to another instance of this plugin", refusal(mine, again.add(plain(1))));
        assertContains("which was never registered", refusal(mine, mine.add(plain(1)) + 1));
    }

    void takesNoneOfWhoIsGone() {
        std::uint32_t old = 0;
        {
            ConsumerStatements before(consumers_, "mine", 16);
            old = before.add(plain(1));
        }
        ConsumerStatements mine(consumers_, "mine", 16);
        CPPUNIT_ASSERT(mine.add(plain(1)) != old);
        assertContains("or by an instance that is gone", refusal(mine, old));
    }

    void agreesWithTheObviousOne() {
        std::vector<std::unique_ptr<ConsumerStatements>> all;
        std::vector<std::set<std::uint32_t>> given;
        for (int i = 0; i < 6; ++i) {
            all.push_back(std::make_unique<ConsumerStatements>(consumers_, std::to_string(i), 16));
            given.emplace_back();
            for (std::uint32_t statement = 0; statement < static_cast<std::uint32_t>(3 * i); ++statement)
                given.back().insert(all.back()->add(plain(statement)));
        }
        for (std::size_t i = 0; i < all.size(); ++i)
            for (std::uint32_t consumer = 0; consumer < 10; ++consumer)
                for (std::uint32_t place = 0; place < 20; ++place) {
                    const std::uint32_t number = (consumer << 16) + place;
                    if (given[i].count(number) != 0)
                        CPPUNIT_ASSERT_EQUAL(place, all[i]->at(number).declared().statement);
                    else
                        refusal(*all[i], number);
                }
    }

    void boundsStatementsAndConsumers() {
        ConsumerStatements full(consumers_, "full", 65536);
        std::uint32_t last = 0;
        for (std::uint32_t i = 0; i < 65536; ++i) last = full.add(plain(i));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{65535}, full.at(last).declared().statement);
        CPPUNIT_ASSERT_EQUAL(last, full.add(plain(65535)));
        CPPUNIT_ASSERT_THROW(full.add(plain(65536)), DatabaseError);
        refusal(full, last + 1);
        refusal(full, last - 65536);
        Consumers many;
        for (int i = 0; i < 65535; ++i) CPPUNIT_ASSERT(many.begin("x") != 0);
        CPPUNIT_ASSERT_THROW(many.begin("x"), DatabaseError);
        many.end(77);
        CPPUNIT_ASSERT_EQUAL(std::uint16_t{77}, many.begin("y"));
        CPPUNIT_ASSERT_EQUAL(std::string("y"), many.name(77).value());
    }

    void reusesNumbersLast() {
        Consumers few;
        const std::uint16_t stays = few.begin("stays");
        const std::uint16_t gone = few.begin("gone");
        few.end(gone);
        CPPUNIT_ASSERT(!few.name(gone));
        for (int i = 0; i < 65533; ++i) {
            const std::uint16_t next = few.begin("next");
            CPPUNIT_ASSERT(next != stays && next != gone && next != 0);
            few.end(next);
        }
        CPPUNIT_ASSERT(few.begin("next") != stays);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConsumerStatementsTest);

} // namespace mortise::database
