// SPDX-License-Identifier: Apache-2.0
#include "base/affinity.hpp"
#include "base/rlimit.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sched.h>
#include <sys/resource.h>

namespace mortise::base {

class ProcessLimitsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProcessLimitsTest);
    CPPUNIT_TEST(countsTheCoresThatAreAllowed);
    CPPUNIT_TEST(raisesTheSoftDescriptorLimit);
    CPPUNIT_TEST_SUITE_END();

public:
    void countsTheCoresThatAreAllowed() {
        cpu_set_t all;
        CPPUNIT_ASSERT_EQUAL(0, sched_getaffinity(0, sizeof all, &all));
        CPPUNIT_ASSERT_EQUAL(static_cast<std::size_t>(CPU_COUNT(&all)), usableCores());
        int first = 0;
        while (!CPU_ISSET(first, &all)) ++first;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(first, &one);
        CPPUNIT_ASSERT_EQUAL(0, sched_setaffinity(0, sizeof one, &one));
        const std::size_t restricted = usableCores();
        CPPUNIT_ASSERT_EQUAL(0, sched_setaffinity(0, sizeof all, &all));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, restricted);
    }

    void raisesTheSoftDescriptorLimit() {
        rlimit before{};
        CPPUNIT_ASSERT_EQUAL(0, getrlimit(RLIMIT_NOFILE, &before));
        rlimit low = before;
        low.rlim_cur = 64;
        CPPUNIT_ASSERT_EQUAL(0, setrlimit(RLIMIT_NOFILE, &low));
        const DescriptorLimit raised = raiseDescriptorLimit();
        const DescriptorLimit again = raiseDescriptorLimit();
        rlimit after{};
        getrlimit(RLIMIT_NOFILE, &after);
        setrlimit(RLIMIT_NOFILE, &before);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{64}, raised.before);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{before.rlim_max}, raised.now);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{after.rlim_cur}, again.before);
        CPPUNIT_ASSERT_EQUAL(again.before, again.now);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProcessLimitsTest);

} // namespace mortise::base
