// SPDX-License-Identifier: Apache-2.0
#include "config/value.hpp"

#include "tests/unit/config/config_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace config = mortise::config;
using config::SettingSpec;
using config::SettingType;
using mortise::tests::spec;
using namespace std::string_literals;

class ValueTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ValueTest);
    CPPUNIT_TEST(refusesWrongTypes);
    CPPUNIT_TEST(refusesOverflow);
    CPPUNIT_TEST(refusesOutOfRange);
    CPPUNIT_TEST(keepsLargeIntegersExact);
    CPPUNIT_TEST(refusesLongTexts);
    CPPUNIT_TEST(refusesWhatDoesNotMatch);
    CPPUNIT_TEST(checksReplacements);
    CPPUNIT_TEST(refusesOtherChoices);
    CPPUNIT_TEST(refusesShortTexts);
    CPPUNIT_TEST(refusesFaultyLists);
    CPPUNIT_TEST(neverShowsASecret);
    CPPUNIT_TEST(hidesPasswordsOfUrls);
    CPPUNIT_TEST(readsAndWritesCanonically);
    CPPUNIT_TEST(describesRanges);
    CPPUNIT_TEST(checksDeclarations);
    CPPUNIT_TEST_SUITE_END();

    static std::string faultOf(const SettingSpec& setting, std::string_view text) {
        const auto parsed = config::parseValue(setting, text);
        const auto* const error = std::get_if<config::ValueError>(&parsed);
        return error == nullptr ? "" : error->message + " [" + std::string(mortise::base::codeId(error->code)) + "]";
    }
    static std::string canonical(const SettingSpec& setting, std::string_view text) {
        CPPUNIT_ASSERT_EQUAL(""s, faultOf(setting, text));
        return config::canonicalText(setting, std::get<config::Value>(config::parseValue(setting, text)));
    }
    static SettingSpec ranged(SettingType type, std::int64_t minimum, std::int64_t maximum) {
        SettingSpec made = spec("key", type, "");
        made.minimum = minimum;
        made.maximum = maximum;
        return made;
    }

    void refusesWrongTypes() {
        for (const char* text : {"", "maybe", "2", "tru", "-1"}) {
            CPPUNIT_ASSERT_EQUAL("'"s + text + "' is not a boolean (true or false) [C201]",
                                 faultOf(spec("key", SettingType::boolean, "true"), text));
        }
        for (const char* text : {"", "abc", "1.5", "1e3", "0x10", "12abc", "1 2", "+5", "--5"}) {
            CPPUNIT_ASSERT_EQUAL("'"s + text + "' is not an integer [C201]",
                                 faultOf(spec("key", SettingType::integer, "0"), text));
        }
        for (const char* text : {"", "abc", "1,5", "nan", "inf", "-infinity", "1.5x"}) {
            CPPUNIT_ASSERT_EQUAL("'"s + text + "' is not a number [C201]",
                                 faultOf(spec("key", SettingType::number, "0"), text));
        }
        for (const char* text : {"", "s", "-5s", "1.5s", "5 parsecs", "5s5", "5KiB", "5M M"}) {
            CPPUNIT_ASSERT_EQUAL("'"s + text + "' is not a duration (such as 500ms, 30s, 5m, 2h, 7d) [C201]",
                                 faultOf(spec("key", SettingType::duration, "0s"), text));
        }
        for (const char* text : {"", "KiB", "-1", "1.5MiB", "5 s", "5TiB"}) {
            CPPUNIT_ASSERT_EQUAL("'"s + text + "' is not a size (such as 512, 64KiB, 10MiB, 1GiB) [C201]",
                                 faultOf(spec("key", SettingType::size, "0"), text));
        }
    }

    void refusesOverflow() {
        CPPUNIT_ASSERT_EQUAL("'9223372036854775808' is not an integer [C201]"s,
                             faultOf(spec("key", SettingType::integer, "0"), "9223372036854775808"));
        CPPUNIT_ASSERT(!faultOf(spec("key", SettingType::duration, "0s"), "9223372036854775807s").empty());
        CPPUNIT_ASSERT(!faultOf(spec("key", SettingType::size, "0"), "99999999999GiB").empty());
        CPPUNIT_ASSERT(!faultOf(spec("key", SettingType::number, "0"), "1e400").empty());
    }

    void refusesOutOfRange() {
        const SettingSpec port = ranged(SettingType::integer, 1, 65535);
        CPPUNIT_ASSERT_EQUAL("'0' is less than the minimum 1 [C202]"s, faultOf(port, "0"));
        CPPUNIT_ASSERT_EQUAL("'65536' is more than the maximum 65535 [C202]"s, faultOf(port, "65536"));
        CPPUNIT_ASSERT_EQUAL(""s, faultOf(port, "1") + faultOf(port, "65535"));
        CPPUNIT_ASSERT_EQUAL("'2h' is more than the maximum 1h [C202]"s,
                             faultOf(ranged(SettingType::duration, 1000, 3'600'000), "2h"));
        CPPUNIT_ASSERT_EQUAL("'1KiB' is less than the minimum 4KiB [C202]"s,
                             faultOf(ranged(SettingType::size, 4096, 65536), "1KiB"));
        SettingSpec share = spec("key", SettingType::number, "");
        share.numberMinimum = 0.5;
        share.numberMaximum = 2;
        CPPUNIT_ASSERT_EQUAL("'0.4' is less than the minimum 0.5 [C202]"s, faultOf(share, "0.4"));
        CPPUNIT_ASSERT_EQUAL("'2.1' is more than the maximum 2 [C202]"s, faultOf(share, "2.1"));
    }

    void keepsLargeIntegersExact() {
        constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1; // no double
        const SettingSpec below = ranged(SettingType::integer, 0, odd - 1);
        CPPUNIT_ASSERT_EQUAL("'9007199254740993' is more than the maximum 9007199254740992 [C202]"s,
                             faultOf(below, "9007199254740993"));
        const SettingSpec above = ranged(SettingType::integer, odd, odd);
        CPPUNIT_ASSERT_EQUAL("9007199254740993"s, canonical(above, "9007199254740993"));
        CPPUNIT_ASSERT_EQUAL("'9007199254740992' is less than the minimum 9007199254740993 [C202]"s,
                             faultOf(above, "9007199254740992"));
        const SettingSpec any = spec("key", SettingType::integer, "0");
        for (const char* text : {"-9223372036854775808", "9223372036854775807"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), canonical(any, text));
        CPPUNIT_ASSERT_EQUAL("9007199254740993ms"s,
                             canonical(ranged(SettingType::duration, 0, odd), "9007199254740993ms"));
        CPPUNIT_ASSERT_EQUAL("'9007199254740994' is more than the maximum 9007199254740993 [C202]"s,
                             faultOf(ranged(SettingType::size, 0, odd), "9007199254740994"));
    }

    void refusesLongTexts() {
        SettingSpec name = spec("name", SettingType::text, "");
        name.maxLength = 3;
        CPPUNIT_ASSERT_EQUAL("'abcd' has 4 bytes, at most 3 are allowed [C211]"s, faultOf(name, "abcd"));
        CPPUNIT_ASSERT_EQUAL(""s, faultOf(name, "abc"));
        name.secret = true;
        CPPUNIT_ASSERT_EQUAL("the value has 4 bytes, at most 3 are allowed [C211]"s, faultOf(name, "abcd"));
        SettingSpec list = spec("list", SettingType::list, "");
        list.maxLength = 3;
        CPPUNIT_ASSERT_EQUAL("the item 'bcde' has 4 bytes, at most 3 are allowed [C211]"s, faultOf(list, "a, bcde"));
        CPPUNIT_ASSERT_EQUAL("list, each at most 3 bytes"s, config::describeRange(list));
    }

    void refusesWhatDoesNotMatch() {
        SettingSpec name = spec("name", SettingType::text, "");
        name.pattern = "[a-z]+(/[0-9]+)?";
        CPPUNIT_ASSERT_EQUAL(""s, faultOf(name, "abc/12") + faultOf(name, ""));
        for (const char* text : {"abc/", " abc", "abc/12x", "ABC"})
            CPPUNIT_ASSERT_EQUAL("'"s + text + "' does not match the pattern [a-z]+(/[0-9]+)? [C212]",
                                 faultOf(name, text));
        CPPUNIT_ASSERT_EQUAL("text, matching [a-z]+(/[0-9]+)?"s, config::describeRange(name));
        name.secret = true;
        CPPUNIT_ASSERT_EQUAL(std::string::npos, faultOf(name, "HUNTER2").find("HUNTER2"));
        SettingSpec list = spec("list", SettingType::list, "");
        list.pattern = "[a-z]";
        CPPUNIT_ASSERT_EQUAL("the item 'B' does not match the pattern [a-z] [C212]"s, faultOf(list, "a, B"));
        CPPUNIT_ASSERT_EQUAL("list, each matching [a-z]"s, config::describeRange(list));
    }

    void refusesOtherChoices() {
        SettingSpec mode = spec("mode", SettingType::choice, "production");
        mode.choices = {"production", "development"};
        CPPUNIT_ASSERT_EQUAL("'prodction' is none of production, development; did you mean 'production'? [C203]"s,
                             faultOf(mode, "prodction"));
        CPPUNIT_ASSERT_EQUAL("'x\\x1B[0m' is none of production, development [C203]"s, faultOf(mode, "x\x1B[0m"));
    }

    void refusesShortTexts() {
        SettingSpec name = spec("name", SettingType::text, "world");
        name.minLength = 3;
        CPPUNIT_ASSERT_EQUAL("the value has 2 bytes, at least 3 are needed [C204]"s, faultOf(name, "ab"));
        CPPUNIT_ASSERT_EQUAL("the value is empty [C204]"s, faultOf(name, ""));
        name.defaultText = "";
        CPPUNIT_ASSERT_EQUAL(""s, faultOf(name, ""));
        CPPUNIT_ASSERT_EQUAL("the value holds NUL or is not UTF-8 [C107]"s, faultOf(name, "abc\xFF"));
        CPPUNIT_ASSERT_EQUAL("the value holds NUL or is not UTF-8 [C107]"s, faultOf(name, "abc\0d"s));
    }

    void refusesFaultyLists() {
        SettingSpec list = spec("list", SettingType::list, "a");
        CPPUNIT_ASSERT_EQUAL("the list has an empty item [C201]"s, faultOf(list, "a,,b"));
        CPPUNIT_ASSERT_EQUAL("the list has an empty item [C201]"s, faultOf(list, "a,"));
        list.minimum = 1;
        CPPUNIT_ASSERT_EQUAL("the list has 0 items, not at least 1 item [C202]"s, faultOf(list, ""));
        list.maximum = 2;
        CPPUNIT_ASSERT_EQUAL("the list has 3 items, not 1 to 2 items [C202]"s, faultOf(list, "a, b, c"));
        CPPUNIT_ASSERT_EQUAL("the value holds NUL or is not UTF-8 [C107]"s, faultOf(list, "\xC0\x80"));
    }

    void neverShowsASecret() {
        SettingSpec secret = spec("secret", SettingType::text, "");
        secret.secret = true;
        secret.minLength = 32;
        CPPUNIT_ASSERT_EQUAL("the value has 7 bytes, at least 32 are needed [C204]"s, faultOf(secret, "hunter2"));
        for (const SettingType type : {SettingType::boolean, SettingType::integer, SettingType::number,
                                       SettingType::duration, SettingType::size, SettingType::choice}) {
            secret.type = type;
            CPPUNIT_ASSERT_EQUAL(std::string::npos, faultOf(secret, "hunter2").find("hunter2"));
        }
    }

    void hidesPasswordsOfUrls() {
        CPPUNIT_ASSERT_EQUAL("'mysql://u:[redacted]@h/d' is not an integer [C201]"s,
                             faultOf(spec("key", SettingType::integer, "0"), "mysql://u:p@h/d"));
    }

    void readsAndWritesCanonically() {
        const SettingSpec flag = spec("key", SettingType::boolean, "true");
        for (const char* text : {"true", "Yes", "ON", "1", " true "})
            CPPUNIT_ASSERT_EQUAL("true"s, canonical(flag, text));
        for (const char* text : {"false", "no", "Off", "0"}) CPPUNIT_ASSERT_EQUAL("false"s, canonical(flag, text));
        CPPUNIT_ASSERT_EQUAL("-5"s, canonical(spec("key", SettingType::integer, "0"), "-5"));
        CPPUNIT_ASSERT_EQUAL("0.25"s, canonical(spec("key", SettingType::number, "0"), "0.250"));

        SettingSpec duration = spec("key", SettingType::duration, "0s");
        const std::pair<const char*, const char*> durations[] = {
            {"500ms", "500ms"}, {"1000ms", "1s"}, {"90s", "90s"}, {"120 s", "2m"},     {"24h", "1d"},
            {"7D", "7d"},       {"0", "0s"},      {"15", "15ms"}, {"1500ms", "1500ms"}};
        for (const auto& [text, expected] : durations)
            CPPUNIT_ASSERT_EQUAL(std::string(expected), canonical(duration, text));
        duration.unit = "s";
        CPPUNIT_ASSERT_EQUAL("15s"s, canonical(duration, "15"));

        SettingSpec size = spec("key", SettingType::size, "0");
        const std::pair<const char*, const char*> sizes[] = {{"512", "512"},      {"1024", "1KiB"},  {"64KiB", "64KiB"},
                                                             {"10 mib", "10MiB"}, {"64KB", "64000"}, {"1GiB", "1GiB"},
                                                             {"1MB", "1000000"},  {"3 bytes", "3"},  {"0", "0"}};
        for (const auto& [text, expected] : sizes) CPPUNIT_ASSERT_EQUAL(std::string(expected), canonical(size, text));
        size.unit = "KiB";
        CPPUNIT_ASSERT_EQUAL("8KiB"s, canonical(size, "8"));

        CPPUNIT_ASSERT_EQUAL("a, b c"s, canonical(spec("key", SettingType::list, ""), " a ,b c"));
        CPPUNIT_ASSERT_EQUAL(" x "s, canonical(spec("key", SettingType::text, ""), " x "));
    }

    void describesRanges() {
        CPPUNIT_ASSERT_EQUAL("duration, 1s to 1h"s,
                             config::describeRange(ranged(SettingType::duration, 1000, 3'600'000)));
        CPPUNIT_ASSERT_EQUAL("boolean"s, config::describeRange(spec("key", SettingType::boolean, "true")));
        SettingSpec mode = spec("mode", SettingType::choice, "a");
        mode.choices = {"a", "b"};
        CPPUNIT_ASSERT_EQUAL("one of a, b"s, config::describeRange(mode));
        SettingSpec text = spec("text", SettingType::text, "");
        text.minLength = 32;
        CPPUNIT_ASSERT_EQUAL("text, at least 32 bytes"s, config::describeRange(text));
    }

    void checksReplacements() {
        const auto faultsOf = [](const SettingSpec& old, const SettingSpec& next) {
            mortise::base::Diagnostics diagnostics;
            config::checkDeclaration({"plugin.x", "", {old, next}}, {}, diagnostics);
            return diagnostics.render();
        };
        SettingSpec old = spec("old", SettingType::integer, "1");
        old.deprecated = true;
        old.replacedBy = "next";
        const SettingSpec next = spec("next", SettingType::integer, "2");
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf(old, next));
        const auto assertFault = [&](const SettingSpec& first, const SettingSpec& second, const char* part) {
            const std::string fault = faultsOf(first, second);
            CPPUNIT_ASSERT_MESSAGE(fault, fault.find(part) != std::string::npos);
        };
        assertFault(old, spec("other", SettingType::integer, "2"), "'next' is not declared");
        assertFault(old, spec("next", SettingType::number, "2"), "'next' has another type");
        SettingSpec deprecated = next;
        deprecated.deprecated = true;
        assertFault(old, deprecated, "'next' is deprecated itself");
        SettingSpec used = old;
        used.deprecated = false;
        assertFault(used, next, "it is not deprecated");
        SettingSpec pattern = spec("next", SettingType::text, "");
        pattern.pattern = "a(";
        assertFault(next, pattern, "the pattern is none of RE2");
        pattern.pattern = "b+";
        pattern.defaultText = "a";
        assertFault(next, pattern, "does not match");
        SettingSpec alias = spec("next", SettingType::text, "");
        for (const char* name : {"PATH", "LD_PRELOAD", "MORTISE_X", "lower", "A", "A-B", ""}) {
            alias.environment = {name};
            assertFault(next, alias, "is no variable that a setting can have");
        }
    }

    void checksDeclarations() {
        const auto faultsOf = [](const SettingSpec& setting) {
            mortise::base::Diagnostics diagnostics;
            config::checkDeclaration({"plugin.x", "", {setting}}, {"x.so"}, diagnostics);
            return diagnostics.render();
        };
        const std::string start = "x.so: error: setting 'key' of [plugin.x] is declared wrongly: ";
        CPPUNIT_ASSERT_EQUAL(start + "the default: 'abc' is not an integer [C501]\n",
                             faultsOf(spec("key", SettingType::integer, "abc")));
        CPPUNIT_ASSERT_EQUAL(start + "there are no choices [C501]\n", faultsOf(spec("key", SettingType::choice, "")));
        SettingSpec reversed = ranged(SettingType::integer, 5, 1);
        reversed.defaultText = "3";
        CPPUNIT_ASSERT_EQUAL(start + "the minimum is above the maximum [C501]\n", faultsOf(reversed));
        SettingSpec secret = spec("key", SettingType::integer, "1");
        secret.secret = true;
        CPPUNIT_ASSERT_EQUAL(start + "only a text can be a secret [C501]\n", faultsOf(secret));
        secret.type = SettingType::text;
        CPPUNIT_ASSERT_EQUAL(start + "a secret cannot have a default [C501]\n", faultsOf(secret));
        SettingSpec unit = spec("key", SettingType::duration, "1s");
        unit.unit = "seconds";
        CPPUNIT_ASSERT_EQUAL(start + "the unit is none of ms, s, m, h, d [C501]\n", faultsOf(unit));
        for (const char* key : {"", "Key", "1key", "a-b", "a.b", "key_"}) {
            CPPUNIT_ASSERT(
                faultsOf(spec(key, SettingType::text, "")).ends_with("a key is made of a-z, 0-9 and _ [C501]\n"));
        }
        mortise::base::Diagnostics diagnostics;
        secret.defaultText = "";
        config::checkDeclaration(
            {"plugin.x",
             "",
             {secret, spec("key_file", SettingType::path, ""), spec("key_file", SettingType::path, "")}},
            {"x.so"}, diagnostics);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, diagnostics.errorCount());
        for (const auto& section : mortise::tests::sampleSections()) config::checkDeclaration(section, {}, diagnostics);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, diagnostics.errorCount());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ValueTest);
