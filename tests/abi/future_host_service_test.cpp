// SPDX-License-Identifier: Apache-2.0
// Compiled with the headers of a later version: what the host does for plugins that were built by the first one.
#include "module/abi_text.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::module {

class FutureHostServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FutureHostServiceTest);
    CPPUNIT_TEST(refusesStructsWithoutRoom);
    CPPUNIT_TEST(takesTheFirstVersionsStruct);
    CPPUNIT_TEST_SUITE_END();

public:
    static constexpr std::uint32_t firstSize = 24; // of mortise_service in frozen/1.0-draft

    void refusesStructsWithoutRoom() {
        mortise_service service{};
        for (const std::uint32_t size : {0u, 8u, firstSize - 1}) {
            service.struct_size = size;
            CPPUNIT_ASSERT(!takesService(&service));
        }
        CPPUNIT_ASSERT(!takesService(nullptr));
    }
    void takesTheFirstVersionsStruct() {
        static_assert(sizeof(mortise_service) > firstSize, "these are not the headers of a later version");
        mortise_service service{};
        for (const std::uint32_t size : {firstSize, static_cast<std::uint32_t>(sizeof service), 1000u}) {
            service.struct_size = size;
            CPPUNIT_ASSERT(takesService(&service));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FutureHostServiceTest);

} // namespace mortise::module
