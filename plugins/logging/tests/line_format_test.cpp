// SPDX-License-Identifier: Apache-2.0
#include "plugins/logging/journal_entry.hpp"
#include "plugins/logging/json_line.hpp"
#include "plugins/logging/numbers.hpp"
#include "plugins/logging/pretty_line.hpp"
#include "plugins/logging/request_line.hpp"

#include "json_object.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <limits>
#include <random>

namespace mortise::logging {

namespace {

const std::string identity = makeJsonIdentity(42, "host-1");

template<class Fill>
std::string json(std::string_view message, Fill&& fill, std::string_view logger = "users", Level level = level_info) {
    LineBuffer buffer;
    JsonLine line(buffer, identity, level, 1'760'000'000'123, logger, message);
    fill(line);
    return std::string(line.finish());
}

template<class Fill>
std::string pretty(std::string_view message, Fill&& fill, bool colour = false) {
    LineBuffer buffer;
    PrettyLine line(buffer, colour, level_warn, 1'760'000'000'123, "users", message);
    fill(line);
    return std::string(line.finish());
}

template<class Fill>
std::string journal(std::string_view message, Fill&& fill) {
    LineBuffer buffer;
    JournalEntry line(buffer, level_error, "auth.tokens", message);
    fill(line);
    return std::string(line.finish());
}

tests::JsonObject parsed(const std::string& line) {
    CPPUNIT_ASSERT(!line.empty() && line.back() == '\n');
    CPPUNIT_ASSERT_EQUAL(line.size() - 1, line.find('\n'));
    return tests::JsonObject(std::string_view(line).substr(0, line.size() - 1));
}

// Terminals act on these; log readers split at the newline.
void assertHarmless(const std::string& line, std::size_t newlines) {
    std::size_t found = 0;
    bool harmless = true;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const auto byte = static_cast<unsigned char>(line[i]);
        if (byte == '\n')
            ++found;
        else if (byte < 0x20 || byte == 0x7F)
            harmless = false;
        if (byte == 0xC2 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) < 0xA0) harmless = false;
    }
    CPPUNIT_ASSERT_MESSAGE(line, harmless);
    CPPUNIT_ASSERT_EQUAL(newlines, found);
    CPPUNIT_ASSERT(line.find("\xE2\x80\xAE") == std::string::npos); // right-to-left override
}

const auto nothing = [](auto&) {};

} // namespace

class LineFormatTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LineFormatTest);
    CPPUNIT_TEST(hostileTextStaysOneValidLine);
    CPPUNIT_TEST(everyByteSurvivesJson);
    CPPUNIT_TEST(invalidUtf8IsReplaced);
    CPPUNIT_TEST(randomBytesStayValid);
    CPPUNIT_TEST(whatDoesNotFitIsCut);
    CPPUNIT_TEST(everySizeAroundTheLimitStaysValid);
    CPPUNIT_TEST(takenNamesAreMarked);
    CPPUNIT_TEST(membersComeInOrder);
    CPPUNIT_TEST(requestHasTheFieldsOfTheContract);
    CPPUNIT_TEST(numbersReadBack);
    CPPUNIT_TEST(durationsHaveThreeDecimalsAtMost);
    CPPUNIT_TEST(prettyLooks);
    CPPUNIT_TEST(journalHasFieldsAndMessage);
    CPPUNIT_TEST(hostileJournalEntriesKeepTheirShape);
    CPPUNIT_TEST_SUITE_END();

public:
    void hostileTextStaysOneValidLine() {
        const std::string attack = "x\r\n{\"level\":\"fatal\"}\n\x1b[2J\x1b]0;owned\x07\x7f\xC2\x9B"
                                   "31m\xE2\x80\xAE\"\\ end";
        const auto fill = [&](auto& line) {
            line.text("value", attack);
            line.text(attack, "key");
        };
        const std::string line = json(attack, fill);
        assertHarmless(line, 1);
        const tests::JsonObject object = parsed(line);
        CPPUNIT_ASSERT_EQUAL('"' + attack, object["msg"]);
        CPPUNIT_ASSERT_EQUAL('"' + attack, object["value"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"key"), object[attack]);
        assertHarmless(pretty(attack, fill), 1);
    }

    void everyByteSurvivesJson() {
        for (std::size_t offset = 0; offset < 9; ++offset) {
            std::string all(offset, 'a');
            for (int byte = 0; byte < 128; ++byte) all += static_cast<char>(byte);
            all += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xC2\x80\xE2\x80\xA8";
            CPPUNIT_ASSERT_EQUAL('"' + all, parsed(json(all, nothing))["msg"]);
        }
    }

    void invalidUtf8IsReplaced() {
        const std::string mark = "\xEF\xBF\xBD";
        const std::pair<std::string, std::string> cases[] = {
            {"\xFF", mark},
            {"a\x80z", "a" + mark + "z"},
            {"\xC0\xAF", mark + mark},            // overlong '/'
            {"\xE0\x80\x80", mark + mark + mark}, // overlong
            {"\xED\xA0\x80", mark + mark + mark}, // surrogate
            {"\xF4\x90\x80\x80", mark + mark + mark + mark},
            {"\xE2\x82", mark}, // cut short
            {"\xE2\x82z", mark + "z"},
            {"\xF0\x9F\x98", mark},
            {"\xF0\x9F\x98\xC3\xA9", mark + "\xC3\xA9"},
            {"1234567\xE2\x82\xAC", "1234567\xE2\x82\xAC"},
        };
        for (const auto& [bytes, expected] : cases) {
            CPPUNIT_ASSERT_EQUAL('"' + expected, parsed(json(bytes, nothing))["msg"]);
        }
    }

    void randomBytesStayValid() {
        std::mt19937 random(7);
        for (int i = 0; i < 20'000; ++i) {
            std::string bytes(random() % 40, ' ');
            for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() % 128 : random() % 256);
            const auto fill = [&](auto& line) { line.text("a", bytes); };
            CPPUNIT_ASSERT_EQUAL(std::string("level,time,pid,hostname,msg,logger,a"), parsed(json(bytes, fill)).keys());
            assertHarmless(pretty(bytes, fill), 1);
            CPPUNIT_ASSERT_EQUAL('"' + std::string("users"), parsed(json("m", fill))["logger"]);
        }
    }

    void whatDoesNotFitIsCut() {
        const std::string large(200'000, '\n');
        const tests::JsonObject message = parsed(json(large, [](auto& line) { line.integer("lost", 1); }));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), message["truncated"]);
        CPPUNIT_ASSERT_EQUAL(std::string("absent"), message["lost"]);
        const tests::JsonObject member = parsed(json("m", [&](auto& line) {
            line.integer("first", 1);
            line.text("large", large);
            line.integer("last", 1);
        }));
        CPPUNIT_ASSERT_EQUAL(std::string("level,time,pid,hostname,msg,logger,first,large,truncated"), member.keys());
        CPPUNIT_ASSERT(member["large"].size() > 10'000);
        CPPUNIT_ASSERT_EQUAL(std::string("level,time,pid,hostname,msg,logger,truncated"),
                             parsed(json("m", [&](auto& line) { line.text(large, "v"); })).keys());
        const std::string cut = pretty("m", [&](auto& line) { line.text("large", large); });
        assertHarmless(cut, 1);
        CPPUNIT_ASSERT(cut.find(" [truncated]\n") != std::string::npos);
    }

    void everySizeAroundTheLimitStaysValid() {
        for (std::size_t size = LineBuffer::capacity - 330; size < LineBuffer::capacity - 30; ++size) {
            const std::string text(size, 'x');
            const auto tail = [&](auto& line) {
                line.text("name", "value");
                line.number("number", -1.2345678901234567e-300);
            };
            CPPUNIT_ASSERT(json(text, tail).size() <= LineBuffer::capacity);
            parsed(json(text, tail));
            parsed(json(text, tail, ""));
            parsed(json("m", [&](auto& line) {
                line.text("x", std::string_view(text).substr(100));
                tail(line);
            }));
            assertHarmless(pretty(text, tail, false), 1);
        }
    }

    void takenNamesAreMarked() {
        const tests::JsonObject object = parsed(json("m", [](auto& line) {
            for (const char* name : {"level", "time", "pid", "hostname", "msg", "logger", "truncated", "name"}) {
                line.text(name, "mine");
            }
        }));
        CPPUNIT_ASSERT_EQUAL(std::string("\"info"), object["level"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"mine"), object["level_"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"mine"), object["truncated_"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"mine"), object["name"]);
    }

    void membersComeInOrder() {
        const std::string line = json(
            "Started",
            [](auto& out) {
                out.text("address", "[::1]:3000");
                out.integer("loops", -2);
                out.boolean("tls", false);
            },
            "host.http", level_fatal);
        CPPUNIT_ASSERT_EQUAL(
            std::string("{\"level\":\"fatal\",\"time\":1760000000123,\"pid\":42,\"hostname\":\"host-1\","
                        "\"msg\":\"Started\",\"logger\":\"host.http\",\"address\":\"[::1]:3000\","
                        "\"loops\":-2,\"tls\":false}\n"),
            line);
    }

    void requestHasTheFieldsOfTheContract() {
        FinishedRequest request{"GET", "/api/users?page=1", 200, 1'204'000, "curl/8", "127.0.0.1", "r-1", ""};
        const auto fill = [&](auto& line) { fillRequest(line, request); };
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "{\"level\":\"info\",\"time\":1760000000123,\"pid\":42,\"hostname\":\"host-1\",\"msg\":\"Request "
                "completed\",\"method\":\"GET\",\"url\":\"/api/users?page=1\",\"status\":200,\"duration\":1.204,"
                "\"userAgent\":\"curl/8\",\"ip\":\"127.0.0.1\",\"requestId\":\"r-1\"}\n"),
            json(request_message, fill, ""));
        request.user_id = "u-1";
        const std::string keys = "level,time,pid,hostname,msg,method,url,status,duration,userAgent,ip,requestId,userId";
        CPPUNIT_ASSERT_EQUAL(keys, parsed(json(request_message, fill, "")).keys());
    }

    void numbersReadBack() {
        for (const double value : {0.0, -0.5, 1e21, 5e-324, 1.7976931348623157e308, 0.1}) {
            const std::string text = parsed(json("m", [&](auto& line) { line.number("n", value); }))["n"];
            CPPUNIT_ASSERT_EQUAL(value, std::strtod(text.c_str(), nullptr));
        }
        for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
            CPPUNIT_ASSERT_EQUAL(std::string("null"),
                                 parsed(json("m", [&](auto& line) { line.number("n", value); }))["n"]);
        }
        const auto lowest = std::numeric_limits<std::int64_t>::min();
        CPPUNIT_ASSERT_EQUAL(std::to_string(lowest),
                             parsed(json("m", [&](auto& line) { line.integer("n", lowest); }))["n"]);
    }

    void durationsHaveThreeDecimalsAtMost() {
        const std::pair<std::uint64_t, const char*> cases[] = {
            {0, "0"},
            {499, "0"},
            {500, "0.001"},
            {50'000, "0.05"},
            {100'000, "0.1"},
            {999'999, "1"},
            {1'204'000, "1.204"},
            {12'000'000, "12"},
            {12'010'000, "12.01"},
            {std::numeric_limits<std::uint64_t>::max(), "18446744073709.552"},
        };
        for (const auto& [nanoseconds, expected] : cases) {
            LineBuffer buffer;
            appendMilliseconds(buffer, nanoseconds);
            CPPUNIT_ASSERT_EQUAL(std::string(expected), std::string(buffer.text()));
        }
    }

    void prettyLooks() {
        const auto fill = [](auto& line) {
            line.text("id", "7");
            line.text("name", "Ada \"L\"");
            line.text("empty", "");
            line.milliseconds("duration", 1'500'000);
        };
        const std::string plain = pretty("User created", fill);
        CPPUNIT_ASSERT_EQUAL(
            std::string(" WARN  users: User created id=7 name=\"Ada \\\"L\\\"\" empty=\"\" duration=1.5\n"),
            plain.substr(12));
        CPPUNIT_ASSERT_EQUAL(std::string(".123"), plain.substr(8, 4));
        const std::string coloured = pretty("User created", fill, true);
        CPPUNIT_ASSERT(coloured.find("\x1b[33mWARN \x1b[0m users: User created \x1b[2mid=\x1b[0m7") !=
                       std::string::npos);
    }

    void journalHasFieldsAndMessage() {
        const std::string entry = journal("Refused", [](auto& line) {
            line.text("userAgent", "a b");
            line.integer("status", 401);
            line.boolean("ok", true);
        });
        CPPUNIT_ASSERT_EQUAL(std::string("PRIORITY=3\nSYSLOG_IDENTIFIER=mortised\nMORTISE_LOGGER=auth.tokens\n"
                                         "MORTISE_USER_AGENT=a b\nMORTISE_STATUS=401\nMORTISE_OK=1\n"
                                         "MESSAGE=auth.tokens: Refused userAgent=\"a b\" status=401 ok=true\n\n"),
                             entry);
    }

    void hostileJournalEntriesKeepTheirShape() {
        const std::string attack = "x\nMESSAGE=forged\n\nPRIORITY=0";
        std::string large(30'000, '\n');
        const std::string entry = journal(attack + large, [&](auto& line) {
            line.text(attack, attack);
            for (int i = 0; i < 64; ++i) line.text("field" + std::to_string(i) + large, large);
        });
        CPPUNIT_ASSERT_EQUAL(entry.size() - 2, entry.find("\n\n"));
        CPPUNIT_ASSERT_EQUAL(entry.find("\nMESSAGE="), entry.rfind("\nMESSAGE="));
        CPPUNIT_ASSERT(entry.size() < LineBuffer::capacity);
        for (std::size_t at = 0; at < entry.size() - 1; at = entry.find('\n', at) + 1) {
            const std::string name = entry.substr(at, entry.find('=', at) - at);
            CPPUNIT_ASSERT(name.size() <= 64);
            CPPUNIT_ASSERT_EQUAL(std::string::npos, name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(LineFormatTest);

} // namespace mortise::logging
