// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <bitset>
#include <set>
#include <vector>

namespace mortise::base {

class RandomTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RandomTest);
    CPPUNIT_TEST(fillsAllOfALargeBufferAndNoMore);
    CPPUNIT_TEST(doesNotRepeat);
    CPPUNIT_TEST_SUITE_END();

public:
    void fillsAllOfALargeBufferAndNoMore() {
        constexpr std::size_t size = 1 << 20;
        std::vector<unsigned char> bytes(size + 1, 0);
        fillRandom(bytes.data(), size);
        CPPUNIT_ASSERT_EQUAL(0, static_cast<int>(bytes[size]));
        std::size_t ones = 0;
        for (const unsigned char byte : bytes) ones += std::bitset<8>(byte).count();
        // Half of 8 Mi bits, give or take ten standard deviations (1448 each).
        CPPUNIT_ASSERT_DOUBLES_EQUAL(4'194'304.0, static_cast<double>(ones), 14'480.0);
        fillRandom(nullptr, 0);
    }

    void doesNotRepeat() {
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 1000; ++i) seen.insert(random64());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1000}, seen.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RandomTest);

} // namespace mortise::base
