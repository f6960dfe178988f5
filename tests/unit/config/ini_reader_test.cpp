// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

using mortise::base::Diagnostics;
using mortise::config::Document;
using mortise::config::readIni;
using namespace std::string_literals;

class IniReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IniReaderTest);
    CPPUNIT_TEST(refusesJunkLines);
    CPPUNIT_TEST(refusesFaultyKeys);
    CPPUNIT_TEST(refusesFaultySectionHeaders);
    CPPUNIT_TEST(refusesKeysBeforeASection);
    CPPUNIT_TEST(namesBothLinesOfADuplicate);
    CPPUNIT_TEST(refusesFaultyQuoting);
    CPPUNIT_TEST(refusesControlCharactersAndBadEncoding);
    CPPUNIT_TEST(reportsEverythingInOneRun);
    CPPUNIT_TEST(neverRepeatsALine);
    CPPUNIT_TEST(readsSectionsKeysAndComments);
    CPPUNIT_TEST(readsQuotedValues);
    CPPUNIT_TEST(acceptsCrLfAndByteOrderMark);
    CPPUNIT_TEST(acceptsEmptyFilesAndMissingLastNewline);
    CPPUNIT_TEST(keepsOrigins);
    CPPUNIT_TEST_SUITE_END();

    static std::string faultsOf(std::string_view text) {
        Diagnostics diagnostics;
        readIni(text, "m.ini", diagnostics);
        return diagnostics.render();
    }
    static std::string valueOf(std::string_view line) {
        Diagnostics diagnostics;
        const Document document = readIni("[server]\n" + std::string(line), "m.ini", diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, document.entries().size());
        return document.entries().front().value;
    }

    void refusesJunkLines() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:3: error: expected 'key = value', a [section] or a comment [C108]\n"s,
                             faultsOf("[server]\n  listen\n"));
    }

    void refusesFaultyKeys() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:1: error: there is no key before '=' [C108]\n"s, faultsOf("[server]\n= 5\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:1: error: a key is made of a-z, 0-9 and _; expected 'key = value' [C108]\n"s,
                             faultsOf("[server]\nmax connections = 5\n"));
    }

    void refusesFaultySectionHeaders() {
        CPPUNIT_ASSERT_EQUAL("m.ini:1:1: error: the section header has no ']' [C109]\n"s,
                             faultsOf("[server\nlisten = x\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:1:10: error: there is text after the section header [C109]\n"s,
                             faultsOf("[server] listen = x\nmode = y\n"));
        const std::string noSection =
            " is no section; there are [server] and [plugin.<name>], in a-z, 0-9 and '-' [C109]\n";
        for (const char* name : {"", " server", "Server", "users", "plugin.", "plugin.-x", "plugin.Users", "plugin.a_b",
                                 "plugin.a.b", "plugin.users/../x", "plugin.1"}) {
            CPPUNIT_ASSERT_EQUAL("m.ini:1:1: error: '"s + name + "'" + noSection,
                                 faultsOf("["s + name + "]\nkey = 1\n"));
        }
    }

    void refusesKeysBeforeASection() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:1: error: key 'listen' stands before the first section; write [server] or "
                             "[plugin.<name>] above it [C110]\n"s,
                             faultsOf("# comment\nlisten = x\n[server]\nmode = y\n"));
    }

    void namesBothLinesOfADuplicate() {
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:5:1: error: key 'mode' of [server] is given twice; the first one is on line 2 [C111]\n"s,
            faultsOf("[server]\nmode = a\n[plugin.x]\n[server]\nmode = b\n"));
    }

    void refusesFaultyQuoting() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:5: error: the quoted value has no closing '\"' [C112]\n"s,
                             faultsOf("[server]\na = \"x\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:9: error: there is text after the quoted value [C112]\n"s,
                             faultsOf("[server]\na = \"x\" y\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:7: error: unknown escape; there are \\\\, \\\", \\n, \\r and \\t [C112]\n"s,
                             faultsOf("[server]\na = \"x\\q\"\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:7: error: unknown escape; there are \\\\, \\\", \\n, \\r and \\t [C112]\n"s,
                             faultsOf("[server]\na = \"x\\"));
    }

    void refusesControlCharactersAndBadEncoding() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:6: error: the line holds NUL [C107]\n"s, faultsOf("[server]\na = b\0c\n"s));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:6: error: the line holds a control character [C107]\n"s,
                             faultsOf("[server]\na = b\x1B[0m\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:2: error: the line holds a control character [C107]\n"s,
                             faultsOf("[server]\n#\rx = y\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:6: error: the line is not UTF-8 [C107]\n"s, faultsOf("[server]\na = b\xFF\n"));
        CPPUNIT_ASSERT_EQUAL("m.ini:2:3: error: the line is not UTF-8 [C107]\n"s, faultsOf("[server]\n# \xC0\x80\n"));
    }

    void reportsEverythingInOneRun() {
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:1:1: error: key 'a' stands before the first section; write [server] or [plugin.<name>] "
            "above it [C110]\n"
            "m.ini:2:1: error: the section header has no ']' [C109]\n"
            "m.ini:5:1: error: expected 'key = value', a [section] or a comment [C108]\n"
            "m.ini:6:5: error: the quoted value has no closing '\"' [C112]\n"s,
            faultsOf("a = 1\n[server\nlisten = x\n[server]\njunk\nb = \"\n"));
    }

    void neverRepeatsALine() {
        for (const char* line : {"hunter2", "hunter2 = x y", "hun ter2 = hunter2", "a = \"hunter2", "a = \"hunter2\" x",
                                 "a = hunter2\nhunter2", "= hunter2", "a = \"hunter2\\q\""}) {
            Diagnostics diagnostics;
            readIni("[server]\n" + std::string(line) + "\xFF\n" + line + "\n", "m.ini", diagnostics);
            for (const auto& entry : diagnostics.entries()) {
                CPPUNIT_ASSERT_EQUAL_MESSAGE(entry.message, std::string::npos, entry.message.find("ter2"));
            }
        }
    }

    void readsSectionsKeysAndComments() {
        CPPUNIT_ASSERT_EQUAL("127.0.0.1:8080"s, valueOf("listen=127.0.0.1:8080"));
        CPPUNIT_ASSERT_EQUAL("a b"s, valueOf("  listen \t= \t a b \t"));
        CPPUNIT_ASSERT_EQUAL(""s, valueOf("listen ="));
        CPPUNIT_ASSERT_EQUAL("a=b"s, valueOf("listen = a=b"));
        CPPUNIT_ASSERT_EQUAL("a"s, valueOf("listen = a # comment"));
        CPPUNIT_ASSERT_EQUAL("a"s, valueOf("listen = a ; comment"));
        CPPUNIT_ASSERT_EQUAL(""s, valueOf("listen = # comment"));
        CPPUNIT_ASSERT_EQUAL("a#b;c"s, valueOf("listen = a#b;c"));
        CPPUNIT_ASSERT_EQUAL("#fff"s, valueOf("listen =#fff"));
        CPPUNIT_ASSERT_EQUAL("a\"b"s, valueOf("listen = a\"b"));
        CPPUNIT_ASSERT_EQUAL("x"s, valueOf("; comment\n# comment\n\n   # comment\nlisten = x"));
        CPPUNIT_ASSERT_EQUAL("J\xC3\xBCrgen"s, valueOf("name = J\xC3\xBCrgen"));
    }

    void readsQuotedValues() {
        CPPUNIT_ASSERT_EQUAL(" a # b ; c "s, valueOf("a = \" a # b ; c \"  # comment"));
        CPPUNIT_ASSERT_EQUAL("\\\"\n\r\t"s, valueOf("a = \"\\\\\\\"\\n\\r\\t\""));
        CPPUNIT_ASSERT_EQUAL(""s, valueOf("a = \"\""));
    }

    void acceptsCrLfAndByteOrderMark() {
        Diagnostics diagnostics;
        const Document document = readIni("\xEF\xBB\xBF[server]\r\nlisten = x\r\n\r\n", "m.ini", diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        CPPUNIT_ASSERT_EQUAL("x"s, document.find("server", "listen")->value);
    }

    void acceptsEmptyFilesAndMissingLastNewline() {
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf(""));
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf("\n\n"));
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf("[server]"));
        CPPUNIT_ASSERT_EQUAL("x"s, valueOf("a = x"));
    }

    void keepsOrigins() {
        Diagnostics diagnostics;
        const Document document = readIni("[server]\n\n  mode =  x\n[plugin.a-b] # why\n", "m.ini", diagnostics);
        const auto* const entry = document.find("server", "mode");
        CPPUNIT_ASSERT_EQUAL("m.ini:3:3"s, entry->origin.textWithColumn());
        CPPUNIT_ASSERT_EQUAL("m.ini:3:11"s, entry->valueOrigin.textWithColumn());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, document.sections().size());
        CPPUNIT_ASSERT_EQUAL("plugin.a-b"s, document.sections()[1].name);
        CPPUNIT_ASSERT_EQUAL("m.ini:4:1"s, document.sections()[1].origin.textWithColumn());
        CPPUNIT_ASSERT(document.find("server", "mod") == nullptr);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(IniReaderTest);
