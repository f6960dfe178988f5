// SPDX-License-Identifier: Apache-2.0
#include "../bcrypt_hash.hpp"
#include "../transfer_arguments.hpp"
#include "../user_lines.hpp"
#include "../utf8_text.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace {

using users::TransferFormat;

class TransferTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TransferTest);
    CPPUNIT_TEST(knowsHashes);
    CPPUNIT_TEST(readsArguments);
    CPPUNIT_TEST(refusesArguments);
    CPPUNIT_TEST(repairsTexts);
    CPPUNIT_TEST(writesLines);
    CPPUNIT_TEST_SUITE_END();

    void knowsHashes() {
        const std::string digest = "xgJoHG89WbQBSP7osH.Dfu.L3haknIBorRUj32Qzsl6TijpkmaHHo";
        for (const char version : {'a', 'b', 'y'})
            CPPUNIT_ASSERT(users::bcryptCost(std::string("$2") + version + "$10$" + digest) == 10u);
        CPPUNIT_ASSERT(users::bcryptCost("$2b$31$" + digest) == 31u);
        for (const std::string& none :
             {std::string(), std::string("$2b$10$"), "$2x$10$" + digest, "$2$10$x" + digest, "$1b$10$" + digest,
              "$2b$03$" + digest, "$2b$32$" + digest, "$2b$1x$" + digest, "$2b$10$" + digest + "x",
              "$2b$10$" + digest.substr(1), "$2b$10$" + digest.substr(1) + "=", "$2b$10$" + digest.substr(1) + "\n"})
            CPPUNIT_ASSERT_MESSAGE(none, !users::bcryptCost(none));
    }

    void readsArguments() {
        users::TransferArguments all;
        CPPUNIT_ASSERT(!all.read({"--strict", "a.csv", "--rejects=r"}, {"--strict", "--rejects"}));
        CPPUNIT_ASSERT(all.strict && !all.skipDuplicates && !all.restart && !all.force);
        CPPUNIT_ASSERT_EQUAL(std::string("a.csv"), std::string(all.file));
        CPPUNIT_ASSERT_EQUAL(std::string("r"), all.rejects);
        CPPUNIT_ASSERT(all.format == TransferFormat::csv);
        users::TransferArguments lines;
        CPPUNIT_ASSERT(!lines.read({"a.ndjson"}, {}));
        CPPUNIT_ASSERT(lines.format == TransferFormat::ndjson);
        CPPUNIT_ASSERT_EQUAL(std::string("a.ndjson.rejects"), lines.rejects);
        users::TransferArguments given;
        CPPUNIT_ASSERT(!given.read({"a.csv", "--format=ndjson"}, {"--format"}));
        CPPUNIT_ASSERT(given.format == TransferFormat::ndjson);
    }

    void refusesArguments() {
        const auto refuses = [](std::vector<std::string_view> arguments, std::string_view with) {
            users::TransferArguments all;
            const std::string fault =
                all.read(arguments, {"--strict", "--rejects", "--format"}).value_or("nothing is wrong");
            CPPUNIT_ASSERT_MESSAGE(fault, fault.find(with) != std::string::npos);
        };
        refuses({}, "the file is missing");
        refuses({"a.csv", "b.csv"}, "'b.csv' is a second one");
        refuses({"a.csv", "--force"}, "unknown option '--force'");
        refuses({"a.csv", "--strict=1"}, "takes no value");
        refuses({"a.csv", "--rejects"}, "needs a value");
        refuses({"a.csv", "--format=xml"}, "neither ndjson nor csv");
        refuses({"a.txt"}, "does not show in its name");
    }

    void repairsTexts() {
        CPPUNIT_ASSERT_EQUAL(std::string("a\xC3\xA4\xF0\x9F\x8D\x8Az"),
                             users::repairedUtf8("a\xC3\xA4\xF0\x9F\x8D\x8Az"));
        for (const std::string_view bad : {"\xFF", "\xC3", "\xC0", "\x80"})
            CPPUNIT_ASSERT_EQUAL(std::string("a\xEF\xBF\xBDz"), users::repairedUtf8("a" + std::string(bad) + "z"));
        CPPUNIT_ASSERT_EQUAL(std::string("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"), users::repairedUtf8("\xED\xA0\x80"));
        CPPUNIT_ASSERT_EQUAL(std::string("ab"), std::string(users::cutUtf8("ab\xC3\xA4", 3)));
        CPPUNIT_ASSERT_EQUAL(std::string("ab\xC3\xA4"), std::string(users::cutUtf8("ab\xC3\xA4", 4)));
    }

    void writesLines() {
        users::TransferredUser user{"id", "A, \"B\"", "a@b.org", "hash", "user", mortise::DateTime{0}, {}};
        const auto written = [&](TransferFormat format) {
            std::string out;
            users::writeUser(out, format, user);
            return out;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("id,\"A, \"\"B\"\"\",a@b.org,hash,user,1970-01-01T00:00:00.000Z,,\n"),
                             written(TransferFormat::csv));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"id":"id","name":"A, \"B\"","email":"a@b.org","passwordHash":"hash",)"
                                         R"("role":"user","createdAt":"1970-01-01T00:00:00.000Z","profile":null})"
                                         "\n"),
                             written(TransferFormat::ndjson));
        user.profile = users::TransferredProfile{"", {}};
        CPPUNIT_ASSERT_EQUAL(std::string("id,\"A, \"\"B\"\"\",a@b.org,hash,user,1970-01-01T00:00:00.000Z,\"\",\n"),
                             written(TransferFormat::csv));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TransferTest);

} // namespace
