// SPDX-License-Identifier: Apache-2.0
// The texts of typed queries, and what their declaration says.
#include <mortise/plugin.hpp>
#include <mortise/sql.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <set>

namespace sql_text {

struct Team {
    std::int64_t number = 0;
    std::string name;
};
MORTISE_DESCRIBE(Team, field(number), field(name))
MORTISE_TABLE(teams, Team, column(number).key(), column(name).unique())

struct Player {
    std::string id;
    std::int64_t teamNumber = 0;
    std::optional<std::string> nickName;
    std::string email;
    bool active = true;
    mortise::DateTime joinedAt;
};
MORTISE_DESCRIBE(Player, field(id), field(teamNumber), field(nickName), field(email), field(active), field(joinedAt))
MORTISE_TABLE_NAMED(players, "club_players", Player, column(id).key(), column(teamNumber).references(teams.number),
                    column(nickName).unique("nick_in_team"), column(email).named("mail").unique(),
                    column(active).unique("nick_in_team").index("active"), column(joinedAt))

struct Match {
    std::int64_t home = 0;
    std::int64_t guest = 0;
};
MORTISE_TABLE(matches, Match, column(home).key(), column(guest).key())
MORTISE_TABLE(emblems, Match, column(home).key())
MORTISE_TABLE(unused, Match, column(home).key())
[[maybe_unused]] std::int64_t countJoined(const mortise::Database& db) {
    return db.select(matches).join(emblems, matches.home == emblems.home).count() + db.select(players).count();
}

struct Sponsor {
    std::string id, name, note;
    mortise::DateTime since;
};
MORTISE_DESCRIBE(Sponsor, field(id), field(name), field(note), field(since))
MORTISE_TABLE(sponsors, Sponsor, column(id).key().generated().uuid(), column(name).unique(), column(note),
              column(since).createdAt())
[[maybe_unused]] void changes(const mortise::Database& db, const Sponsor& one, const std::vector<std::string>& ids) {
    db.insert(sponsors, one, skipDuplicates(sponsors.name));
    db.insert<Sponsor>(sponsors, one, skipDuplicates(sponsors.name));
    db.upsert(sponsors, one, on(sponsors.name));
    db.update<Sponsor>(sponsors).where(sponsors.id == "a" && sponsors.name == "b").set(sponsors.note = "");
    db.update<Sponsor>(sponsors).where(sponsors.name == "b").set(sponsors.note = "");
    db.update(sponsors).where(sponsors.id.in(ids)).set(sponsors.note = "");
    db.remove<Sponsor>(sponsors).where(sponsors.name == "b");
    db.remove<Sponsor>(sponsors).where(sponsors.id.in(ids));
    db.select(sponsors).where(sponsors.since.in(std::vector<mortise::DateTime>())).all();
    db.select(sponsors).orderBy(desc(sponsors.since), desc(sponsors.id)).after(mortise::DateTime{1}, "a").all();
}

// On the wire a member may have another name.
struct Contact {
    std::string email;
};
MORTISE_DESCRIBE(Contact, field(email).named("e-mail"))

template<class Column>
constexpr const mortise::detail::ColumnRules& rules(const Column&) {
    return mortise::detail::rulesOf<Column>;
}
static_assert(rules(players.id).isKey && !rules(players.email).isKey);
static_assert(rules(players.teamNumber).foreignTable == "teams");
static_assert(rules(players.teamNumber).foreignColumn.member == "number");
static_assert(rules(players.active).isIndexed && rules(players.active).indexName == "active");
static_assert(mortise::detail::areUnique<std::decay_t<decltype(players.id)>>());
static_assert(mortise::detail::areUnique<std::decay_t<decltype(players.email)>>());
static_assert(!mortise::detail::areUnique<std::decay_t<decltype(players.joinedAt)>>());
using NickName = std::decay_t<decltype(players.nickName)>;
using Active = std::decay_t<decltype(players.active)>;
static_assert(mortise::detail::areUnique<NickName, Active>() && mortise::detail::areUnique<Active, NickName>());
static_assert(!mortise::detail::areUnique<NickName>()); // half of a constraint

constexpr std::string_view columns =
    "SELECT `id`, `team_number`, `nick_name`, `mail`, `active`, `joined_at` FROM `club_players`";

class SqlTextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SqlTextTest);
    CPPUNIT_TEST(namesColumns);
    CPPUNIT_TEST(combinesConditions);
    CPPUNIT_TEST(leavesOutAbsentConditions);
    CPPUNIT_TEST(cutsPages);
    CPPUNIT_TEST(qualifiesNamesOfJoinedTables);
    CPPUNIT_TEST(differsByDialect);
    CPPUNIT_TEST(writesChangesForMariaDb);
    CPPUNIT_TEST(declaresConstraints);
    CPPUNIT_TEST(makesNewKeys);
    CPPUNIT_TEST(saysThatTheServiceIsAbsent);
    CPPUNIT_TEST_SUITE_END();

public:
    void namesColumns() {
        check("", db.select(players));
        check(" WHERE `mail` = ?", db.select(players).where(players.email == "a"));
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `mail` FROM `club_players`"), db.select<Contact>(players).sql());
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `nick_name` FROM `club_players`"), db.select(players.nickName).sql());
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT COUNT(*) FROM `teams`"), db.select(count(teams)).sql());
    }

    void combinesConditions() {
        const std::string a = "a";
        check(" WHERE `active` = 1", db.select(players).where(players.active));
        check(" WHERE `active` = 0 AND `nick_name` IS NULL",
              db.select(players).where(!players.active && players.nickName == nullptr));
        check(" WHERE `active` = 1 AND (`mail` = ? OR `mail` <> ?)",
              db.select(players).where(players.active && (players.email == a || players.email != "b")));
        check(" WHERE (`active` = 1 AND `mail` = ? OR `mail` = ?)",
              db.select(players).where((players.active && players.email == a) || players.email == a));
        check(" WHERE (`mail` = ? OR `mail` = ?) AND `team_number` < ?",
              db.select(players).where(players.email == a || players.email == "b").where(players.teamNumber < 3));
        check(" WHERE NOT (`mail` >= ?) AND `team_number` = ?",
              db.select(players).where(!(players.email >= a)).where(players.teamNumber == 3u));
        check(" WHERE `nick_name` = `mail`", db.select(players).where(players.nickName == players.email));
        check(" WHERE `team_number` > `team_number` - ?",
              db.select(players).where(players.teamNumber > players.teamNumber - 1));
        check(" WHERE `mail` LIKE ? ESCAPE '!'", db.select(players).where(players.email.contains(a)));
    }

    void leavesOutAbsentConditions() {
        const std::optional<std::string> none, some = "x";
        const auto query = [&](const auto& first, const auto& second, const auto& third) {
            return db.select(players).where(
                (players.email == mortise::maybe(first) || players.nickName == mortise::maybe(second)) &&
                !(players.id == mortise::maybe(third)));
        };
        check("", query(none, none, none));
        check(" WHERE `mail` = ?", query(some, none, none));
        check(" WHERE `nick_name` = ?", query(none, some, none));
        check(" WHERE NOT (`id` = ?)", query(none, none, some));
        check(" WHERE `nick_name` = ? AND NOT (`id` = ?)", query(none, some, some));
        check(" WHERE (`mail` = ? OR `nick_name` = ?) AND NOT (`id` = ?)", query(some, some, some));
    }

    void cutsPages() {
        check(" ORDER BY `joined_at` DESC, `id` LIMIT ? OFFSET ?",
              db.select(players).orderBy(desc(players.joinedAt), players.id).limit(3).offset(6));
        check(" LIMIT -1 OFFSET ?", db.select(players).offset(6));
        check(" WHERE `id` > ? ORDER BY `id` LIMIT ?", db.select(players).orderBy(players.id).after("a").limit(3));
        check(" WHERE `active` = 1 AND `id` < ? ORDER BY `id` DESC",
              db.select(players).where(players.active).orderBy(desc(players.id)).after("a"));
        const std::optional<std::string> none, some = "x";
        const std::optional<mortise::DateTime> when = mortise::DateTime{1};
        const auto newest = db.select(players).orderBy(desc(players.joinedAt), desc(players.id));
        check(" ORDER BY `joined_at` DESC, `id` DESC", newest.after(mortise::maybe(when), mortise::maybe(none)));
        check(" WHERE (`joined_at`, `id`) < (?, ?) ORDER BY `joined_at` DESC, `id` DESC",
              newest.after(mortise::maybe(when), mortise::maybe(some)));
        check(" WHERE (`joined_at`, `id`) < (?, ?) ORDER BY `joined_at` DESC, `id` DESC",
              newest.after(mortise::DateTime{1}, "x"));
        check(" ORDER BY `id`", db.select(players).orderBy(players.id).after(mortise::maybe(none)));
    }

    void qualifiesNamesOfJoinedTables() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "SELECT `club_players`.`mail` FROM `club_players` JOIN `teams` ON `club_players`.`team_number` = "
                "`teams`.`number` WHERE `teams`.`name` = ? ORDER BY `club_players`.`joined_at`"),
            db.select(players.email)
                .join(teams, players.teamNumber == teams.number)
                .where(teams.name == "a")
                .orderBy(players.joinedAt)
                .sql());
    }

    void differsByDialect() {
        const auto mariadb = mortise::SqlDialect::mariadb;
        const std::vector<std::int64_t> numbers{1, 2};
        CPPUNIT_ASSERT_EQUAL(
            std::string("SELECT `name` FROM `teams` WHERE `number` IN (SELECT value FROM json_each(?))"),
            db.select(teams.name).where(teams.number.in(numbers)).sql());
        CPPUNIT_ASSERT_EQUAL(
            std::string("SELECT `name` FROM `teams` WHERE `number` IN (SELECT value FROM JSON_TABLE(?, '$[*]' "
                        "COLUMNS (value BIGINT PATH '$')) AS elements)"),
            db.select(teams.name).where(teams.number.in(numbers)).sql(mariadb));
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `name` FROM `teams` LIMIT 18446744073709551615 OFFSET ?"),
                             db.select(teams.name).offset(2).sql(mariadb));
    }

    // Every statement of changes() as MariaDB gets it.
    void writesChangesForMariaDb() {
        std::set<std::string> texts;
        mortise::detail::forFileStatements(MORTISE_SQL_DIALECT_MARIADB, [&](const mortise_sql_statement& one) {
            if (mortise::text(one.name).substr(0, 8) == "sponsors" && one.parameter_count < 20)
                texts.emplace(mortise::text(one.sql));
        });
        const std::string ids = "`id` IN (SELECT UNHEX(REPLACE(value, '-', '')) FROM JSON_TABLE(?, '$[*]' COLUMNS "
                                "(value CHAR(36) PATH '$')) AS elements)";
        const std::string all = "`id`, `name`, `note`, `since`";
        const std::string into = "INSERT INTO `sponsors` (" + all + ") VALUES (?, ?, ?, ?)";
        const std::set<std::string> wanted{
            "DELETE FROM `sponsors` WHERE `name` = ? RETURNING " + all,
            "DELETE `sponsors` FROM `sponsors` WHERE " + ids,
            into + " ON DUPLICATE KEY UPDATE `id` = `id` RETURNING `id`",
            into + " ON DUPLICATE KEY UPDATE `id` = `id` RETURNING " + all + ", `id`",
            into + " ON DUPLICATE KEY UPDATE `note` = VALUES(`note`)",
            "SELECT " + all + " FROM `sponsors` WHERE " + ids,
            "SELECT " + all +
                " FROM `sponsors` WHERE (`since` < ? OR `since` = ? AND `id` < ?) ORDER BY `since` "
                "DESC, `id` DESC",
            "SELECT " + all + " FROM `sponsors` WHERE `id` = ?",
            "SELECT " + all +
                " FROM `sponsors` WHERE `since` IN (SELECT TIMESTAMPADD(MICROSECOND, value * 1000, "
                "TIMESTAMP'1970-01-01 "
                "00:00:00') FROM JSON_TABLE(?, '$[*]' COLUMNS (value BIGINT PATH '$')) AS elements)",
            "SELECT `id` FROM `sponsors` WHERE " + ids,
            "SELECT `id` FROM `sponsors` WHERE `name` = ?",
            "UPDATE `sponsors` SET `note` = ? WHERE `id` = ? AND `name` = ?",
            "UPDATE `sponsors`, (SELECT 1) AS several SET `note` = ? WHERE " + ids,
        };
        auto next = texts.begin();
        for (const std::string& one : wanted) {
            CPPUNIT_ASSERT_MESSAGE(one, next != texts.end());
            CPPUNIT_ASSERT_EQUAL(one, *next++);
        }
        CPPUNIT_ASSERT_MESSAGE(next == texts.end() ? std::string() : *next, next == texts.end());
    }

    // Of tables that queries are about, of joined ones too, whether or not they ever run.
    void declaresConstraints() {
        CPPUNIT_ASSERT_EQUAL(
            std::string("1 (id); 4 (team_number) teams (number); 2 nick_in_team (nick_name, active); 2 "
                        "(mail); 3 active (active); 6 as 1 (team_number, active); 6 as 3 (id, nick_name, mail); "
                        "6 as 6 (joined_at); "),
            constraintsOf("club_players"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 (number); 2 (name); 6 as 1 (number); 6 as 3 (name); "),
                             constraintsOf("teams"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 (home, guest); 6 as 1 (home, guest); "), constraintsOf("matches"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 (home); 6 as 1 (home); "), constraintsOf("emblems"));
        // Once, however many statements skip or change the rows of that key.
        CPPUNIT_ASSERT_EQUAL(
            std::string("5 (name); 1 (id); 2 (name); 6 as 3 (name, note); 6 as 6 (since); 6 as 7 (id); "),
            constraintsOf("sponsors"));
        CPPUNIT_ASSERT_EQUAL(std::string(), constraintsOf("unused"));
    }

    void makesNewKeys() {
        char first[36];
        char second[36];
        mortise::detail::writeUuid(first, mortise::DateTime{0x0123456789ab});
        mortise::detail::writeUuid(second, mortise::DateTime{0x0123456789ab});
        const std::string_view text(first, sizeof first);
        CPPUNIT_ASSERT_EQUAL(std::string("01234567-89ab-7"), std::string(text.substr(0, 15)));
        CPPUNIT_ASSERT(text.substr(15) != std::string_view(second, sizeof second).substr(15));
        CPPUNIT_ASSERT_EQUAL(std::string_view::npos, text.find_first_not_of("0123456789abcdef-"));
    }

    void saysThatTheServiceIsAbsent() {
        CPPUNIT_ASSERT_THROW(db.select(teams).all(), mortise::Absent);
        CPPUNIT_ASSERT_THROW(db.insert(teams, Team{1, "a"}), mortise::Absent);
    }

private:
    // Kind, name, columns, and what they refer to.
    static std::string constraintsOf(std::string_view table) {
        mortise::detail::Runtime runtime;
        mortise::detail::StatementDeclarations declared(runtime);
        mortise::detail::FileStatements::declareConstraints(declared);
        std::string found;
        const auto list = [&](const mortise_view* names, std::uint32_t count) {
            for (std::uint32_t i = 0; i < count; ++i)
                found.append(i == 0 ? " (" : ", ").append(mortise::text(names[i]));
            found.append(")");
        };
        for (const mortise_sql_constraint& one : declared.constraints) {
            if (mortise::text(one.table) != table) continue;
            found.append(std::to_string(one.kind));
            if (one.value_kind != 0) found.append(" as ").append(std::to_string(one.value_kind));
            if (one.name.size != 0) found.append(" ").append(mortise::text(one.name));
            list(one.columns, one.column_count);
            if (one.foreign_columns != nullptr) {
                found.append(" ").append(mortise::text(one.foreign_table));
                list(one.foreign_columns, one.column_count);
            }
            found.append("; ");
        }
        return found;
    }

    template<class Query>
    static void check(std::string_view behind, const Query& query) {
        CPPUNIT_ASSERT_EQUAL(std::string(columns).append(behind), query.sql());
    }

    mortise::Database db;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqlTextTest);

} // namespace sql_text
