// SPDX-License-Identifier: Apache-2.0
// The plugin's life: what it declares, configures, migrates, starts and ends.
#include "database_plugin_fixture.hpp"

#include <mortise/settings.hpp>

#include <fstream>
#include <sstream>

namespace mortise::database {

namespace {

std::string range(const mortise_setting& setting) {
    const auto written = [&](std::int64_t bound) {
        std::string text;
        detail::StringText out{text};
        if (setting.type == MORTISE_SETTING_DURATION)
            detail::putValue(out, std::chrono::milliseconds(bound));
        else if (setting.type == MORTISE_SETTING_SIZE)
            detail::putValue(out, Bytes(static_cast<std::uint64_t>(bound)));
        else
            detail::putValue(out, bound);
        return text;
    };
    if (setting.type == MORTISE_SETTING_CHOICE) return textOf(setting.choices);
    if (setting.type == MORTISE_SETTING_BOOLEAN) return "true,false";
    if ((setting.flags & MORTISE_SETTING_HAS_RANGE) == 0) return "";
    const std::string unit = textOf(setting.unit);
    const bool named = setting.type == MORTISE_SETTING_INTEGER && !unit.empty();
    return written(setting.minimum) + " to " + written(setting.maximum) + (named ? " " + unit : "");
}

} // namespace

class DatabasePluginTest : public DatabasePluginFixture {
    CPPUNIT_TEST_SUITE(DatabasePluginTest);
    CPPUNIT_TEST(describesItself);
    CPPUNIT_TEST(refusesOtherDatabasesWhenConfigured);
    CPPUNIT_TEST(touchesNothingWhenConfigured);
    CPPUNIT_TEST(failsToStartOnAnotherFile);
    CPPUNIT_TEST(migratesBeforeItStarts);
    CPPUNIT_TEST(endsCleanly);
    CPPUNIT_TEST(isDocumented);
    CPPUNIT_TEST_SUITE_END();

public:
    void describesItself() {
        CPPUNIT_ASSERT_EQUAL(std::string("org.mortise.database"), textOf(module_->id));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, module_->provided_service_count);
        CPPUNIT_ASSERT_EQUAL(std::string(MORTISE_DATABASE_SERVICE), textOf(module_->provided_services[0]));
        overrides_["reads_on_loop"] = "false";
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        CPPUNIT_ASSERT_EQUAL(0u,
                             table<mortise_plugin_placement>(MORTISE_PLACEMENT_EXTENSION).reads_on_loop(plugin_.self));
        CPPUNIT_ASSERT(plugin_.table->get_extension(plugin_.self, viewOf("mortise.users/1")) == nullptr);
    }

    void refusesOtherDatabasesWhenConfigured() {
        ErrorBuffer error;
        overrides_["url"] = "mysql://user:hidden@host/name";
        CPPUNIT_ASSERT(configure(error.raw()) < 0);
        assertContains("add the lines '[plugin.database-mariadb]' and 'enabled = true'", error.text());
        overrides_["url"] = "postgres://user:hidden@host/name";
        ErrorBuffer other;
        CPPUNIT_ASSERT(configure(other.raw()) < 0);
        assertContains("PostgreSQL is not supported", other.text());
        for (const std::string& text : {error.text(), other.text()})
            CPPUNIT_ASSERT(text.find("hidden") == std::string::npos);
    }

    void touchesNothingWhenConfigured() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        CPPUNIT_ASSERT(std::filesystem::is_empty(folder_->path()));
    }

    void failsToStartOnAnotherFile() {
        folder_->write("data/test.db", "text");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, plugin_.table->start(plugin_.self, error.raw()));
        assertContains("is not an SQLite database", error.text());
    }

    void migratesBeforeItStarts() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, migrate("CRATE TABLE x", error.raw()));
        CPPUNIT_ASSERT_EQUAL(std::string("some of them cannot run"), error.text());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults_.size());
        assertContains("0 migration '0001-test' of 'tests' failed in statement 1 of 1", faults_[0]);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, migrate("CREATE TABLE x (y INTEGER)"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->start(plugin_.self, nullptr));
    }

    void endsCleanly() {
        const mortise_database_table& database = start();
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        plugin_.table->drain(plugin_.self, 1000);
        plugin_.table->stop(plugin_.self);
        insert.value = 8;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, insert.run());
        CPPUNIT_ASSERT_EQUAL(std::uintmax_t{0}, std::filesystem::file_size(*folder_ / "data/test.db-wal"));
    }

    // README.md has a row for each setting, as it is declared.
    void isDocumented() {
        std::ifstream file(DATABASE_README);
        std::stringstream readme;
        readme << file.rdbuf();
        std::string missing;
        for (std::uint32_t i = 0; i < module_->setting_count; ++i) {
            const mortise_setting& setting = module_->settings[i];
            const std::string row = "| `" + textOf(setting.key) + "` | `" + textOf(setting.default_text) + "` | " +
                                    range(setting) + " | " + textOf(setting.text) + " |\n";
            if (readme.str().find(row) == std::string::npos) missing += row;
        }
        CPPUNIT_ASSERT_EQUAL(std::string(), missing);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabasePluginTest);

} // namespace mortise::database
