// SPDX-License-Identifier: Apache-2.0
#include <mortise/entity_tag.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <initializer_list>
#include <string>

namespace {

using mortise::EntityTag;
using mortise::EntityTagList;
using Kind = EntityTagList::Kind;

EntityTagList listOf(std::initializer_list<const char*> lines) {
    EntityTagList list;
    for (const char* line : lines) list.add(line);
    return list;
}

} // namespace

// RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2.
class EntityTagTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EntityTagTest);
    CPPUNIT_TEST(refusesWhatIsNoTag);
    CPPUNIT_TEST(refusesBrokenLists);
    CPPUNIT_TEST(readsTags);
    CPPUNIT_TEST(comparesStronglyAndWeakly);
    CPPUNIT_TEST(readsLists);
    CPPUNIT_TEST(anyIsWhateverThereIs);
    CPPUNIT_TEST(linesAreOneList);
    CPPUNIT_TEST(textsTellVersionsApart);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatIsNoTag() {
        for (const char* text : {"", "*", "a", "\"", "\"a", "a\"", "w/\"a\"", "W/a", "W/ \"a\"", "\"a\"b", "\"a b\"",
                                 "\"a\"\"b\"", " \"a\"", "\"\x7f\"", "\"a\tb\""})
            CPPUNIT_ASSERT_MESSAGE(text, !EntityTag::parse(text));
        std::string_view text = "\"a b\"";
        CPPUNIT_ASSERT(!EntityTag::take(text));
        CPPUNIT_ASSERT(text == "\"a b\""); // untouched
    }
    void refusesBrokenLists() {
        for (const char* line : {"a", "\"a\" \"b\"", "\"a\", b", "*, \"a\"", "\"a\", *", "W/\"a", "**"}) {
            const EntityTagList list = listOf({line});
            CPPUNIT_ASSERT_MESSAGE(line, list.kind() == Kind::malformed);
            CPPUNIT_ASSERT(!list.strongMatches(*EntityTag::parse("\"a\"")));
            CPPUNIT_ASSERT(!list.weakMatches(*EntityTag::parse("\"a\"")));
        }
        CPPUNIT_ASSERT(listOf({"*", "\"a\""}).kind() == Kind::malformed);
        CPPUNIT_ASSERT(listOf({"\"a\"", "*"}).kind() == Kind::malformed);
        CPPUNIT_ASSERT(listOf({"bad", "\"a\""}).kind() == Kind::malformed);
    }
    void readsTags() {
        CPPUNIT_ASSERT(EntityTag::parse("\"\"")->opaque == "\"\"");
        CPPUNIT_ASSERT(EntityTag::parse("W/\"\"")->weak);
        CPPUNIT_ASSERT(!EntityTag::parse("\"a,\xc3\xa4\"")->weak);
        std::string_view text = "W/\"a,b\" rest";
        const auto tag = EntityTag::take(text);
        CPPUNIT_ASSERT(tag && tag->weak && tag->opaque == "\"a,b\"" && text == " rest");
    }
    void comparesStronglyAndWeakly() {
        const auto strong = *EntityTag::parse("\"1\"");
        const auto weak = *EntityTag::parse("W/\"1\"");
        const auto other = *EntityTag::parse("\"2\"");
        // The table of section 8.8.3.2.
        CPPUNIT_ASSERT(strongMatch(strong, strong) && weakMatch(strong, strong));
        CPPUNIT_ASSERT(!strongMatch(weak, weak) && weakMatch(weak, weak));
        CPPUNIT_ASSERT(!strongMatch(weak, strong) && weakMatch(weak, strong));
        CPPUNIT_ASSERT(!strongMatch(strong, other) && !weakMatch(strong, other) && !weakMatch(weak, other));
    }
    void readsLists() {
        const EntityTagList list = listOf({" ,, \"a,b\" ,W/\"c\"\t,"});
        CPPUNIT_ASSERT(list.kind() == Kind::list);
        CPPUNIT_ASSERT(list.strongMatches(*EntityTag::parse("\"a,b\"")));
        CPPUNIT_ASSERT(!list.strongMatches(*EntityTag::parse("\"c\"")) && list.weakMatches(*EntityTag::parse("\"c\"")));
        CPPUNIT_ASSERT(listOf({""}).kind() == Kind::list); // nothing matches
        CPPUNIT_ASSERT(!listOf({""}).weakMatches(*EntityTag::parse("\"a\"")));
        CPPUNIT_ASSERT(EntityTagList().kind() == Kind::absent);
    }
    void anyIsWhateverThereIs() {
        const EntityTagList list = listOf({" * "});
        CPPUNIT_ASSERT(list.kind() == Kind::any);
        CPPUNIT_ASSERT(list.strongMatches(*EntityTag::parse("W/\"a\"")) &&
                       list.weakMatches(*EntityTag::parse("\"a\"")));
    }
    void linesAreOneList() {
        const EntityTagList list = listOf({"\"a\"", "\"b\", \"c\""});
        CPPUNIT_ASSERT(list.kind() == Kind::list);
        for (const char* tag : {"\"a\"", "\"b\"", "\"c\""}) CPPUNIT_ASSERT(list.strongMatches(*EntityTag::parse(tag)));
    }
    void textsTellVersionsApart() {
        for (const std::uint64_t version : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
            CPPUNIT_ASSERT_EQUAL(std::size_t{13}, mortise::entityTagText(version).size());
            CPPUNIT_ASSERT(EntityTag::parse(mortise::entityTagText(version)));
            CPPUNIT_ASSERT(EntityTag::parse(mortise::entityTagText(version, true))->weak);
        }
        for (int bit = 0; bit < 64; ++bit)
            CPPUNIT_ASSERT(mortise::entityTagText(std::uint64_t{1} << bit) != mortise::entityTagText(0));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EntityTagTest);
