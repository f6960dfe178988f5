// SPDX-License-Identifier: Apache-2.0
#include "contribution_reader.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <mortise/detail/view.hpp>

#include <cstdint>
#include <string>
#include <vector>

using mortise::graphql::Contribution;
using mortise::graphql::readContribution;

namespace {

mortise_status resolveNothing(void*, const mortise_graphql_call*) {
    return MORTISE_OK;
}

} // namespace

class GraphqlContributionReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlContributionReaderTest);
    CPPUNIT_TEST(copiesWhatIsGiven);
    CPPUNIT_TEST(boundsOfCounts);
    CPPUNIT_TEST(boundsOfTexts);
    CPPUNIT_TEST(mutationsAreForWorkers);
    CPPUNIT_TEST_SUITE_END();

    mortise_graphql_field field_{};
    mortise_graphql_check check_{};
    mortise_graphql_types table_{};

public:
    void setUp() override {
        check_ = {};
        check_.in = mortise::view(std::string_view("body"));
        check_.schema = mortise::view(std::string_view("{}"));
        field_ = {};
        field_.type = mortise::view(std::string_view("Query"));
        field_.name = mortise::view(std::string_view("one"));
        field_.placement = MORTISE_PLACEMENT_LOOP;
        field_.twin = mortise::view(std::string_view("GET /one"));
        field_.checks = &check_;
        field_.check_count = 1;
        field_.check_size = sizeof check_;
        field_.resolve = &resolveNothing;
        table_ = {};
        table_.struct_size = sizeof table_;
        table_.sdl = mortise::view(std::string_view("extend type Query { one: Int }"));
        table_.fields = &field_;
        table_.field_count = 1;
        table_.field_size = sizeof field_;
    }

private:
    Contribution read(std::size_t faults) {
        std::vector<std::string> found;
        Contribution made = readContribution("plugin", "name", table_, found);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(found.empty() ? "none" : found.front(), faults, found.size());
        return made;
    }

    void copiesWhatIsGiven() {
        const Contribution made = read(0);
        CPPUNIT_ASSERT_EQUAL(std::string("plugin"), made.plugin);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, made.fields.size());
        CPPUNIT_ASSERT_EQUAL(std::string("GET /one"), made.fields[0].twin);
        CPPUNIT_ASSERT_EQUAL(std::string("body"), made.fields[0].checks.at(0).in);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_LOOP, made.fields[0].placement);
    }

    void boundsOfCounts() {
        field_.check_count = 33;
        read(1);
        field_.check_count = 1;
        field_.checks = nullptr;
        read(1);
        field_.check_count = 0;
        read(0);
        table_.type_count = 1;
        read(1);
        table_.type_count = 1'001;
        read(1);
        table_.type_count = 0;
        table_.type_name_count = 1;
        read(1);
    }

    void boundsOfTexts() {
        const std::string longName(256, 'a');
        field_.name = mortise::view(std::string_view(longName));
        read(1);
        field_.name = mortise::view(std::string_view(longName).substr(1));
        read(0);
        field_.name = {};
        read(1);
        field_.name = {nullptr, 5};
        read(1);
        field_.name = {"x", UINT64_MAX};
        read(1);
    }

    void mutationsAreForWorkers() {
        field_.type = mortise::view(std::string_view("Mutation"));
        field_.flags = MORTISE_GRAPHQL_TRANSACTION;
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_WORKER, read(0).fields[0].placement);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlContributionReaderTest);
