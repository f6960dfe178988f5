// SPDX-License-Identifier: Apache-2.0
#include "running_requests.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace {

using mortise::idempotency::Claim;
using mortise::idempotency::RunningRequests;

class RunningRequestsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RunningRequestsTest);
    CPPUNIT_TEST(hasAClaimUntilItIsRemoved);
    CPPUNIT_TEST_SUITE_END();

public:
    void hasAClaimUntilItIsRemoved() {
        RunningRequests running;
        CPPUNIT_ASSERT(running.empty() && !running.find(1) && !running.remove(1));
        running.keep(1, 201); // of nobody
        running.add(1, Claim{"id", "token", std::chrono::milliseconds(5), 7});
        running.add(2, Claim{"other", "token", std::chrono::milliseconds(5), 8});
        CPPUNIT_ASSERT(!running.empty());
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{0}, running.find(1)->kept);
        running.keep(1, 201);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{201}, running.find(1)->kept);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{0}, running.find(2)->kept);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, running.all().size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, running.remove(1)->handle);
        CPPUNIT_ASSERT(!running.find(1) && !running.empty());
        CPPUNIT_ASSERT(running.remove(2).has_value() && running.empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RunningRequestsTest);

} // namespace
