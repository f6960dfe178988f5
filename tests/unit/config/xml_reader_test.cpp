// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

using mortise::base::Diagnostics;
using mortise::config::Document;
using mortise::config::readXml;
using namespace std::string_literals;

class XmlReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(XmlReaderTest);
    CPPUNIT_TEST(refusesWhatIsNotWellFormed);
    CPPUNIT_TEST(refusesDoctypeAndEntities);
    CPPUNIT_TEST(refusesMisplacedElements);
    CPPUNIT_TEST(refusesAttributesAndStrayText);
    CPPUNIT_TEST(refusesFaultyPluginNames);
    CPPUNIT_TEST(refusesBadEncoding);
    CPPUNIT_TEST(namesBothLinesOfADuplicate);
    CPPUNIT_TEST(neverRepeatsAValue);
    CPPUNIT_TEST(readsSectionsAndKeys);
    CPPUNIT_TEST(takesVerbatimText);
    CPPUNIT_TEST(keepsOrigins);
    CPPUNIT_TEST_SUITE_END();

    static std::string faultsOf(std::string_view text) {
        Diagnostics diagnostics;
        readXml(text, "m.xml", diagnostics);
        return diagnostics.render();
    }
    static std::string valueOf(const std::string& content) {
        Diagnostics diagnostics;
        const Document document =
            readXml("<mortise><server><a>" + content + "</a></server></mortise>", "m.xml", diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, document.entries().size());
        return document.entries().front().value;
    }

    void refusesWhatIsNotWellFormed() {
        CPPUNIT_ASSERT_EQUAL("m.xml:3:3: error: the XML is not well-formed: tag mismatch [C113]\n"s,
                             faultsOf("<mortise>\n<server>\n</servr>\n</mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:1: error: the XML is not well-formed: no element found [C113]\n"s, faultsOf(""));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:10: error: the XML is not well-formed: no element found [C113]\n"s,
                             faultsOf("<mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:29: error: the XML is not well-formed: undefined entity [C113]\n"s,
                             faultsOf("<mortise><server><a>abcdefgh&secret;</a></server></mortise>"));
    }

    void refusesDoctypeAndEntities() {
        const std::string refused =
            "error: a document type declaration is not accepted, nor are entities of one's own [C114]\n";
        CPPUNIT_ASSERT_EQUAL("m.xml:1:1: " + refused,
                             faultsOf("<!DOCTYPE mortise [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                                      "<mortise><server><a>&x;</a></server></mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:3:2: " + refused,
                             faultsOf("<?xml version=\"1.0\"?>\n<!-- <mortise> -->\n <!DOCTYPE mortise><mortise/>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:4: " + refused, faultsOf("\xEF\xBB\xBF<!DOCTYPE mortise><mortise/>"));
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf("<!-- <!DOCTYPE mortise> --><mortise/>"));
    }

    void refusesMisplacedElements() {
        CPPUNIT_ASSERT_EQUAL("m.xml:1:1: error: the outermost element is <config>, not <mortise> [C115]\n"s,
                             faultsOf("<config><server><a>1</a></server></config>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:2:2: error: unknown element <sever> in <mortise>; did you mean 'server'? [C103]\n"s,
                             faultsOf("<mortise>\n <sever><a>1</a></sever></mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:22: error: <b> stands inside of a key; a value is plain text [C115]\n"s,
                             faultsOf("<mortise><server><a>x<b>y</b></a></server></mortise>"));
    }

    void refusesAttributesAndStrayText() {
        CPPUNIT_ASSERT_EQUAL("m.xml:1:1: error: <mortise> takes no attribute 'version' [C115]\n"s,
                             faultsOf("<mortise version='1'/>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:10: error: <server> takes no attribute 'name' [C115]\n"s,
                             faultsOf("<mortise><server name='x'/></mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:18: error: <a> takes no attribute 'unit' [C115]\n"s,
                             faultsOf("<mortise><server><a unit='s'>1</a></server></mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:2:2: error: there is text outside of a key [C115]\n"s,
                             faultsOf("<mortise><server>\n junk</server></mortise>"));
    }

    void refusesFaultyPluginNames() {
        const std::string needsName =
            "m.xml:1:10: error: <plugin> needs the attribute 'name' and takes no other [C109]\n";
        CPPUNIT_ASSERT_EQUAL(needsName, faultsOf("<mortise><plugin><enabled>true</enabled></plugin></mortise>"));
        CPPUNIT_ASSERT_EQUAL(needsName, faultsOf("<mortise><plugin nam='x'/></mortise>"));
        CPPUNIT_ASSERT_EQUAL(needsName, faultsOf("<mortise><plugin name='x' file='y'/></mortise>"));
        CPPUNIT_ASSERT_EQUAL(
            "m.xml:1:10: error: 'Users' is no name of a plugin, which is made of a-z, 0-9 and '-' [C109]\n"s,
            faultsOf("<mortise><plugin name='Users'/></mortise>"));
    }

    void refusesBadEncoding() {
        CPPUNIT_ASSERT_EQUAL("m.xml:2:3: error: the file holds NUL or is not UTF-8 [C107]\n"s,
                             faultsOf("<mortise>\n  \xFF</mortise>"));
        CPPUNIT_ASSERT_EQUAL("m.xml:1:10: error: the file holds NUL or is not UTF-8 [C107]\n"s,
                             faultsOf("<mortise>\0</mortise>"s));
        CPPUNIT_ASSERT(!faultsOf("<mortise><server><a>\x1B</a></server></mortise>").empty());
    }

    void namesBothLinesOfADuplicate() {
        CPPUNIT_ASSERT_EQUAL(
            "m.xml:3:1: error: key 'a' of [server] is given twice; the first one is on line 2 [C111]\n"s,
            faultsOf("<mortise><server>\n<a>1</a>\n<a>2</a></server></mortise>"));
    }

    void neverRepeatsAValue() {
        for (const char* content : {"hunter2<b/>", "hunter2&x;", "hunter2</b>", "hunter2", "<hunter2x"}) {
            const std::string all =
                faultsOf("<mortise><server><a>1</a><a>"s + content + "</a>hunter2</server></mortise>");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(all, std::string::npos, all.find("hunter2<"));
            CPPUNIT_ASSERT(!all.empty());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(all, std::string::npos, all.find("hunter2"));
        }
    }

    void readsSectionsAndKeys() {
        Diagnostics diagnostics;
        const Document document =
            readXml("<?xml version=\"1.0\"?>\n<mortise>\n<!-- c --><server>\n<listen>\n  a,\n  b\n</listen>"
                    "<mode/></server>\n<plugin name=\"rate-limit\"><max>5</max></plugin></mortise>",
                    "m.xml", diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        CPPUNIT_ASSERT_EQUAL("a,\n  b"s, document.find("server", "listen")->value);
        CPPUNIT_ASSERT_EQUAL(""s, document.find("server", "mode")->value);
        CPPUNIT_ASSERT_EQUAL("5"s, document.find("plugin.rate-limit", "max")->value);
        CPPUNIT_ASSERT_EQUAL("<&>\xC3\xA9\"'"s, valueOf(" &lt;&amp;&gt;&#233;&quot;&apos; "));
        CPPUNIT_ASSERT_EQUAL("ab"s, valueOf("a<!-- comment -->b"));
    }

    void takesVerbatimText() {
        CPPUNIT_ASSERT_EQUAL(" <a> "s, valueOf("<![CDATA[ <a> ]]>"));
        CPPUNIT_ASSERT_EQUAL(""s, valueOf("<![CDATA[]]>"));
    }

    void keepsOrigins() {
        Diagnostics diagnostics;
        const Document document =
            readXml("<mortise>\n  <server>\n    <mode>  x</mode>\n  </server>\n</mortise>\n", "m.xml", diagnostics);
        CPPUNIT_ASSERT_EQUAL("m.xml:2:3"s, document.sections().front().origin.textWithColumn());
        const auto* const entry = document.find("server", "mode");
        CPPUNIT_ASSERT_EQUAL("m.xml:3:5"s, entry->origin.textWithColumn());
        CPPUNIT_ASSERT_EQUAL("m.xml:3:13"s, entry->valueOrigin.textWithColumn());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(XmlReaderTest);
