// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"
#include "damage.hpp"

#include <fstream>

namespace mortise::database {

// A database that is found damaged while it is open.
class DamageTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(DamageTest);
    CPPUNIT_TEST(isNotReadyUntilTheFileIsRight);
    CPPUNIT_TEST(readsTheFileOnceAgain);
    CPPUNIT_TEST(isNotRightBeforeAllOfItWasRead);
    CPPUNIT_TEST(keepsOnlyWhatIsOfTheFile);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::size_t page = 4096;

    // Opened anew, so that no page is in a cache.
    SqliteConnector& filled() {
        SqliteConnector& connector = open();
        for (int i = 0; i < 20; ++i) CPPUNIT_ASSERT(insert(connector, i));
        root_ = readInteger(connector, connector.statement(sql("SELECT rootpage FROM sqlite_master WHERE name = "
                                                               "'numbers'")));
        CPPUNIT_ASSERT(connector.close(std::chrono::seconds(10)));
        connector_.reset();
        open();
        words_ = connector_->statement(sql("SELECT count(word) FROM numbers"));
        others_ = connector_->statement(sql("SELECT count(*) FROM mortise_migrations"));
        return *connector_;
    }
    // The page of the table `numbers`.
    void write(const std::string& content) {
        std::fstream file(options_.file, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>((static_cast<std::size_t>(root_) - 1) * page));
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        CPPUNIT_ASSERT(file.flush());
    }
    std::string damage() {
        std::string whole = folder_->read("test.db").substr((static_cast<std::size_t>(root_) - 1) * page, page);
        write(std::string(page, '\xa5'));
        return whole;
    }
    void assertDamaged(Connector& connector) {
        const DatabaseError error = failure([&] { connector.check(); });
        assertKind(Kind::corrupt, error);
        assertContains("is damaged", error.what());
        assertContains("a check of the file: ", error.what());
    }

    void isNotReadyUntilTheFileIsRight() {
        const auto read = [&](Connector& connector) { readInteger(connector, words_); };
        const auto readOnLoop = [&](Connector& connector) {
            loops_.become(1);
            try {
                readInteger(connector, words_);
            } catch (const DatabaseError&) {
                loops_.endBatch();
                loops_.become(0);
                throw;
            }
        };
        const auto write_ = [&](Connector& connector) {
            transact(connector, [&](Transaction& transaction) {
                transaction.execute(connector.statement(sql("UPDATE numbers SET word = 'x' WHERE value = 3")), {},
                                    nullptr);
                return true;
            });
        };
        const std::function<void(Connector&)> uses[] = {read, readOnLoop, write_};
        for (const auto& use : uses) {
            SqliteConnector& connector = filled();
            const std::string whole = damage();
            assertKind(Kind::corrupt, failure([&] { use(connector); }));
            assertDamaged(connector);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, readInteger(connector, others_)); // which says nothing of that page
            assertDamaged(connector);
            write(whole);
            CPPUNIT_ASSERT_NO_THROW(connector.check());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, readInteger(connector, words_));
            CPPUNIT_ASSERT_NO_THROW(connector.check());
            tearDown();
            setUp();
        }
    }

    // Not what a cache still has of it.
    void readsTheFileOnceAgain() {
        SqliteConnector& connector = filled();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, readInteger(connector, words_));
        loops_.become(1);
        const std::string whole = damage();
        assertKind(Kind::corrupt, failure([&] { readInteger(connector, words_); }));
        loops_.endBatch();
        loops_.become(0);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, readInteger(connector, words_));
        assertDamaged(connector);
        write(whole);
        CPPUNIT_ASSERT_NO_THROW(connector.check());
    }

    void isNotRightBeforeAllOfItWasRead() {
        filled();
        const StatementRegistry registry(1);
        Damage damage;
        damage.note({Kind::corrupt, "damaged"});
        const DatabaseError error = failure([&] { damage.check(options_, registry, std::chrono::milliseconds(0)); });
        assertKind(Kind::corrupt, error);
        assertContains("longer than 0 ms", error.what());
        CPPUNIT_ASSERT_NO_THROW(damage.check(options_, registry, std::chrono::seconds(60)));
        CPPUNIT_ASSERT_NO_THROW(damage.check(options_, registry, std::chrono::milliseconds(0)));
    }

    void keepsOnlyWhatIsOfTheFile() {
        const StatementRegistry registry(1);
        Damage damage;
        options_.file = *folder_ / "none/test.db"; // cannot be right
        const auto check = [&] { damage.check(options_, registry, std::chrono::seconds(60)); };
        for (const Kind kind : {Kind::failed, Kind::unique, Kind::busy, Kind::full, Kind::readOnly, Kind::moved})
            damage.note({kind, "x"});
        CPPUNIT_ASSERT_NO_THROW(check());
        damage.note({Kind::io, "input or output error"});
        assertKind(Kind::io, failure(check));
        damage.note({Kind::corrupt, "damaged"});
        assertKind(Kind::corrupt, failure(check));
    }

    std::int64_t root_ = 0;
    std::uint32_t words_ = 0;
    std::uint32_t others_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DamageTest);

} // namespace mortise::database
