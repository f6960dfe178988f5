// SPDX-License-Identifier: Apache-2.0
#include "plugins/routing/radix_tree.hpp"

#include "naive_matcher.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <set>
#include <stdexcept>
#include <thread>

namespace mortise::routing {

namespace {

// "3:value,value" of route 3, or "none".
std::string lookUp(const RadixTree& tree, std::string_view path, std::uint32_t method = 0) {
    // A copy of exactly this size: the sanitizer sees a read past the end.
    const std::vector<char> exact(path.begin(), path.end());
    Match match;
    if (!tree.match(method, {exact.data(), exact.size()}, match)) return "none";
    std::string text = std::to_string(match.route) + ":";
    for (std::uint32_t i = 0; i < match.parameter_count; ++i) {
        if (i != 0) text += ',';
        text += path.substr(match.parameters[i].offset, match.parameters[i].length);
    }
    return text;
}

RadixTree treeOf(const std::vector<std::string_view>& patterns) {
    std::vector<Route> routes;
    for (const std::string_view pattern : patterns)
        routes.push_back({pattern, 0, static_cast<std::uint32_t>(routes.size())});
    return RadixTree(routes);
}

std::string refusalOf(const std::vector<std::string_view>& patterns) {
    try {
        treeOf(patterns);
    } catch (const std::invalid_argument& refused) {
        return refused.what();
    }
    return "accepted";
}

std::string naiveText(std::span<const Route> routes, std::string_view path, std::uint32_t method) {
    const auto match = tests::matchNaively(routes, method, path);
    if (!match) return "none";
    std::string text = std::to_string(match->route) + ":";
    for (std::size_t i = 0; i < match->values.size(); ++i) text += (i != 0 ? "," : "") + match->values[i];
    return text;
}

} // namespace

class RadixTreeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RadixTreeTest);
    CPPUNIT_TEST(refusesBadPatterns);
    CPPUNIT_TEST(namesBothPatternsOfAConflict);
    CPPUNIT_TEST(emptyTableMatchesNothing);
    CPPUNIT_TEST(refusesPathsWithoutSlash);
    CPPUNIT_TEST(literalBeatsParameterBeatsRest);
    CPPUNIT_TEST(goesBackFromDeadEnds);
    CPPUNIT_TEST(trailingSlashIsAnotherPath);
    CPPUNIT_TEST(parameterIsNeverEmpty);
    CPPUNIT_TEST(restMayBeEmpty);
    CPPUNIT_TEST(encodedSlashStaysInItsSegment);
    CPPUNIT_TEST(sixteenParameters);
    CPPUNIT_TEST(longPathsAndLabels);
    CPPUNIT_TEST(segmentLengthsAroundTheWordSize);
    CPPUNIT_TEST(methodsAreApart);
    CPPUNIT_TEST(binaryPaths);
    CPPUNIT_TEST(backtrackingIsBoundedByTheNodes);
    CPPUNIT_TEST(agreesWithNaiveMatcher);
    CPPUNIT_TEST(isReadByManyThreads);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadPatterns() {
        for (const char* pattern :
             {"", "a", "a/b", "/:", "/*", "/:1a", "/:a-b", "/*a/b", "/:a/:a", "/:a/*a", "/:a b"}) {
            const std::string refusal = refusalOf({pattern});
            CPPUNIT_ASSERT_MESSAGE(pattern, refusal.find("\"" + std::string(pattern) + "\"") != std::string::npos);
        }
        std::string many;
        for (int i = 0; i < 17; ++i) many += "/:p" + std::to_string(i);
        CPPUNIT_ASSERT(refusalOf({many}).find("more than 16") != std::string::npos);
        const std::vector<Route> far{{"/", max_method + 1, 0}};
        CPPUNIT_ASSERT_THROW(RadixTree{far}, std::invalid_argument);
    }

    void namesBothPatternsOfAConflict() {
        const std::string expected = "routes \"/a/:x\" and \"/a/:y\" match the same paths";
        CPPUNIT_ASSERT_EQUAL(expected, refusalOf({"/a/:x", "/b", "/a/:y"}));
        CPPUNIT_ASSERT(refusalOf({"/a/*x", "/a/*y"}).find("/a/*y") != std::string::npos);
        CPPUNIT_ASSERT(refusalOf({"/a/b", "/a/b"}).find("match the same") != std::string::npos);
        CPPUNIT_ASSERT_THROW(treeOf({"/:a/:b", "/:b/:a"}), RouteConflict);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), refusalOf({"/a/:x", "/a/:y/", "/a/:z/b", "/a/*w", "/a/"}));
    }

    void emptyTableMatchesNothing() {
        const RadixTree tree(std::span<const Route>{});
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/"));
    }

    void refusesPathsWithoutSlash() {
        const RadixTree tree = treeOf({"/", "/*rest", "/:one"});
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, ""));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "a"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "*"));
    }

    void literalBeatsParameterBeatsRest() {
        const RadixTree tree = treeOf({"/*rest", "/:one", "/me", "/users/me", "/users/:id", "/users/*rest"});
        CPPUNIT_ASSERT_EQUAL(std::string("2:"), lookUp(tree, "/me"));
        CPPUNIT_ASSERT_EQUAL(std::string("1:mee"), lookUp(tree, "/mee"));
        CPPUNIT_ASSERT_EQUAL(std::string("0:m/e"), lookUp(tree, "/m/e"));
        CPPUNIT_ASSERT_EQUAL(std::string("3:"), lookUp(tree, "/users/me"));
        CPPUNIT_ASSERT_EQUAL(std::string("4:m"), lookUp(tree, "/users/m"));
        CPPUNIT_ASSERT_EQUAL(std::string("5:m/x"), lookUp(tree, "/users/m/x"));
        // From the left: the literal of the first segment decides before anything later.
        const RadixTree left = treeOf({"/a/:x/:y", "/:x/b/c"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:b,c"), lookUp(left, "/a/b/c"));
    }

    void goesBackFromDeadEnds() {
        const RadixTree tree = treeOf({"/a/:x/c", "/a/b/d", "/:p/b/e", "/*all", "/a/b/c/d/e", "/a/b/:y/d/f"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:b"), lookUp(tree, "/a/b/c"));
        CPPUNIT_ASSERT_EQUAL(std::string("1:"), lookUp(tree, "/a/b/d"));
        CPPUNIT_ASSERT_EQUAL(std::string("2:a"), lookUp(tree, "/a/b/e"));
        CPPUNIT_ASSERT_EQUAL(std::string("3:a/b"), lookUp(tree, "/a/b"));
        CPPUNIT_ASSERT_EQUAL(std::string("5:c"), lookUp(tree, "/a/b/c/d/f"));
        CPPUNIT_ASSERT_EQUAL(std::string("3:a/b/c/d/g"), lookUp(tree, "/a/b/c/d/g"));
    }

    void trailingSlashIsAnotherPath() {
        const RadixTree tree = treeOf({"/x", "/y/", "/z", "/z/", "/u/:id"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:"), lookUp(tree, "/x"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/x/"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/y"));
        CPPUNIT_ASSERT_EQUAL(std::string("1:"), lookUp(tree, "/y/"));
        CPPUNIT_ASSERT_EQUAL(std::string("2:"), lookUp(tree, "/z"));
        CPPUNIT_ASSERT_EQUAL(std::string("3:"), lookUp(tree, "/z/"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/u/1/"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "//x"));
    }

    void parameterIsNeverEmpty() {
        const RadixTree tree = treeOf({"/u/:id", "/u/:id/posts", "/:a"});
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/u/"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/u//posts"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/"));
    }

    void restMayBeEmpty() {
        const RadixTree tree = treeOf({"/files/*path"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:"), lookUp(tree, "/files/"));
        CPPUNIT_ASSERT_EQUAL(std::string("0:/"), lookUp(tree, "/files//"));
        CPPUNIT_ASSERT_EQUAL(std::string("0:a/b/"), lookUp(tree, "/files/a/b/"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/files"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/filesx"));
        CPPUNIT_ASSERT_EQUAL(std::string("0:"), lookUp(treeOf({"/*all"}), "/"));
        CPPUNIT_ASSERT_EQUAL(std::string("1:"), lookUp(treeOf({"/*all", "/"}), "/"));
    }

    void encodedSlashStaysInItsSegment() {
        const RadixTree tree = treeOf({"/u/:id", "/u/:id/posts", "/a%2Fb"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:a%2Fposts"), lookUp(tree, "/u/a%2Fposts"));
        CPPUNIT_ASSERT_EQUAL(std::string("1:a%2f%25"), lookUp(tree, "/u/a%2f%25/posts"));
        CPPUNIT_ASSERT_EQUAL(std::string("2:"), lookUp(tree, "/a%2Fb"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/a/b"));
    }

    void sixteenParameters() {
        std::string pattern;
        std::string path;
        std::string expected = "0:";
        for (int i = 0; i < 16; ++i) {
            pattern += i == 15 ? "/*rest" : "/:p" + std::to_string(i);
            path += "/v" + std::to_string(i);
            expected += (i != 0 ? "," : "") + ("v" + std::to_string(i));
        }
        CPPUNIT_ASSERT_EQUAL(expected + "/more", lookUp(treeOf({pattern}), path + "/more"));
        CPPUNIT_ASSERT_EQUAL(expected, lookUp(treeOf({pattern}), path));
    }

    void longPathsAndLabels() {
        const std::string segment(5000, 'x');
        std::string chain;
        for (int i = 0; i < 40; ++i) chain += "/part" + std::to_string(i);
        const std::string other = chain.substr(0, chain.size() - 1) + "X";
        const std::string literal = "/" + segment;
        const RadixTree tree = treeOf({literal, chain, other, "/:a/end"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:"), lookUp(tree, literal));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, literal + "x"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, literal.substr(1)));
        CPPUNIT_ASSERT_EQUAL(std::string("1:"), lookUp(tree, chain));
        CPPUNIT_ASSERT_EQUAL(std::string("2:"), lookUp(tree, other));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, chain + "/"));
        CPPUNIT_ASSERT_EQUAL("3:" + segment, lookUp(tree, literal + "/end"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, std::string(100'000, '/')));
    }

    void segmentLengthsAroundTheWordSize() {
        std::vector<std::string> patterns;
        for (std::size_t length = 0; length <= 40; ++length) {
            patterns.push_back("/" + std::string(length, 'a'));
            patterns.push_back("/" + std::string(length, 'b') + "/" + std::string(40 - length, 'c'));
        }
        const RadixTree tree = treeOf({patterns.begin(), patterns.end()});
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            CPPUNIT_ASSERT_EQUAL(std::to_string(i) + ":", lookUp(tree, patterns[i]));
            CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, patterns[i] + "d"));
        }
    }

    void methodsAreApart() {
        const std::vector<Route> routes{{"/a", 0, 10}, {"/a", 3, 13}, {"/:x", 3, 14}, {"/b", max_method, 15}};
        const RadixTree tree(routes);
        CPPUNIT_ASSERT_EQUAL(std::string("10:"), lookUp(tree, "/a", 0));
        CPPUNIT_ASSERT_EQUAL(std::string("13:"), lookUp(tree, "/a", 3));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/b", 0));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/a", 1));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), lookUp(tree, "/a", 0xFFFFFFFFu));
        CPPUNIT_ASSERT_EQUAL(std::string("15:"), lookUp(tree, "/b", max_method));
    }

    void binaryPaths() {
        const RadixTree tree = treeOf({"/caf\xC3\xA9/:x", "/:y"});
        CPPUNIT_ASSERT_EQUAL(std::string("0:\xFF"), lookUp(tree, "/caf\xC3\xA9/\xFF"));
        const std::string zero("/a\0b", 4);
        CPPUNIT_ASSERT_EQUAL("1:" + zero.substr(1), lookUp(tree, zero));
    }

    // Every combination of a literal and a parameter over 12 levels, and paths that fail at the very last segment: the
    // worst there is. Each node is entered at most once, so the table's own size is the bound.
    void backtrackingIsBoundedByTheNodes() {
        std::vector<std::string> patterns;
        for (unsigned bits = 0; bits < 1u << 12; ++bits) {
            std::string pattern;
            for (unsigned i = 0; i < 12; ++i) pattern += (bits >> i & 1u) != 0 ? "/:p" + std::to_string(i) : "/a";
            patterns.push_back(pattern + "/end");
        }
        const RadixTree tree = treeOf({patterns.begin(), patterns.end()});
        std::string path;
        for (int i = 0; i < 12; ++i) path += "/a";
        Match match;
        std::size_t visits = 0;
        CPPUNIT_ASSERT(!tree.find(0, path + "/miss", match, visits));
        CPPUNIT_ASSERT(visits > 4000);
        CPPUNIT_ASSERT(visits <= tree.nodeCount());
        CPPUNIT_ASSERT(tree.find(0, path + "/end", match, visits));
        CPPUNIT_ASSERT(visits <= 14);
        // Deep paths do not help either: what the table does not know is not looked at.
        CPPUNIT_ASSERT(!tree.find(0, path + std::string(200'000, '/'), match, visits));
        CPPUNIT_ASSERT(visits <= tree.nodeCount());
    }

    void agreesWithNaiveMatcher() {
        std::mt19937 random(20'260'101);
        const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
        const std::vector<std::string> words{"a",   "b", "c",     "d",     "ab",
                                             "abc", "",  "a%2Fb", "users", "longer-than-8-bytes"};
        std::size_t found = 0;
        std::size_t pairs = 0;
        for (int table = 0; table < 2000; ++table) {
            std::vector<std::string> patterns;
            std::set<std::string> shapes;
            const std::size_t wanted = 1 + below(40);
            for (std::size_t i = 0; i < wanted; ++i) {
                std::string pattern;
                std::string shape;
                const std::size_t depth = 1 + below(5);
                for (std::size_t level = 0; level < depth; ++level) {
                    const std::size_t kind = below(10);
                    if (kind < 3) {
                        pattern += "/:p" + std::to_string(level) + (below(2) != 0 ? "x" : "y");
                        shape += "/:";
                    } else if (kind == 3 && level + 1 == depth) {
                        pattern += "/*rest";
                        shape += "/*";
                    } else {
                        const std::string& word = words[below(below(3) == 0 ? words.size() : 3)];
                        pattern += "/" + word;
                        shape += "/" + word;
                    }
                }
                if (shapes.insert(std::to_string(i % 2) + shape).second)
                    patterns.push_back(pattern);
                else
                    patterns.emplace_back();
            }
            std::vector<Route> routes;
            for (std::size_t i = 0; i < patterns.size(); ++i) {
                if (!patterns[i].empty()) {
                    routes.push_back({patterns[i], static_cast<std::uint32_t>(i % 2), static_cast<std::uint32_t>(i)});
                }
            }
            const RadixTree tree(routes);
            for (int i = 0; i < 50; ++i) {
                std::string path;
                const std::size_t depth = 1 + below(6);
                for (std::size_t level = 0; level < depth; ++level) {
                    path += "/" + words[below(below(3) == 0 ? words.size() : 3)];
                }
                const auto method = static_cast<std::uint32_t>(below(2));
                const std::string expected = naiveText(routes, path, method);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(path, expected, lookUp(tree, path, method));
                found += expected != "none" ? 1 : 0;
                ++pairs;
            }
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{100'000}, pairs);
        CPPUNIT_ASSERT(found > 20'000 && found < 80'000);
    }

    void isReadByManyThreads() {
        const RadixTree tree = treeOf({"/a/:x/c", "/a/b/d", "/*all"});
        std::vector<std::thread> threads;
        std::atomic<int> wrong{0};
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < 2000; ++round) {
                    if (lookUp(tree, "/a/b/c") != "0:b" || lookUp(tree, "/q/r") != "2:q/r") ++wrong;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(0, wrong.load());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RadixTreeTest);

} // namespace mortise::routing
