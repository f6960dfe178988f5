// SPDX-License-Identifier: Apache-2.0
// What callers say of a trace, by examples of the specification and by what one wrong byte makes of them.
#include <cppunit/extensions/HelperMacros.h>
#include <mortise/text/trace_context.hpp>

#include <string>

namespace mortise::http {

class TraceContextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TraceContextTest);
    CPPUNIT_TEST(readsWhatItWrites);
    CPPUNIT_TEST(everyByteCounts);
    CPPUNIT_TEST(zerosAreNoIds);
    CPPUNIT_TEST(versions);
    CPPUNIT_TEST(statesOfTheSpecification);
    CPPUNIT_TEST(keysOfStates);
    CPPUNIT_TEST(valuesOfStates);
    CPPUNIT_TEST(boundsOfStates);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    static bool parses(std::string_view text) { return TraceParent::parse(text).has_value(); }
    static std::string changed(std::size_t at, std::string_view by) {
        std::string text(good);
        return text.replace(at, by.size(), by);
    }

public:
    void readsWhatItWrites() {
        const auto parsed = TraceParent::parse(good);
        CPPUNIT_ASSERT(parsed);
        CPPUNIT_ASSERT_EQUAL(0x4b, static_cast<int>(parsed->traceId[0]));
        CPPUNIT_ASSERT_EQUAL(0x36, static_cast<int>(parsed->traceId[15]));
        CPPUNIT_ASSERT_EQUAL(0xb7, static_cast<int>(parsed->parentId[7]));
        CPPUNIT_ASSERT_EQUAL(1, static_cast<int>(parsed->flags));
        const auto text = parsed->write();
        CPPUNIT_ASSERT_EQUAL(std::string(good), std::string(text.data(), text.size()));
        // Flags that level 1 does not know are not passed on.
        CPPUNIT_ASSERT_EQUAL(0, static_cast<int>(TraceParent::parse(changed(53, "fe"))->flags));
        CPPUNIT_ASSERT_EQUAL(1, static_cast<int>(TraceParent::parse(changed(53, "ff"))->flags));
    }
    void everyByteCounts() {
        for (std::size_t at = 0; at < good.size(); ++at) {
            const bool dash = good[at] == '-';
            for (int byte = 0; byte < 256; ++byte) {
                const char c = static_cast<char>(byte);
                const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                CPPUNIT_ASSERT_EQUAL_MESSAGE(changed(at, std::string_view(&c, 1)), dash ? c == '-' : hex,
                                             parses(changed(at, std::string_view(&c, 1))));
            }
            CPPUNIT_ASSERT(!parses(good.substr(0, at)));
            CPPUNIT_ASSERT(!parses(std::string(good).insert(at, " ")));
            CPPUNIT_ASSERT(!parses(std::string(good).erase(at, 1)));
        }
        CPPUNIT_ASSERT(!parses(""));
        CPPUNIT_ASSERT(!parses(changed(3, "4BF92F3577B34DA6A3CE929D0E0E4736")));
    }
    void zerosAreNoIds() {
        CPPUNIT_ASSERT(!parses(changed(3, std::string(32, '0'))));
        CPPUNIT_ASSERT(!parses(changed(36, std::string(16, '0'))));
        CPPUNIT_ASSERT(parses(changed(3, std::string(31, '0') + "1")));
        CPPUNIT_ASSERT(parses(changed(36, "1" + std::string(15, '0'))));
    }
    void versions() {
        CPPUNIT_ASSERT(!parses(std::string(good) + "-"));
        CPPUNIT_ASSERT(!parses(std::string(good) + "-more"));
        CPPUNIT_ASSERT(!parses(std::string(good) + "0"));
        for (const std::string version : {"01", "0a", "cc", "fe"}) {
            const std::string text = changed(0, version);
            CPPUNIT_ASSERT(parses(text));
            CPPUNIT_ASSERT(parses(text + "-"));
            CPPUNIT_ASSERT(parses(text + "-what-the-future-will-be-like"));
            CPPUNIT_ASSERT(!parses(text + ".what"));
            CPPUNIT_ASSERT(!parses(text + "0"));
        }
        CPPUNIT_ASSERT(!parses(changed(0, "ff")));
        CPPUNIT_ASSERT(!parses(changed(0, "ff") + "-more"));
    }
    void statesOfTheSpecification() {
        for (const char* text :
             {"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "congo=ucfJifl5GOE,rojo=00f067aa0ba902b7", "a=1",
              "foo=1 \t , \t bar=2, \t baz=3", "foo=1,", ",foo=1", "foo=1,,bar=2", "fw529a3039@dt=FfAxxx;1", "foo= 1"})
            CPPUNIT_ASSERT_MESSAGE(text, isTraceState(text));
        for (const char* text : {"", ",", " , ", "foo", "foo=", "=1", "foo=1,bar", "foo=1,foo=1", "foo=1,bar=2,foo=3",
                                 "foo =1", "foo=1=2", "foo\t=1", "foo=1;2,é=3"})
            CPPUNIT_ASSERT_MESSAGE(text, !isTraceState(text));
    }
    void keysOfStates() {
        for (int byte = 0; byte < 256; ++byte) {
            const char c = static_cast<char>(byte);
            const bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
            const bool first = letter || c == ' ' || c == '\t' || c == ','; // those three stand before the key
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::to_string(byte), first, isTraceState(std::string(1, c) + "b=1"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::to_string(byte),
                                         letter || digit || c == '_' || c == '-' || c == '*' || c == '/',
                                         isTraceState("a" + std::string(1, c) + "b=1") && c != '@');
        }
        CPPUNIT_ASSERT(isTraceState("1a@b=1"));
        for (const char* text : {"@b=1", "a@=1", "a@1=1", "a@b@c=1", "A=1", "a@B=1"})
            CPPUNIT_ASSERT_MESSAGE(text, !isTraceState(text));
        CPPUNIT_ASSERT(isTraceState(std::string(256, 'a') + "=1"));
        CPPUNIT_ASSERT(!isTraceState(std::string(257, 'a') + "=1"));
        CPPUNIT_ASSERT(isTraceState(std::string(241, 'a') + "@" + std::string(14, 'b') + "=1"));
        CPPUNIT_ASSERT(!isTraceState(std::string(242, 'a') + "@b=1"));
        CPPUNIT_ASSERT(!isTraceState("a@" + std::string(15, 'b') + "=1"));
    }
    void valuesOfStates() {
        for (int byte = 0; byte < 256; ++byte) {
            const char c = static_cast<char>(byte);
            const bool inside = byte >= 0x20 && byte <= 0x7e && c != '=';
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::to_string(byte), inside && c != ',',
                                         isTraceState("a=1" + std::string(1, c) + "2"));
        }
        CPPUNIT_ASSERT(isTraceState("a=" + std::string(256, 'x')));
        CPPUNIT_ASSERT(!isTraceState("a=" + std::string(257, 'x')));
        CPPUNIT_ASSERT(isTraceState("a=1 ")); // around the member, not in it
    }
    void boundsOfStates() {
        std::string text;
        for (int i = 0; i < 32; ++i) text += "k" + std::to_string(i) + "=1,";
        CPPUNIT_ASSERT(isTraceState(text));
        CPPUNIT_ASSERT(!isTraceState(text + "k32=1"));
        const std::string half = "a=" + std::string(253, 'x') + ",b=";
        CPPUNIT_ASSERT(isTraceState(half + std::string(512 - half.size(), 'y')));
        CPPUNIT_ASSERT(isTraceState(half + "y" + std::string(511 - half.size(), ' ')));
        CPPUNIT_ASSERT(!isTraceState(half + "y" + std::string(512 - half.size(), ' ')));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TraceContextTest);

} // namespace mortise::http
