// SPDX-License-Identifier: Apache-2.0
#include "json/form.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace mortise::json;

namespace {

constexpr std::string_view nested = R"({"type":"object","properties":{
    "plain":{"type":"string"}, "n":{"type":"integer"}, "literal[x]":{"type":"integer"},
    "user":{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},
        "tags":{"type":"array","items":{"type":"string"}},
        "home":{"type":"object","properties":{"zip":{"type":"integer"}}}}},
    "ids":{"type":"array","items":{"type":"integer"}},
    "grid":{"type":"array","items":{"type":"array","items":{"type":"integer"}}},
    "rows":{"type":"array","items":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"boolean"}}}},
    "map":{"type":"object","additionalProperties":{"type":"number"}},
    "pair":{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]},
    "shape":{"type":"object","oneOf":[{"properties":{"kind":{"const":"a"},"r":{"type":"number"}}},{"required":["q"]}]},
    "maybe":{"type":["object","null"],"properties":{"x":{"type":"integer"}}},
    "either":{"type":["string","array"],"items":{"type":"integer"}},
    "untyped":{"properties":{"x":{"type":"integer"}}}, "free":{},
    "tree":{"$ref":"#/$defs/tree"}},
    "$defs":{"tree":{"type":"object","properties":{"v":{"type":"integer"},"kid":{"$ref":"#/$defs/tree"}}}}})";

const Schema& schema() {
    static const Schema compiled = [] {
        Schema made;
        const auto fault = Schema::compile(nested, made);
        CPPUNIT_ASSERT_MESSAGE(fault ? fault->pointer + " " + fault->message : "", !fault);
        return made;
    }();
    return compiled;
}

std::string written(const Tape& tape) {
    std::string text;
    Writer(text).value(tape.root());
    return text;
}

std::string read(std::string_view form) {
    Tape tape;
    const auto fault = readForm(form, &schema(), tape);
    if (fault) return std::string(describe(fault->reason)) + " at " + std::to_string(fault->position);
    return written(tape);
}

} // namespace

class FormTreeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FormTreeTest);
    CPPUNIT_TEST(conflicts);
    CPPUNIT_TEST(depthIsLimited);
    CPPUNIT_TEST(pairsAreLimited);
    CPPUNIT_TEST(otherNamesAreLiteral);
    CPPUNIT_TEST(members);
    CPPUNIT_TEST(elements);
    CPPUNIT_TEST(valuesAreTyped);
    CPPUNIT_TEST(namesOfPrototypesAreNames);
    CPPUNIT_TEST(fieldsAreLiteral);
    CPPUNIT_TEST(filesHavePlacesOfTheirOwn);
    CPPUNIT_TEST(manyMembers);
    CPPUNIT_TEST(anyBytesAreHandled);
    CPPUNIT_TEST_SUITE_END();

    void conflicts() {
        const std::string text = "a name that is both a value and more than one at ";
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"user=1&user[name]=2", "7"},
            {"user[name]=2&user=1", "13"},
            {"&&n=1&user[name]=2&&user=1", "20"},
            {"user[home]=1&user[home][zip]=2", "13"},
            {"user[home][zip]=2&user[home]=1", "18"},
            {"ids=1&ids[]=2", "6"},
            {"ids[]=2&ids=1", "8"},
            {"rows[0]=1&rows[0][x]=1", "10"},
            {"us%65r=1&user%5bname%5D=2", "9"},
        };
        for (const auto& [form, at] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(form, text + at, read(form));
    }

    void depthIsLimited() {
        std::string name = "tree";
        for (int i = 0; i < 7; ++i) name += "[kid]";
        CPPUNIT_ASSERT(read(name + "[v]=1").starts_with("{"));
        CPPUNIT_ASSERT_EQUAL(std::string("too many brackets in a name at 4"), read("n=1&" + name + "[kid][v]=1"));
        std::string endless = "tree";
        for (int i = 0; i < 100'000; ++i) endless += "[kid]";
        CPPUNIT_ASSERT_EQUAL(std::string("too many brackets in a name at 0"), read(endless + "=1"));
        // Where the schema ends, brackets mean nothing.
        std::string other = "free";
        for (int i = 0; i < 100; ++i) other += "[x]";
        CPPUNIT_ASSERT_EQUAL("{\"" + other + "\":\"1\"}", read(other + "=1"));
    }

    void pairsAreLimited() {
        std::string form;
        for (int i = 0; i < 1001; ++i) form += "rows[" + std::to_string(i) + "][x]=1&";
        CPPUNIT_ASSERT(read(form).starts_with("too many fields"));
    }

    void otherNamesAreLiteral() {
        for (const char* name :
             {"[",         "]",           "[]",           "[a]",          "user[",    "user]",
              "user[name", "user[name]x", "user[name]]x", "user[[name]x", "user[]",   "user[name][x]",
              "n[0]",      "n[]",         "plain[x]",     "free[x]",      "free[]",   "unknown[x]",
              "unknown[]", "ids[x]",      "ids[-1]",      "ids[01]",      "ids[1.0]", "ids[1234567]",
              "ids[0][0]", "user [name]"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, "{\"" + std::string(name) + "\":\"1\"}", read(std::string(name) + "=1"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"literal[x]":2})"), read("literal[x]=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"n":3,"plain":"a[b]=c"})"), read("n=3&plain=a[b]=c"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"n[x]":"2"})"), read("n[x]=1&n[x]=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"user":"1"})"), read("user=1"));
    }

    void members() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"user":{"name":"Ada L","age":36,"home":{"zip":7},"other":"1"},"n":1})"),
                             read("user[name]=Ada+L&n=1&user%5Bage%5D=36&user[home][zip]=7&user[other]=1"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"user":{"name":"b","tags":["x","y"]}})"),
                             read("user[name]=a&user[name]=b&user[tags]=x&user[tags]=y"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"map":{"a":1,"b c":2.5,"d[e":3}})"),
                             read("map[a]=1&map[b+c]=2.5&map[d[e]=3"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"maybe":{"x":1},"untyped":{"x":2},"shape":{"kind":"a","r":1.5}})"),
                             read("maybe[x]=1&untyped[x]=2&shape[kind]=a&shape[r]=1.5"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"tree":{"kid":{"kid":{"v":1}},"v":2}})"),
                             read("tree[kid][kid][v]=1&tree[v]=2"));
    }

    void elements() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"ids":[1,2]})"), read("ids[]=1&ids[]=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"ids":[1]})"), read("ids[]=1"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"ids":[1,2,"x"]})"), read("ids=1&ids=2&ids=x"));
        // By index, then in the order they came; gaps close.
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"ids":[3,5,9,1,4]})"),
                             read("ids[]=1&ids[7]=5&ids[0]=3&ids[]=4&ids[999999]=9"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"ids":[2]})"), read("ids[0]=1&ids[0]=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"rows":[{"x":1,"y":true},{"x":2}]})"),
                             read("rows[1][x]=2&rows[0][x]=1&rows[0][y]=true"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"rows":[{"x":1},{"x":2},{"y":false}]})"),
                             read("rows[][x]=1&rows[][x]=2&rows[][y]=false"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"grid":[[1,2],[3]]})"), read("grid[0][]=1&grid[1][]=3&grid[0][]=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"user":{"tags":["b","a"]}})"), read("user[tags][1]=a&user[tags][0]=b"));
    }

    void valuesAreTyped() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"pair":[1,"2"]})"), read("pair[0]=1&pair[1]=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"pair":[1,"2"]})"), read("pair=1&pair=2"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"either":"1"})"), read("either=1"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"either":[1]})"), read("either[]=1"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"user":{"age":"old"},"maybe":null})"), read("user[age]=old&maybe="));
        Details details;
        Tape tape;
        CPPUNIT_ASSERT(!readForm("user[age]=old&rows[][x]=1&rows[][x]=y", &schema(), tape));
        CPPUNIT_ASSERT(!schema().validate(tape, details));
        CPPUNIT_ASSERT_EQUAL(std::string("/user/age"), details.items()[0].path);
        CPPUNIT_ASSERT_EQUAL(std::string("/rows/1/x"), details.items()[1].path);
    }

    void namesOfPrototypesAreNames() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"__proto__[x]":"1","constructor[prototype][x]":"2","map":{"__proto__":3},)"
                                         R"("user":{"__proto__":"4","hasOwnProperty":"5"}})"),
                             read("__proto__[x]=1&constructor[prototype][x]=2&map[__proto__]=3&user[__proto__]=4&user["
                                  "hasOwnProperty]=5"));
    }

    void fieldsAreLiteral() {
        const FormPair pairs[] = {{"user[name]", "a"}, {"user", "b"}};
        Tape tape;
        CPPUNIT_ASSERT(!readPairs(pairs, &schema(), tape));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"user[name]":"a","user":"b"})"), written(tape));
    }

    void filesHavePlacesOfTheirOwn() {
        constexpr std::string_view upload = R"({"type":"object","required":["face"],"properties":{
            "title":{"type":"string"},"face":{"$ref":"#/$defs/file"},"more":{"type":"array","items":{"$ref":"#/$defs/file"}},
            "user":{"type":"object","properties":{"paper":{"$ref":"#/$defs/file"},"age":{"type":"integer"}}}},
            "$defs":{"file":{"type":"string","format":"binary"}}})";
        Schema made;
        CPPUNIT_ASSERT(!Schema::compile(upload, made));
        CPPUNIT_ASSERT(made.takesFiles() && !schema().takesFiles());
        const auto judge = [&](std::vector<FormPair> fields) {
            Tape tape;
            if (const auto fault = readFields(fields, &made, tape))
                return std::string(describe(fault->reason)) + " at " + std::to_string(fault->position);
            Details details;
            std::string told = written(tape);
            if (!made.validate(tape, details))
                for (const auto& detail : details.items()) told += " " + detail.path + " " + detail.message;
            return told;
        };
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"face":"0","title":"a"})"), judge({{"face", "0", true}, {"title", "a"}}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"face":"1","more":["0","2"],"user":{"age":7,"paper":"3"}})"),
                             judge({{"face", "1", true},
                                    {"more", "0", true},
                                    {"more", "2", true},
                                    {"user[age]", "7"},
                                    {"user[paper]", "3", true}}));
        // No text is a file, and no file a text.
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"face":"0"} /face must be a valid file)"), judge({{"face", "0"}}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"face":"0","title":null} /title must be a string)"),
                             judge({{"face", "0", true}, {"title", "1", true}}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"face":"0","other":null})"),
                             judge({{"face", "0", true}, {"other", "1", true}}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({} /face is required)"), judge({}));
        CPPUNIT_ASSERT_EQUAL(std::string("a name that is both a value and more than one at 1"),
                             judge({{"user[age]", "1"}, {"user", "2"}}));
        CPPUNIT_ASSERT_EQUAL(std::string("invalid UTF-8 at 1"), judge({{"title", "1"}, {"title", "\xff"}}));
        Tape json;
        CPPUNIT_ASSERT(!parse(R"({"face":"0"})", json));
        Details details;
        CPPUNIT_ASSERT(!made.validate(json, details));
        // The specification knows no such format.
        Schema plain;
        CPPUNIT_ASSERT(!Schema::compile(R"({"format":"binary"})", plain, {SchemaMode::spec, {}}));
        CPPUNIT_ASSERT(plain.validate(json, details) && !plain.takesFiles());
    }

    void manyMembers() {
        std::string form, expected = R"({"map":{)";
        for (int i = 0; i < 1000; ++i) {
            form += "map[k" + std::to_string(i) + "]=" + std::to_string(i) + "&";
            expected += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i);
        }
        CPPUNIT_ASSERT_EQUAL(expected + "}}", read(form));
    }

    void anyBytesAreHandled() {
        std::mt19937 random(7);
        const std::vector<std::string> roots = {"user", "ids", "rows", "map", "tree", "a", "", "&", "us%65r"};
        const std::vector<std::string> brackets = {"[]", "[0]", "[1]", "[x]", "[kid]", "%5Bv%5d", "[", "]", "%00", "="};
        int accepted = 0;
        int refused = 0;
        Tape tape;
        for (int round = 0; round < 30'000; ++round) {
            std::string form;
            for (std::size_t pairs = random() % 8; pairs > 0; --pairs) {
                form += roots[random() % roots.size()];
                for (std::size_t count = random() % 3; count > 0; --count) form += brackets[random() % brackets.size()];
                form += "=1&";
            }
            if (const auto fault = readForm(form, &schema(), tape)) {
                CPPUNIT_ASSERT_MESSAGE(form, fault->position < form.size() && tape.empty());
                ++refused;
                continue;
            }
            ++accepted;
            // No key twice: what was written and read again has as many nodes.
            Tape again;
            CPPUNIT_ASSERT_MESSAGE(form, !parse(written(tape), again));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(form, tape.nodes().size(), again.nodes().size());
        }
        CPPUNIT_ASSERT(accepted > 1000 && refused > 100);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FormTreeTest);
