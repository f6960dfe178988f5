// SPDX-License-Identifier: Apache-2.0
#include "module/abi_text.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <mortise/abi/module.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::module {

class AbiTextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AbiTextTest);
    CPPUNIT_TEST(readsElementsByTheirStride);
    CPPUNIT_TEST(refusesOtherStrides);
    CPPUNIT_TEST(cutsAMessageBetweenCharacters);
    CPPUNIT_TEST_SUITE_END();

public:
    // As a plugin of a later version has it.
    struct Later {
        mortise_setting first;
        std::uint64_t appended[3];
    };

    void readsElementsByTheirStride() {
        std::vector<Later> list(3);
        for (std::size_t i = 0; i < list.size(); ++i) {
            list[i].first.type = static_cast<std::uint32_t>(i + 1);
            list[i].first.minimum_length = 10 * (i + 1);
            for (std::uint64_t& value : list[i].appended) value = ~std::uint64_t{0};
        }
        const Elements<mortise_setting> elements(&list.front().first, list.size(), sizeof(Later));
        CPPUNIT_ASSERT(elements.valid());
        std::uint32_t seen = 0;
        for (const mortise_setting& setting : elements) {
            ++seen;
            CPPUNIT_ASSERT_EQUAL(seen, setting.type);
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{10} * seen, setting.minimum_length);
        }
        CPPUNIT_ASSERT_EQUAL(3u, seen);
    }

    void refusesOtherStrides() {
        const mortise_setting one{};
        for (const std::uint64_t stride :
             {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{8}, sizeof(mortise_setting) - 8,
              sizeof(mortise_setting) + 4, sizeof(mortise_setting) + 1}) {
            CPPUNIT_ASSERT_MESSAGE(std::to_string(stride), !Elements<mortise_setting>(&one, 1, stride).valid());
        }
        CPPUNIT_ASSERT(!Elements<mortise_setting>(nullptr, 1, sizeof one).valid());
        CPPUNIT_ASSERT(Elements<mortise_setting>(&one, 1, sizeof one).valid());
        CPPUNIT_ASSERT(Elements<mortise_setting>(nullptr, 0, 0).valid());
    }

    void cutsAMessageBetweenCharacters() {
        char room[8];
        for (std::uint32_t capacity = 0; capacity <= sizeof room; ++capacity) {
            mortise_error error{room, capacity, 99};
            setError(&error, "aé€x");
            const std::uint32_t expected[] = {0, 1, 1, 3, 3, 3, 6, 7, 7};
            CPPUNIT_ASSERT_EQUAL(expected[capacity], error.length);
        }
        mortise_error none{nullptr, 8, 0};
        setError(&none, "x");
        setError(nullptr, "x");
        CPPUNIT_ASSERT_EQUAL(0u, none.length);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AbiTextTest);

} // namespace mortise::module
