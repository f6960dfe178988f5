// SPDX-License-Identifier: Apache-2.0
#include "mariadb_error.hpp"

#include "mariadb_fixture.hpp"

namespace mortise::database {

class MariadbErrorTest : public MariadbFixture {
    CPPUNIT_TEST_SUITE(MariadbErrorTest);
    CPPUNIT_TEST(saysWhatFailed);
    CPPUNIT_TEST(namesWhatWasBroken);
    CPPUNIT_TEST_SUITE_END();

    DatabaseError failureOf(const char* text, FakeFault fault) {
        open();
        const std::uint32_t statement = connector_->statement(sql(text));
        driver_.onStatement = [=](const std::string& said, int) -> std::optional<FakeFault> {
            return said == text ? std::optional(fault) : std::nullopt;
        };
        const DatabaseError error = failure([&] {
            transact(*connector_, [&](auto& transaction) {
                transaction.execute(statement, {}, nullptr);
                return true;
            });
        });
        driver_.onStatement = nullptr;
        connector_.reset();
        return error;
    }

public:
    void saysWhatFailed() {
        const std::pair<std::uint32_t, Kind> codes[] = {
            {1213, Kind::deadlock}, {1205, Kind::deadlock},   {1020, Kind::deadlock},   {1290, Kind::readOnly},
            {1836, Kind::readOnly}, {1021, Kind::full},       {1114, Kind::full},       {1040, Kind::busy},
            {1461, Kind::busy},     {1203, Kind::busy},       {1969, Kind::busy},       {1047, Kind::lost},
            {1927, Kind::lost},     {2006, Kind::lost},       {2013, Kind::lost},       {1153, Kind::invalid},
            {1062, Kind::unique},   {1451, Kind::foreignKey}, {1452, Kind::foreignKey}, {1048, Kind::notNull},
            {1364, Kind::notNull},  {4025, Kind::check},      {1406, Kind::tooLong},    {1264, Kind::tooLong},
            {1064, Kind::failed},   {9999, Kind::failed}};
        for (const auto& [code, kind] : codes) {
            const DatabaseError error = mariadbError(DriverError(code, false, false, "said"), "'name' on host");
            CPPUNIT_ASSERT_MESSAGE(std::to_string(code), error.kind() == kind);
            assertContains("said", error.what());
        }
        assertKind(Kind::lost, mariadbError(DriverError(9999, true, false, "said"), "x"));
        assertKind(Kind::busy, mariadbError(DriverError(2013, true, true, "said"), "x"));
        // It broke the connection, but trying again would break the next one.
        assertKind(Kind::invalid, mariadbError(DriverError(1153, true, false, "said"), "x"));
        assertKind(Kind::invalid, mariadbError(DriverError(2020, true, false, "said"), "x"));
    }
    void namesWhatWasBroken() {
        const char* const insert = "INSERT INTO posts (a) VALUES (1)";
        driver_.rows["SELECT column_name"] = {{"title"}, {"day"}};
        CPPUNIT_ASSERT_EQUAL(
            std::string("posts_key"),
            failureOf(insert, {1062, false, false, "Duplicate entry 'a' for key 'x' for key 'posts_key'"}).name());
        CPPUNIT_ASSERT_EQUAL(std::string("posts.title, posts.day"),
                             failureOf(insert, {1062, false, false, "Duplicate entry 'a' for key 'title_2'"}).name());
        CPPUNIT_ASSERT_EQUAL(std::string("title_x"),
                             failureOf(insert, {1062, false, false, "Duplicate entry 'a' for key 'title_x'"}).name());
        driver_.rows["SELECT column_name"] = {{"id"}};
        CPPUNIT_ASSERT_EQUAL(
            std::string("posts.id"),
            failureOf("UPDATE `posts` SET a = 1", {1062, false, false, "Duplicate entry 'a' for key 'PRIMARY'"})
                .name());
        const std::string row = "Cannot add or update a child row: a foreign key constraint fails (`app`.`posts`, "
                                "CONSTRAINT `";
        const std::string key = "` FOREIGN KEY (`author`) REFERENCES `users` (`id`) ON DELETE CASCADE)";
        CPPUNIT_ASSERT_EQUAL(std::string("posts_author"),
                             failureOf(insert, {1452, false, false, row + "posts_author" + key}).name());
        CPPUNIT_ASSERT_EQUAL(std::string("posts.author"),
                             failureOf(insert, {1452, false, false, row + "posts_ibfk_1" + key}).name());
        CPPUNIT_ASSERT_EQUAL(std::string("posts.author"),
                             failureOf("DELETE FROM users", {1451, false, false, row + "posts_ibfk_12" + key}).name());
        CPPUNIT_ASSERT_EQUAL(std::string("posts.title"),
                             failureOf(insert, {1048, false, false, "Column 'title' cannot be null"}).name());
        CPPUNIT_ASSERT_EQUAL(
            std::string("posts.title"),
            failureOf(insert, {1364, false, false, "Field 'title' doesn't have a default value"}).name());
        CPPUNIT_ASSERT_EQUAL(
            std::string("posts.title"),
            failureOf(insert, {1406, false, false, "Data too long for column 'title' at row 1"}).name());
        CPPUNIT_ASSERT_EQUAL(
            std::string("posts_size"),
            failureOf(insert, {4025, false, false, "CONSTRAINT `posts_size` failed for `app`.`posts`"}).name());
        CPPUNIT_ASSERT_EQUAL(
            std::string(),
            failureOf(insert, {4025, false, false, "CONSTRAINT `CONSTRAINT_1` failed for `app`.`posts`"}).name());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MariadbErrorTest);

} // namespace mortise::database
