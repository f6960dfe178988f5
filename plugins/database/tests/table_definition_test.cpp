// SPDX-License-Identifier: Apache-2.0
#include "table_definition.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::database {

namespace {

// "kind name(a b)>parent(c)" of each, in one line.
std::string shown(std::string_view createTable) {
    static constexpr const char* kinds[] = {"primary", "unique", "check", "foreign"};
    const auto list = [](const std::vector<std::string>& columns) {
        std::string all;
        for (const std::string& one : columns) all.append(all.empty() ? "" : " ").append(one);
        return "(" + all + ")";
    };
    std::string out;
    for (const DeclaredConstraint& one : declaredConstraints(createTable)) {
        if (!out.empty()) out += ", ";
        out.append(kinds[static_cast<std::size_t>(one.kind)]).append(" ").append(one.name).append(list(one.columns));
        if (!one.parent.empty()) out.append(">").append(one.parent).append(list(one.parentColumns));
    }
    return out;
}

} // namespace

class TableDefinitionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TableDefinitionTest);
    CPPUNIT_TEST(readsColumns);
    CPPUNIT_TEST(readsConstraintsOfTheTable);
    CPPUNIT_TEST(readsNames);
    CPPUNIT_TEST(isNotMisled);
    CPPUNIT_TEST_SUITE_END();

public:
    void readsColumns() {
        CPPUNIT_ASSERT_EQUAL(std::string("primary (id), unique (email), check (), foreign (author)>users(id)"),
                             shown("CREATE TABLE t (id CHAR(36) NOT NULL PRIMARY KEY, email VARCHAR(10) UNIQUE, "
                                   "n INTEGER CHECK (n > 0), author TEXT REFERENCES users (id) ON DELETE CASCADE)"));
        CPPUNIT_ASSERT_EQUAL(std::string("unique one(a), check two(), foreign three(a)>p()"),
                             shown("create table t (a int constraint one unique constraint two check(a) "
                                   "constraint three references p deferrable initially deferred, b)"));
    }
    void readsConstraintsOfTheTable() {
        CPPUNIT_ASSERT_EQUAL(
            std::string("primary pk(a b), unique u(b c), foreign f(a b)>p(x y), check ()"),
            shown("CREATE TABLE t (a, b, c, CONSTRAINT pk PRIMARY KEY (a, b DESC), CONSTRAINT u UNIQUE (b COLLATE "
                  "NOCASE, c) CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (x, y), CHECK (a + (b))) WITHOUT ROWID"));
    }
    void readsNames() {
        CPPUNIT_ASSERT_EQUAL(std::string("unique a \"b\"(x y), unique k'(z), check UNIQUE()"),
                             shown("CREATE TABLE \"a ( table\" ([x y] TEXT CONSTRAINT \"a \"\"b\"\"\" UNIQUE, z INT, "
                                   "CONSTRAINT 'k''' UNIQUE (`z`), CONSTRAINT \"UNIQUE\" CHECK (z))"));
        CPPUNIT_ASSERT(isSameName("Users_Email", "uSERS_eMAIL") && !isSameName("a", "ab") && !isSameName("a", "b"));
    }
    // By what stands in defaults, comments, checks and other statements.
    void isNotMisled() {
        CPPUNIT_ASSERT_EQUAL(std::string("unique y(b)"),
                             shown("CREATE TABLE t ( -- CONSTRAINT x UNIQUE\n a TEXT DEFAULT ('CONSTRAINT x UNIQUE'), "
                                   "/* , UNIQUE (a) */ b TEXT DEFAULT 'UNIQUE' CONSTRAINT y UNIQUE, \"CHECK\" INT)"));
        CPPUNIT_ASSERT_EQUAL(std::string(), shown("CREATE VIRTUAL TABLE t USING fts5(a, UNIQUE)"));
        for (const char* const broken :
             {"", "CREATE", "CREATE TABLE t (", "CREATE TABLE t (a UNIQUE (", "'", "(((", "(\""})
            CPPUNIT_ASSERT_NO_THROW(shown(broken));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TableDefinitionTest);

} // namespace mortise::database
