// SPDX-License-Identifier: Apache-2.0
#include "http/field_block.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace std::string_literals;

namespace mortise::http {

class FieldBlockTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FieldBlockTest);
    CPPUNIT_TEST(refusesInjection);
    CPPUNIT_TEST(refusesReserved);
    CPPUNIT_TEST(looksAtEachByteOfNames);
    CPPUNIT_TEST(looksAtEachByteOfValues);
    CPPUNIT_TEST(reservesInAnyCaseAndNothingElse);
    CPPUNIT_TEST(appends);
    CPPUNIT_TEST(checksBlocks);
    CPPUNIT_TEST(joinsLists);
    CPPUNIT_TEST(findsMembers);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesInjection() {
        std::string block = "A: 1\r\n";
        for (const std::string& value : {"a\r\nB: 2"s, "a\nb"s, "a\rb"s, "a\0b"s, "a\x7f"s, "\x1b[0m"s}) {
            CPPUNIT_ASSERT(!appendField(block, "X", value));
        }
        for (const std::string& name : {""s, "X Y"s, "X:"s, "X\r\nY"s, "\xc3\xa9"s, "X\0"s}) {
            CPPUNIT_ASSERT(!appendField(block, name, "a"));
        }
        CPPUNIT_ASSERT_EQUAL("A: 1\r\n"s, block);
    }

    void refusesReserved() {
        std::string block;
        for (const char* name : {"Connection", "content-length", "CONTENT-TYPE", "Date", "keep-alive",
                                 "Proxy-Connection", "te", "Trailer", "Transfer-Encoding", "upgrade", "x-request-id"}) {
            CPPUNIT_ASSERT_MESSAGE(name, !appendField(block, name, "a"));
        }
    }

    // At every place of texts shorter and longer than a word.
    template<class Allowed>
    static void looksAtEachByte(Allowed&& allowed, bool (*check)(std::string_view)) {
        for (std::size_t size = 1; size <= 19; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                for (unsigned byte = 0; byte < 0x100; ++byte) {
                    std::string text(size, 'a');
                    text[at] = static_cast<char>(byte);
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(std::to_string(byte), allowed(byte), check(text));
                }
            }
        }
    }

    void looksAtEachByteOfNames() {
        looksAtEachByte(
            [](unsigned byte) {
                const auto c = static_cast<char>(byte);
                return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       (c != '\0' && "!#$%&'*+-.^_`|~"s.find(c) != std::string::npos);
            },
            [](std::string_view text) {
                std::string block;
                return appendField(block, text, "a");
            });
    }

    void looksAtEachByteOfValues() {
        const auto allowed = [](unsigned byte) { return byte == '\t' || (byte >= 0x20 && byte != 0x7f); };
        looksAtEachByte(allowed, [](std::string_view text) {
            std::string block;
            return appendField(block, "X", text);
        });
        looksAtEachByte(allowed, [](std::string_view text) {
            std::string block;
            return appendField(block, "X", "a\tb"s.append(text));
        });
    }

    void reservesInAnyCaseAndNothingElse() {
        for (const std::string name :
             {"Connection", "Content-Length", "Content-Type", "Date", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
              "Transfer-Encoding", "Upgrade", "X-Request-Id"}) {
            std::string block;
            for (std::size_t i = 0; i < name.size(); ++i) {
                const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
                std::string odd = name;
                if (isLetter(odd[i])) odd[i] = static_cast<char>(odd[i] ^ 0x20);
                CPPUNIT_ASSERT_MESSAGE(odd, isReservedField(odd) && !appendField(block, odd, "a"));
                std::string near = name;
                near[i] = near[i] == 'q' ? 'z' : 'q';
                CPPUNIT_ASSERT_MESSAGE(near, !isReservedField(near));
                near[i] = static_cast<char>(name[i] ^ (isLetter(name[i]) ? 0x40 : 0x20)); // what a careless fold takes
                CPPUNIT_ASSERT_MESSAGE(near, !isReservedField(near));
                CPPUNIT_ASSERT_MESSAGE(name.substr(0, i), !isReservedField(name.substr(0, i)));
            }
            CPPUNIT_ASSERT(block.empty());
            CPPUNIT_ASSERT_MESSAGE(name, !isReservedField(name + "s") && !isReservedField("X" + name));
        }
        CPPUNIT_ASSERT(!isReservedField(""));
    }

    void appends() {
        std::string block;
        CPPUNIT_ASSERT(appendField(block, "X-Empty", ""));
        CPPUNIT_ASSERT(appendField(block, "X-Utf", "\xc3\xa9\t!"));
        CPPUNIT_ASSERT_EQUAL("X-Empty: \r\nX-Utf: \xc3\xa9\t!\r\n"s, block);
        CPPUNIT_ASSERT(isFieldBlock(block));
    }

    void checksBlocks() {
        CPPUNIT_ASSERT(isFieldBlock(""));
        for (const char* block : {"A: 1", "A: 1\r\n\r\n", "A\r\n", "A: 1\nB: 2\r\n", " A: 1\r\n", "A : 1\r\n",
                                  ": 1\r\n", "A: 1\r\nDate: now\r\n", "A: 1\r\n b\r\n", "\r\n", "A\r\nB: 1\r\n"}) {
            CPPUNIT_ASSERT_MESSAGE(block, !isFieldBlock(block));
        }
    }

    void joinsLists() {
        std::string list;
        joinList(list, " Accept ,, Origin,accept\t");
        CPPUNIT_ASSERT_EQUAL("Accept, Origin"s, list);
        joinList(list, "ORIGIN");
        joinList(list, "Cookie");
        CPPUNIT_ASSERT_EQUAL("Accept, Origin, Cookie"s, list);
        joinList(list, "*");
        joinList(list, "Range");
        CPPUNIT_ASSERT_EQUAL("Accept, Origin, Cookie, *"s, list);
        std::string joined;
        joinValues(joined, "A: 1\r\nVary: a\r\nVaryX: no\r\nvary:b, A\r\n", "Vary");
        CPPUNIT_ASSERT_EQUAL("a, b"s, joined);
        CPPUNIT_ASSERT(listHas("a, b", "B") && listHas("a,b", "a"));
        CPPUNIT_ASSERT(!listHas("ab, c", "b") && !listHas("", "b"));
    }

    void findsMembers() {
        const std::string block =
            "Cache-Control: max-age=5\r\nX: no-transform\r\ncache-control:a ,NO-Transform\t, b\r\n";
        CPPUNIT_ASSERT(!hasMember(block, "Cache-Control", "no-store"));
        CPPUNIT_ASSERT(!hasMember(block, "Cache-Control", "transform"));
        CPPUNIT_ASSERT(!hasMember("Cache-Control: no-transformed, ,\r\n", "Cache-Control", "no-transform"));
        CPPUNIT_ASSERT(!hasMember("", "Cache-Control", "no-transform"));
        for (const char* member : {"no-transform", "max-age=5", "a", "b"})
            CPPUNIT_ASSERT_MESSAGE(member, hasMember(block, "Cache-Control", member));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FieldBlockTest);

} // namespace mortise::http
