// SPDX-License-Identifier: Apache-2.0
#include "graphiql_page.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>
#include <vector>

using mortise::AssetPage;
using mortise::PageAsset;
using mortise::graphql::GraphiqlPage;

class GraphiqlPageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphiqlPageTest);
    CPPUNIT_TEST(namesItsFilesAndAddresses);
    CPPUNIT_TEST(addressesAreText);
    CPPUNIT_TEST(linksTheSchemaWhereThereIsOne);
    CPPUNIT_TEST(policyAllowsFilesOfThisServerOnly);
    CPPUNIT_TEST_SUITE_END();

public:
    void namesItsFilesAndAddresses() {
        const std::vector<PageAsset> assets{{"page.js", "", "0123", "", ""}, {"graphiql.css", "", "4567", "", ""}};
        const std::string html = GraphiqlPage::html(AssetPage(assets), "../graphql", "../graphql/schema.graphql");
        CPPUNIT_ASSERT(html.find("src=\"page.js?v=0123\"") != html.npos);
        CPPUNIT_ASSERT(html.find("href=\"graphiql.css?v=4567\"") != html.npos);
        CPPUNIT_ASSERT(html.find("data-endpoint=\"../graphql\"") != html.npos);
        CPPUNIT_ASSERT(html.find("//") == html.npos); // nothing from elsewhere
    }

    void addressesAreText() {
        const std::string html = GraphiqlPage::html(AssetPage(none_), "../a\"><script>", "../b\"><script>");
        CPPUNIT_ASSERT(html.find("<script>") == html.npos);
    }

    void linksTheSchemaWhereThereIsOne() {
        const auto isLinked = [&](std::string_view schema) {
            return GraphiqlPage::html(AssetPage(none_), "../graphql", schema).find(">Schema</a>") != std::string::npos;
        };
        CPPUNIT_ASSERT(isLinked("../schema.graphql"));
        CPPUNIT_ASSERT(!isLinked(""));
    }

    void policyAllowsFilesOfThisServerOnly() {
        const std::string policy = GraphiqlPage::policy() + ";";
        CPPUNIT_ASSERT(policy.find("default-src 'none';") == 0);
        for (const char* const directive : {"script-src 'self';", "style-src 'self';", "connect-src 'self';"})
            CPPUNIT_ASSERT_MESSAGE(directive, policy.find(directive) != policy.npos);
        for (const char* const bad : {"unsafe", "http", "*", "blob:", "upgrade-insecure-requests"})
            CPPUNIT_ASSERT_MESSAGE(bad, policy.find(bad) == policy.npos);
    }

private:
    const std::vector<PageAsset> none_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphiqlPageTest);
