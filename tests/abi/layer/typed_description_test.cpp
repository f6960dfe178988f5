// SPDX-License-Identifier: Apache-2.0
#include <mortise/plugin.hpp>
#include <mortise/typed_service.hpp>

#include <cppunit/extensions/HelperMacros.h>

namespace {

using mortise::detail::differentMethod;
using mortise::detail::serviceDescription;

struct Leaf {
    int weight = 0;
    std::vector<std::optional<std::string>> names;
};
MORTISE_DESCRIBE(Leaf, field(weight), field(names))

struct Branch {
    std::vector<Leaf> leaves;
    std::optional<Leaf> first, last; // twice the same, which is no cycle
};
MORTISE_DESCRIBE(Branch, field(leaves), field(first), field(last))

struct Trees {
    [[maybe_unused]] static constexpr const char* serviceId = "test.trees/1";
    mortise::Method<Branch(const Leaf&, double)> grow;
    mortise::Method<void()> fell;
};
MORTISE_SERVICE(Trees, method(grow), method(fell))

std::string nested(char open, std::size_t depth) {
    return "grow(" + std::string(depth, open) + 'i' + std::string(depth, open == '{' ? '}' : ']') + ")-\n";
}

std::string firstOf(const std::string& message) {
    return message.substr(0, message.find("' and '"));
}

} // namespace

// Descriptions of typed services: the other side's may be anything.
class TypedDescriptionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TypedDescriptionTest);
    CPPUNIT_TEST(isWrittenByTheTypes);
    CPPUNIT_TEST(goesTogetherWithLongerAndShorterOnes);
    CPPUNIT_TEST(deeplyNestedOnesAreRefused);
    CPPUNIT_TEST(anythingIsCompared);
    CPPUNIT_TEST_SUITE_END();

public:
    void isWrittenByTheTypes() {
        CPPUNIT_ASSERT_EQUAL(std::string("grow({i,[t?]},n){[{i,[t?]}],{i,[t?]}?,{i,[t?]}?}\nfell()-\n"),
                             serviceDescription<Trees>());
    }

    void goesTogetherWithLongerAndShorterOnes() {
        CPPUNIT_ASSERT_EQUAL(std::string(), differentMethod("a({i,[{t}]})-\n", "a({i,[{t,{n}}],i?},t)-\nb()-\n"));
        CPPUNIT_ASSERT_EQUAL(std::string(), differentMethod("-\nb()-\n", "a(i)t\nb()-\n"));
        CPPUNIT_ASSERT_EQUAL(std::string(), differentMethod("a(i)t\nb()-\n", "-\n-\n"));
        CPPUNIT_ASSERT_EQUAL(std::string("'b()-' and 'b()i'"), differentMethod("-\nb()-\n", "a(i)t\nb()i\n"));
        CPPUNIT_ASSERT_EQUAL(std::string("'a(i)t' and 'a(i)t?'"), differentMethod("a(i)t\n", "a(i)t?\n"));
    }

    void deeplyNestedOnesAreRefused() {
        for (const char open : {'{', '['}) {
            const std::string deep = nested(open, 63);
            CPPUNIT_ASSERT_EQUAL(std::string(), differentMethod(deep, deep));
            for (const std::size_t depth : {std::size_t{65}, std::size_t{4'000'000}}) {
                const std::string deeper = nested(open, depth);
                const std::string message = differentMethod(deeper, deeper);
                CPPUNIT_ASSERT_EQUAL(deeper.substr(0, 60), firstOf(message).substr(1, 60));
                CPPUNIT_ASSERT(message.size() < 1000);
                CPPUNIT_ASSERT(!differentMethod(deeper, serviceDescription<Trees>()).empty());
                // Behind what this side has, it is skipped.
                CPPUNIT_ASSERT_EQUAL(std::string(), differentMethod("grow()-\n", deeper));
            }
        }
    }

    void anythingIsCompared() {
        const std::string own = serviceDescription<Trees>();
        for (std::size_t size = 1; size < own.size(); ++size) differentMethod(own.substr(0, size), own);
        for (const char* other : {"", "\n", "\n\n\n", "grow", "grow(", "grow()", "(", "grow({", "grow({i", "grow({i,",
                                  "grow({i,[t?}]", "grow({i,[t?]},n)", "grow(,,,)-\n", "grow(]}]})-\n"})
            differentMethod(other, own), differentMethod(own, other), differentMethod(other, other);
        CPPUNIT_ASSERT_EQUAL(std::string(), differentMethod("", own));
        CPPUNIT_ASSERT(!differentMethod("grow(", own).empty());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TypedDescriptionTest);
