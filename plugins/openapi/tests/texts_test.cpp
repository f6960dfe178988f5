// SPDX-License-Identifier: Apache-2.0
// What is written of a tree, examples of schemas, and the texts of the page.
#include "docs_page.hpp"
#include "parsed.hpp"
#include "path_template.hpp"
#include "schema_example.hpp"
#include "yaml_text.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace mortise::openapi;
using mortise::AssetPage;

class OpenApiTextsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OpenApiTextsTest);
    CPPUNIT_TEST(jsonComesBackAsItWas);
    CPPUNIT_TEST(yamlIsBlocks);
    CPPUNIT_TEST(yamlQuotesWhatCouldBeAnythingElse);
    CPPUNIT_TEST(idsFromPatterns);
    CPPUNIT_TEST(examples);
    CPPUNIT_TEST(noExampleIsBetterThanAWrongOne);
    CPPUNIT_TEST(pageNamesItsFiles);
    CPPUNIT_TEST(relativeAddresses);
    CPPUNIT_TEST(policyKnowsTheServers);
    CPPUNIT_TEST_SUITE_END();

public:
    void jsonComesBackAsItWas() {
        const std::string text = R"({"a":[1,2.50,-0,1e5,true,false,null,{}],"b":{"":"\"\\\n\t\u0001 é\u007f"},"c":[]})";
        std::string plain = text;
        plain.replace(plain.find("\\u007f"), 6, "\x7f");
        CPPUNIT_ASSERT_EQUAL(plain, toJson(parsed(text)));
        CPPUNIT_ASSERT(parsed("[1,{\"a\":2}]") == parsed("[1,{\"a\":2}]"));
        CPPUNIT_ASSERT(!(parsed("[1,{\"a\":2}]") == parsed("[1,{\"a\":3}]")));
        CPPUNIT_ASSERT(!(parsed("1") == parsed("\"1\"")));
    }

    void yamlIsBlocks() {
        CPPUNIT_ASSERT_EQUAL(std::string("openapi: \"3.1.0\"\n"
                                         "list:\n"
                                         "  - 1\n"
                                         "  - name: a\n"
                                         "    more:\n"
                                         "      - true\n"
                                         "  -\n"
                                         "    - null\n"
                                         "  - []\n"
                                         "none: {}\n"
                                         "\"/a/{b}\":\n"
                                         "  get: fine text\n"),
                             toYaml(parsed(R"({"openapi":"3.1.0","list":[1,{"name":"a","more":[true]},[null],[]],)"
                                           R"("none":{},"/a/{b}":{"get":"fine text"}})")));
        CPPUNIT_ASSERT_EQUAL(std::string("{}\n"), toYaml(Json::object()));
    }

    void yamlQuotesWhatCouldBeAnythingElse() {
        for (const char* const text :
             {"",     "true", "Yes", "NO",   "on",         "null", "~",  "1", "0x1f", "1e3", "-",   "- a",
              "a: b", "a #b", "{a}", "[a]",  "*a",         "&a",   "!a", "|", ">",    "@a",  "`a`", "%a",
              "a\nb", "a ",   " a",  "a\"b", "2026-01-02", ".inf", "é",  "=", "?",    "a,b", "nan"}) {
            const std::string yaml = toYaml(Json::string(text));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, '"', yaml.front());
        }
        CPPUNIT_ASSERT_EQUAL(std::string("\"\\x7f \\x85 \\ufeff é\\u0001\"\n"),
                             toYaml(Json::string("\x7f \xc2\x85 \xef\xbb\xbf é\x01")));
        CPPUNIT_ASSERT_EQUAL(std::string("a-b_c.d/e f\n"), toYaml(Json::string("a-b_c.d/e f")));
    }

    void idsFromPatterns() {
        CPPUNIT_ASSERT_EQUAL(std::string("get"), operationIdOf("GET", "/"));
        CPPUNIT_ASSERT_EQUAL(std::string("patchApiUsersById"), operationIdOf("PATCH", "/api/users/:id"));
        CPPUNIT_ASSERT_EQUAL(std::string("getFilesV2Rest"), operationIdOf("GET", "/files.v2/*rest"));
    }

    void examples() {
        const auto example = [](std::string_view schema) {
            const std::optional<Json> made = exampleOf(parsed(schema));
            return made ? toJson(*made) : std::string("none");
        };
        CPPUNIT_ASSERT_EQUAL(std::string("\"a\""), example(R"({"type":"string","examples":["a","b"],"default":"c"})"));
        CPPUNIT_ASSERT_EQUAL(std::string("10"), example(R"({"type":"integer","default":10})"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"x\""), example(R"({"enum":["x","y"]})"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"tex\""), example(R"({"type":"string","maxLength":3})"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"text text\""), example(R"({"type":"string","minLength":8})"));
        CPPUNIT_ASSERT_EQUAL(std::string("5"), example(R"({"type":"integer","minimum":5})"));
        CPPUNIT_ASSERT_EQUAL(std::string("-3"), example(R"({"type":"number","maximum":-3})"));
        CPPUNIT_ASSERT_EQUAL(std::string("[]"), example(R"({"type":"array","items":{"$ref":"#"}})"));
        CPPUNIT_ASSERT_EQUAL(std::string("[true]"), example(R"({"type":"array","items":{"type":["boolean","null"]}})"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"b":1})"),
                             example(R"({"type":"object","properties":{"a":{"type":"string","pattern":"x"},)"
                                     R"("b":{"type":"number"}},"required":["b"]})"));
    }

    void noExampleIsBetterThanAWrongOne() {
        for (const char* const schema :
             {R"({"type":"string","pattern":"^a"})", R"({"type":"string","format":"no-such"})",
              R"({"type":"string","minLength":1000})", R"({"type":"number","multipleOf":3})", R"({"oneOf":[{}]})",
              R"({})", R"({"type":"array","items":{"type":"string"},"minItems":2})",
              R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})"})
            CPPUNIT_ASSERT_MESSAGE(schema, !exampleOf(parsed(schema)));
    }

    void pageNamesItsFiles() {
        const std::vector<mortise::PageAsset> assets{{"page.js", "", "0123", "", ""}, {"page.css", "", "4567", "", ""}};
        const std::string html = pageHtml(AssetPage(assets), "A <b> & \"c\"", "../openapi.json");
        CPPUNIT_ASSERT(html.find("<title>A &lt;b> &amp; &quot;c&quot;</title>") != html.npos);
        CPPUNIT_ASSERT(html.find("data-document=\"../openapi.json\"") != html.npos);
        CPPUNIT_ASSERT(html.find("src=\"page.js?v=0123\"") != html.npos);
        CPPUNIT_ASSERT(html.find("href=\"page.css?v=4567\"") != html.npos);
        CPPUNIT_ASSERT(html.find("http") == html.npos); // nothing from elsewhere
    }

    void relativeAddresses() {
        CPPUNIT_ASSERT_EQUAL(std::string("../openapi.json"), AssetPage::relativeTo("/docs", "/openapi.json"));
        CPPUNIT_ASSERT_EQUAL(std::string("../../v1/openapi.json"),
                             AssetPage::relativeTo("/a/docs", "/v1/openapi.json"));
    }

    void policyKnowsTheServers() {
        const std::string own = pagePolicy({"/", "/v1"});
        CPPUNIT_ASSERT(own.find("connect-src 'self';") != own.npos);
        CPPUNIT_ASSERT(own.find("script-src 'self';") != own.npos);
        CPPUNIT_ASSERT(own.find("upgrade-insecure-requests") == own.npos);
        const std::string others =
            pagePolicy({"https://api.example.com:8443/v1", "http://[::1]:80", "https://bad;script-src *", "ftp://x"});
        CPPUNIT_ASSERT(others.find("connect-src 'self' https://api.example.com:8443 http://[::1]:80;") != others.npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OpenApiTextsTest);
