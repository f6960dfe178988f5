// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"
#include "migration_list.hpp"
#include "migration_plan.hpp"
#include "sql_script.hpp"

namespace mortise::database {

// What may run on what a database has had.
class MigrationPlanTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MigrationPlanTest);
    CPPUNIT_TEST(readsNumbers);
    CPPUNIT_TEST(wantsNumbersInOrder);
    CPPUNIT_TEST(choosesByDialect);
    CPPUNIT_TEST(refusesOddLists);
    CPPUNIT_TEST(saysAllFaultsAtOnce);
    CPPUNIT_TEST(runsWhatHasNotRun);
    CPPUNIT_TEST(refusesChangedOnes);
    CPPUNIT_TEST(takesOtherWaysBack);
    CPPUNIT_TEST(refusesRenamedOnes);
    CPPUNIT_TEST(refusesGaps);
    CPPUNIT_TEST(runsWithLaterCompatibleOnes);
    CPPUNIT_TEST(refusesLaterIncompatibleOnes);
    CPPUNIT_TEST(rebuildsOnlyWhatRan);
    CPPUNIT_TEST(goesOnWithARunningOne);
    CPPUNIT_TEST(undoesFromTheLastOne);
    CPPUNIT_TEST(splitsScripts);
    CPPUNIT_TEST_SUITE_END();

    static std::vector<MigrationFault> faultsOf(const std::vector<Migration>& list) {
        try {
            static_cast<void>(migrationsOf(list, "sqlite"));
        } catch (const MigrationsRefused& refused) {
            return refused.faults();
        }
        return {};
    }
    static std::string faultOf(const std::vector<Migration>& list) {
        const auto faults = faultsOf(list);
        return faults.empty() ? "" : faults.front().message;
    }

    void readsNumbers() {
        CPPUNIT_ASSERT_EQUAL(1u, migrationNumber("0001-create-users"));
        CPPUNIT_ASSERT_EQUAL(12u, migrationNumber("12-x"));
        for (const char* odd :
             {"", "-", "-x", "1", "1-", "x-1", "1x-y", "+1-x", "0-x", "000-x", "1234567890-x", " 1-x"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(odd, 0u, migrationNumber(odd));
    }

    void wantsNumbersInOrder() {
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             faultOf({{"a", "1-x", ""}, {"b", "1-x", ""}, {"a", "2-y", ""}, {"b", "2-y", ""}}));
        assertContains("number 1 is due, not 2", faultOf({{"a", "2-x", ""}}));
        assertContains("number 2 is due, not 3", faultOf({{"a", "1-x", ""}, {"a", "3-y", ""}}));
        assertContains("has the number of the one before it", faultOf({{"a", "1-x", ""}, {"a", "1-y", ""}}));
        assertContains("must begin with a number", faultOf({{"a", "create", ""}}));
    }

    void choosesByDialect() {
        const std::vector<Migration> list{{"a", "1-x", "all", "", "down", "drops"},
                                          {"a", "1-x", "lite", "sqlite"},
                                          {"a", "1-x", "maria", "mariadb"},
                                          {"a", "2-y", "maria", "mariadb"},
                                          {"a", "3-z", "every"}};
        const auto lite = migrationsOf(list, "sqlite");
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, lite.size());
        CPPUNIT_ASSERT_EQUAL(std::string("lite"), std::string(lite[0].sql));
        CPPUNIT_ASSERT_EQUAL(std::string(), std::string(lite[0].down));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, lite[0].index);
        CPPUNIT_ASSERT_EQUAL(std::string(), std::string(lite[1].sql));
        CPPUNIT_ASSERT_EQUAL(std::string("every"), std::string(lite[2].sql));
        // Wherever it stands among them.
        const std::vector<Migration> before{{"a", "1-x", "lite", "sqlite"}, {"a", "1-x", "all"}};
        CPPUNIT_ASSERT_EQUAL(std::string("lite"), std::string(migrationsOf(before, "sqlite")[0].sql));
        CPPUNIT_ASSERT_EQUAL(std::string("all"), std::string(migrationsOf(before, "mariadb")[0].sql));
        const auto maria = migrationsOf(list, "mariadb");
        CPPUNIT_ASSERT_EQUAL(std::string("maria"), std::string(maria[0].sql));
        CPPUNIT_ASSERT_EQUAL(std::string("maria"), std::string(maria[1].sql));
    }

    void refusesOddLists() {
        assertContains("unknown dialect 'oracle'", faultOf({{"a", "1-x", "", "oracle"}}));
        assertContains("listed twice", faultOf({{"a", "1-x", "", "sqlite"}, {"a", "1-x", "", "sqlite"}}));
        assertContains("some dialects only", faultOf({{"a", "1-x", "", "sqlite"}, {"a", "1-x", "", "", "", "", true}}));
        assertContains("NUL character", faultOf({{"a", "1-x", std::string_view("SELECT 1;\0DROP", 14)}}));
        assertContains("NUL character", faultOf({{"a", "1-x", "", "", std::string_view("SELECT 1;\0DROP", 14)}}));
        const std::string longName = "1-" + std::string(254, 'x');
        assertContains("at most 255", faultOf({{"a", longName, ""}}));
        assertContains("at most 255", faultOf({{longName, "1-x", ""}}));
        const std::string longest = "1-" + std::string(253, 'x');
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf({{longest, longest, ""}}));
    }

    void saysAllFaultsAtOnce() {
        const auto faults = faultsOf({{"a", "x", ""}, {"b", "1-x", ""}, {"b", "3-x", ""}, {"", "1-x", ""}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, faults[0].index);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, faults[1].index);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, faults[2].index);
    }

    // Three of "a", the last one incompatible, and one of "b".
    std::vector<Migration> three_{{"a", "1-x", "one", "", "un-one", "rows"},
                                  {"a", "2-y", "two", "", "un-two"},
                                  {"a", "3-z", "three", "", "", "", true},
                                  {"b", "1-x", "four"}};
    std::vector<DialectMigration> list_ = migrationsOf(three_, "sqlite");

    MigrationRecord record(std::size_t index) const {
        const DialectMigration& one = list_[index];
        return {std::string(one.owner), std::string(one.name), one.checksum, "then", "sqlite", false, 1, 1,
                !one.incompatible};
    }
    static MigrationRecord later(const std::string& name, bool compatible = true) {
        return {"a", name, "sum", "then", "sqlite", false, 1, 1, compatible};
    }
    std::string pending(const std::vector<MigrationRecord>& records) const {
        std::string names;
        for (const auto& step : planMigrations(list_, records, "db").pending)
            names += std::string(names.empty() ? "" : " ") + std::string(step.migration->owner) +
                     std::string(step.migration->name.substr(0, 1)) + (step.rebuild ? "!" : "");
        return names;
    }
    std::vector<MigrationFault> refusal(const std::vector<MigrationRecord>& records) const {
        try {
            static_cast<void>(planMigrations(list_, records, "db"));
        } catch (const MigrationsRefused& refused) {
            return refused.faults();
        }
        return {};
    }

    void runsWhatHasNotRun() {
        CPPUNIT_ASSERT_EQUAL(std::string("a1 a2 a3 b1"), pending({}));
        CPPUNIT_ASSERT_EQUAL(std::string("a2 a3! b1"), pending({record(0)}));
        CPPUNIT_ASSERT_EQUAL(std::string(), pending({record(0), record(1), record(2), record(3)}));
        MigrationRecord other = later("7-q");
        other.owner = "c";
        CPPUNIT_ASSERT_EQUAL(std::string("a1 a2 a3 b1"), pending({other}));
    }

    void refusesChangedOnes() {
        MigrationRecord changed = record(1);
        changed.checksum = "other";
        const auto faults = refusal({record(0), changed});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults[0].index);
        assertContains("migration '2-y' of 'a' was changed after it ran", faults[0].message);
        // Also half-way: the statements that ran were others.
        changed.running = true;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, refusal({record(0), changed}).size());
    }

    // What undoes it may be mended after it ran.
    void takesOtherWaysBack() {
        three_[0].down = "other";
        three_[0].drops = "nothing";
        const std::vector<MigrationRecord> ran{record(0)};
        list_ = migrationsOf(three_, "sqlite");
        CPPUNIT_ASSERT(refusal(ran).empty());
    }

    void refusesRenamedOnes() {
        const auto faults = refusal({record(0), later("2-other")});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults[0].index);
        assertContains("ran as '2-other'", faults[0].message);
    }

    void refusesGaps() {
        const auto faults = refusal({record(0), record(2)});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults[0].index);
        assertContains("migration '2-y' of 'a' has not run on database 'db', but '3-z' after it has",
                       faults[0].message);
    }

    void runsWithLaterCompatibleOnes() {
        const std::vector<MigrationRecord> records{record(0), record(1), record(2), later("4-q"), later("5-r")};
        const MigrationPlan plan = planMigrations(list_, records, "db");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, plan.later.size());
        CPPUNIT_ASSERT_EQUAL(std::string("4-q"), plan.later[0]->name);
        CPPUNIT_ASSERT_EQUAL(std::string("b1"), pending(records));
    }

    void refusesLaterIncompatibleOnes() {
        const auto faults = refusal({record(0), record(1), record(2), later("4-q", false)});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, faults[0].index); // the last that it knows
        assertContains(
            "has had migration '4-q' of 'a', which this version of the plugin neither knows nor can run with",
            faults[0].message);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, refusal({record(0), record(1), record(2), later("odd")}).size());
        MigrationRecord running = later("4-q");
        running.running = true;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, refusal({record(0), record(1), record(2), running}).size());
    }

    void rebuildsOnlyWhatRan() {
        CPPUNIT_ASSERT_EQUAL(std::string("a3! b1"), pending({record(0), record(1)}));
        CPPUNIT_ASSERT_EQUAL(std::string("a1 a2 a3"), pending({record(3)}));
    }

    void goesOnWithARunningOne() {
        MigrationRecord running = record(2);
        running.running = true;
        running.statement = 2;
        running.statements = 5;
        const std::vector<MigrationRecord> records{record(0), record(1), running, record(3)};
        const MigrationPlan plan = planMigrations(list_, records, "db");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, plan.pending.size());
        CPPUNIT_ASSERT_EQUAL(2u, plan.pending[0].ran);
    }

    void undoesFromTheLastOne() {
        const std::vector<MigrationRecord> two{record(0), record(1)};
        const auto down = planUndo(list_, two, "a", 1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, down.size());
        CPPUNIT_ASSERT_EQUAL(std::string("2-y"), std::string(down[0]->name));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, planUndo(list_, two, "a", 2).size());
        const auto refused = [&](const std::vector<MigrationRecord>& records, std::uint32_t number) {
            return std::string(failure([&] { static_cast<void>(planUndo(list_, records, "a", number)); }).what());
        };
        assertContains("no migration 3 of 'a' has run", refused(two, 3));
        assertContains("no migration 1 of 'a' has run", refused({}, 1));
        assertContains("no migration 1 of 'a' has run", refused({record(1)}, 1));
        assertContains("'3-z' of 'a' has nothing that undoes it", refused({record(0), record(1), record(2)}, 2));
        assertContains("'4-q' of 'a' is not known to this version", refused({record(0), record(1), later("4-q")}, 1));
        MigrationRecord running = record(1);
        running.running = true;
        assertContains("'2-y' of 'a' has not ended", refused({record(0), running}, 2));
        // What does nothing here has nothing to undo.
        const std::vector<Migration> foreign{{"a", "1-x", "elsewhere", "mariadb"}};
        const std::vector<DialectMigration> nothing = migrationsOf(foreign, "sqlite");
        const std::vector<MigrationRecord> ran{{"a", "1-x", nothing[0].checksum, "then", "sqlite", false, 0, 0, true}};
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, planUndo(nothing, ran, "a", 1).size());
    }

    void splitsScripts() {
        const auto joined = [](std::string_view sql) {
            std::string all;
            for (const std::string& one : statementsOf(sql)) all += '<' + one + '>';
            return all;
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), joined(" ;; -- nothing; at all\n /* ; */ ;"));
        CPPUNIT_ASSERT_EQUAL(std::string("<SELECT 1><SELECT 2>"), joined("SELECT 1;\n SELECT 2 ;"));
        CPPUNIT_ASSERT_EQUAL(std::string("<SELECT ';' || \"a;b\" /* ; */><X>"),
                             joined("SELECT ';' || \"a;b\" /* ; */; X"));
        CPPUNIT_ASSERT_EQUAL(std::string("<CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END><Y>"),
                             joined("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END; Y"));
        CPPUNIT_ASSERT_EQUAL(std::string("<SELECT 'open;>"), joined("SELECT 'open;"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MigrationPlanTest);

} // namespace mortise::database
