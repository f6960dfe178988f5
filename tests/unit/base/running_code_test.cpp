// SPDX-License-Identifier: Apache-2.0
#include "base/running_code.hpp"

#include "base/code_ranges.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

namespace mortise::base {

class RunningCodeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RunningCodeTest);
    CPPUNIT_TEST(nests);
    CPPUNIT_TEST(isOfItsThread);
    CPPUNIT_TEST(rangesAreFoundByAnyAddressInThem);
    CPPUNIT_TEST_SUITE_END();

public:
    void nests() {
        const CodeOwner outer{"outer", "plugin 'outer'"};
        const CodeOwner inner{"inner", "plugin 'inner'"};
        CPPUNIT_ASSERT(RunningCode::current().owner == nullptr);
        {
            const RunningCode first(outer, "start");
            {
                const RunningCode second(inner, "write");
                CPPUNIT_ASSERT_EQUAL(&inner, RunningCode::current().owner);
                CPPUNIT_ASSERT_EQUAL(std::string("write"), std::string(RunningCode::current().function));
            }
            CPPUNIT_ASSERT_EQUAL(&outer, RunningCode::current().owner);
            CPPUNIT_ASSERT_EQUAL(std::string("start"), std::string(RunningCode::current().function));
        }
        CPPUNIT_ASSERT(RunningCode::current().owner == nullptr);
    }

    void isOfItsThread() {
        const CodeOwner owner{"one", "plugin 'one'"};
        const RunningCode here(owner, "start");
        const CodeOwner* there = &owner;
        std::thread([&there] { there = RunningCode::current().owner; }).join();
        CPPUNIT_ASSERT(there == nullptr);
    }

    void rangesAreFoundByAnyAddressInThem() {
        const auto address = reinterpret_cast<std::uintptr_t>(&std::snprintf);
        const int local = 0;
        CPPUNIT_ASSERT(fileOfCode(reinterpret_cast<std::uintptr_t>(&local)).empty());
        CPPUNIT_ASSERT(fileOfCode(0).empty());
        const std::string path = std::string(maximumCodePath, 'x') + "/libc.so";
        noteCodeAt(reinterpret_cast<const void*>(address), path);
        CPPUNIT_ASSERT_EQUAL(path.substr(path.size() - maximumCodePath), std::string(fileOfCode(address)));
        CPPUNIT_ASSERT_EQUAL(std::string(fileOfCode(address)),
                             std::string(fileOfCode(reinterpret_cast<std::uintptr_t>(&std::fputs))));
        CPPUNIT_ASSERT(fileOfCode(UINTPTR_MAX).empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RunningCodeTest);

} // namespace mortise::base
