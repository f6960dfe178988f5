// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

using namespace mortise::test;
using namespace std::chrono_literals;

namespace {

struct Settings {
    std::string accessSecret;
    std::chrono::milliseconds accessLifetime{15min};
    std::chrono::seconds idle{90s};
    int cost = 10;
    std::uint16_t port = 80;
    double share = 0.5;
    bool on = true;
    mortise::Bytes limit{10u << 20};
    std::vector<std::string> allow{"loopback", "::1"};
    mortise::Path file = "users.db";
    std::string level = "info";
};
MORTISE_SETTINGS(Settings, field(accessSecret).secret().minLength(32).text("A secret."),
                 field(accessLifetime).min(1s).max(24h), field(idle).key("idle_time"), field(cost).min(4).max(15),
                 field(port).unit("port"), field(share).min(0.0).max(1.0), field(on),
                 field(limit).max(mortise::Bytes(1u << 30)), field(allow), field(file),
                 field(level).choices("debug", "info"))

class Plugin : public mortise::Plugin<Settings> {
public:
    static inline Settings seen;
    void configure(mortise::Setup&) override { seen = settings(); }
};

// Of literal types: the compiler knows the defaults.
struct Promising {
    std::string_view name = "abc";
    std::int64_t old = 0;
    std::int64_t large = 1;
    mortise::TextList list{"a", "b"};
    std::chrono::nanoseconds wait{5'000'000};
    mortise::Path file = "/x";
};
MORTISE_SETTINGS(Promising, field(name).pattern("[a-z]*").maxLength(8).environment("TEST_NAME").needsRestart(),
                 field(old).deprecated("large"), field(large).max((std::int64_t{1} << 53) + 1),
                 field(list).min(1).max(4).maxLength(3), field(wait))
static_assert(mortise::detail::isLiteralSettings<Promising>(0));

class PromisingPlugin : public mortise::Plugin<Promising> {
public:
    static inline std::string seen;
    void configure(mortise::Setup&) override {
        seen = settings().name;
        for (const std::string_view item : settings().list) seen.append(" ").append(item);
        seen.append(" ").append(std::to_string(settings().large));
    }
};

const mortise_module& module() {
    return *mortise::moduleOf<Plugin>(0, nullptr, "test.settings", "1.2.3");
}

} // namespace

class SettingsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SettingsTest);
    CPPUNIT_TEST(refusesAnotherNumberOfValues);
    CPPUNIT_TEST(declaresEveryKind);
    CPPUNIT_TEST(writesDefaultsAsAPersonWould);
    CPPUNIT_TEST(declaresWhatSettingsPromise);
    CPPUNIT_TEST(takesDefaults);
    CPPUNIT_TEST(takesLiteralValues);
    CPPUNIT_TEST(takesValues);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesAnotherNumberOfValues() {
        FakeHost host;
        FakeInstance plugin(host, module());
        mortise_configuration none{};
        none.struct_size = sizeof none;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.table().configure(plugin.self(), &none, plugin.rawError()));
        CPPUNIT_ASSERT(plugin.error().find("another number of settings") != std::string::npos);
    }
    void declaresEveryKind() {
        CPPUNIT_ASSERT_EQUAL(11u, module().setting_count);
        check(0, MORTISE_SETTING_TEXT, "access_secret", MORTISE_SETTING_SECRET);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{32}, module().settings[0].minimum_length);
        CPPUNIT_ASSERT_EQUAL(std::string("A secret."), textOf(module().settings[0].text));
        check(1, MORTISE_SETTING_DURATION, "access_lifetime", MORTISE_SETTING_HAS_RANGE);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, module().settings[1].minimum);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{86'400'000}, module().settings[1].maximum);
        check(2, MORTISE_SETTING_DURATION, "idle_time", 0);
        check(3, MORTISE_SETTING_INTEGER, "cost", MORTISE_SETTING_HAS_RANGE);
        check(4, MORTISE_SETTING_INTEGER, "port", MORTISE_SETTING_HAS_RANGE);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{65535}, module().settings[4].maximum);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, module().settings[4].minimum);
        check(5, MORTISE_SETTING_NUMBER, "share", MORTISE_SETTING_HAS_RANGE);
        check(6, MORTISE_SETTING_BOOLEAN, "on", 0);
        check(7, MORTISE_SETTING_SIZE, "limit", MORTISE_SETTING_HAS_RANGE);
        check(8, MORTISE_SETTING_LIST, "allow", 0);
        check(9, MORTISE_SETTING_PATH, "file", 0);
        check(10, MORTISE_SETTING_CHOICE, "level", 0);
        CPPUNIT_ASSERT_EQUAL(std::string("debug,info"), textOf(module().settings[10].choices));
    }
    void writesDefaultsAsAPersonWould() {
        const char* expected[] = {"",     "15m",   "90s",           "10",       "80",  "0.5",
                                  "true", "10MiB", "loopback, ::1", "users.db", "info"};
        for (std::size_t i = 0; i < 11; ++i)
            CPPUNIT_ASSERT_EQUAL(std::string(expected[i]), textOf(module().settings[i].default_text));
        CPPUNIT_ASSERT_EQUAL(std::string("0ms"), written(0ms));
        CPPUNIT_ASSERT_EQUAL(std::string("1500ms"), written(1500ms));
        CPPUNIT_ASSERT_EQUAL(std::string("7d"), written(std::chrono::hours(7 * 24)));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), written(mortise::Bytes(0)));
        CPPUNIT_ASSERT_EQUAL(std::string("1000"), written(mortise::Bytes(1000)));
        CPPUNIT_ASSERT_EQUAL(std::string("64KiB"), written(mortise::Bytes(65536)));
        CPPUNIT_ASSERT_EQUAL(std::string("-9223372036854775808"), written(std::numeric_limits<std::int64_t>::min()));
        CPPUNIT_ASSERT_EQUAL(std::string("18446744073709551615"), written(std::numeric_limits<std::uint64_t>::max()));
        for (const char* number : {"0.1", "-2.25", "123456.789", "0.0000001", "99.99", "100000000000000"})
            CPPUNIT_ASSERT_EQUAL(std::string(number), written(std::stod(number)));
        for (const double number : {1e300, 1.0 / 3, std::numeric_limits<double>::infinity()})
            CPPUNIT_ASSERT_EQUAL(std::string("?"), written(number));
        std::string key;
        mortise::detail::StringText out{key};
        mortise::detail::putSnakeCase(out, "aBCd");
        CPPUNIT_ASSERT_EQUAL(std::string("a_b_cd"), key);
    }
    void declaresWhatSettingsPromise() {
        const mortise_module& promising = *mortise::moduleOf<PromisingPlugin>(0, nullptr, "test.settings", "1.2.3");
        const mortise_setting* const settings = promising.settings;
        CPPUNIT_ASSERT_EQUAL(5u, promising.setting_count);
        CPPUNIT_ASSERT_EQUAL(std::string("[a-z]*"), textOf(settings[0].pattern));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{8}, settings[0].maximum_length);
        CPPUNIT_ASSERT_EQUAL(std::string("TEST_NAME"), textOf(settings[0].environment));
        CPPUNIT_ASSERT_EQUAL(MORTISE_SETTING_NEEDS_RESTART, settings[0].flags);
        CPPUNIT_ASSERT_EQUAL(std::string("large"), textOf(settings[1].replaced_by));
        CPPUNIT_ASSERT((settings[1].flags & MORTISE_SETTING_DEPRECATED) != 0);
        CPPUNIT_ASSERT_EQUAL((std::int64_t{1} << 53) + 1, settings[2].maximum);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, settings[3].minimum);
        // What nanoseconds can hold.
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9'223'372'036'854}, settings[4].maximum);
        CPPUNIT_ASSERT((settings[4].flags & MORTISE_SETTING_HAS_RANGE) != 0);
    }
    void takesLiteralValues() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<PromisingPlugin>(0, nullptr, "test.settings", "1.2.3"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure({{"name", "xyz"}, {"list", "c, d, e"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("xyz c d e 1"), PromisingPlugin::seen);
    }
    void takesDefaults() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const Settings expected;
        CPPUNIT_ASSERT(Plugin::seen.accessLifetime == expected.accessLifetime && Plugin::seen.idle == expected.idle);
        CPPUNIT_ASSERT(Plugin::seen.allow == expected.allow && Plugin::seen.file == expected.file);
        CPPUNIT_ASSERT(Plugin::seen.on && Plugin::seen.limit == expected.limit && Plugin::seen.share == 0.5);
        CPPUNIT_ASSERT(Plugin::seen.cost == 10 && Plugin::seen.port == 80 && Plugin::seen.level == "info");
    }
    void takesValues() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure({{"access_secret", "s"},
                                                           {"access_lifetime", "2h"},
                                                           {"idle_time", "1500ms"},
                                                           {"cost", "4"},
                                                           {"on", "false"},
                                                           {"limit", "64KiB"},
                                                           {"allow", "a, b ,c"},
                                                           {"level", "debug"}}));
        CPPUNIT_ASSERT(Plugin::seen.accessSecret == "s" && Plugin::seen.accessLifetime == 2h &&
                       Plugin::seen.idle == 1s);
        CPPUNIT_ASSERT(Plugin::seen.cost == 4 && !Plugin::seen.on && Plugin::seen.limit.count == 65536);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, Plugin::seen.allow.size());
        CPPUNIT_ASSERT_EQUAL(std::string("debug"), Plugin::seen.level);
    }

private:
    template<class T>
    static std::string written(const T& value) {
        std::string text;
        mortise::detail::StringText out{text};
        return mortise::detail::putValue(out, value) ? text : "?";
    }
    static void check(std::size_t i, std::uint32_t type, const char* key, std::uint32_t flags) {
        CPPUNIT_ASSERT_EQUAL(std::string(key), textOf(module().settings[i].key));
        CPPUNIT_ASSERT_EQUAL(type, module().settings[i].type);
        CPPUNIT_ASSERT_EQUAL(flags, module().settings[i].flags);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SettingsTest);
