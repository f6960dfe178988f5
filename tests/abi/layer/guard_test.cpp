// SPDX-License-Identifier: Apache-2.0
#include <mortise/guard.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using mortise::detail::ErrorText;
using mortise::detail::guard;
using mortise::detail::guardQuietly;

// What a call that throws this comes to: its status, and its text.
template<class Thrown>
std::pair<mortise_status, std::string> outcomeOf(const Thrown& thrown) {
    ErrorText error;
    const mortise_status status = guard(error.raw(), [&]() -> mortise_status { throw thrown; });
    return {status, std::string(error.text())};
}

template<class Thrown>
std::string quietReportOf(const Thrown& thrown) {
    std::string report;
    guardQuietly([&] { throw thrown; }, [&](std::string_view reason) { report = reason; });
    return report;
}

} // namespace

class GuardTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GuardTest);
    CPPUNIT_TEST(resultsPass);
    CPPUNIT_TEST(everyExceptionIsANegativeStatusWithItsText);
    CPPUNIT_TEST(errorsKeepTheirStatusWhereItIsOne);
    CPPUNIT_TEST(nobodyNeedsToListen);
    CPPUNIT_TEST(reportsGetTheText);
    CPPUNIT_TEST(exceptionsWithinAHandlerLeaveItsOwn);
    CPPUNIT_TEST_SUITE_END();

public:
    void resultsPass() {
        ErrorText error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, guard(error.raw(), [] {}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, guard(error.raw(), [] { return MORTISE_PENDING; }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, guard(error.raw(), [] { return MORTISE_STALE; }));
        CPPUNIT_ASSERT_EQUAL(std::string(), std::string(error.text()));
    }
    void everyExceptionIsANegativeStatusWithItsText() {
        CPPUNIT_ASSERT(outcomeOf(std::runtime_error("thrown")) == std::pair(MORTISE_ERROR, std::string("thrown")));
        CPPUNIT_ASSERT(outcomeOf(std::bad_alloc()).first == MORTISE_ERROR);
        CPPUNIT_ASSERT(outcomeOf(7) == std::pair(MORTISE_ERROR, std::string("an exception of unknown type")));
    }
    void errorsKeepTheirStatusWhereItIsOne() {
        CPPUNIT_ASSERT(outcomeOf(mortise::Busy("full")) == std::pair(MORTISE_BUSY, std::string("full")));
        CPPUNIT_ASSERT(outcomeOf(mortise::Stale("late")) == std::pair(MORTISE_STALE, std::string("late")));
        for (const mortise_status positive : {MORTISE_OK, MORTISE_REPLIED, MORTISE_PENDING})
            CPPUNIT_ASSERT(outcomeOf(mortise::Error("odd", positive)) == std::pair(MORTISE_ERROR, std::string("odd")));
    }
    void nobodyNeedsToListen() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, guard(nullptr, [] { throw mortise::Busy(); }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, guard(nullptr, [] { throw 7; }));
    }
    void reportsGetTheText() {
        CPPUNIT_ASSERT_EQUAL(std::string(), [] {
            std::string report;
            guardQuietly([] {}, [&](std::string_view) { report = "called"; });
            return report;
        }());
        // Longer than a short string has room for: the text is read while the exception is still there.
        const std::string longText(4000, 'x');
        CPPUNIT_ASSERT_EQUAL(longText, quietReportOf(std::runtime_error(longText)));
        CPPUNIT_ASSERT_EQUAL(std::string("full"), quietReportOf(mortise::Busy("full")));
        CPPUNIT_ASSERT_EQUAL(std::string("an exception of unknown type"), quietReportOf(7));
    }
    // What a plugin calls while it handles an exception may throw by itself.
    void exceptionsWithinAHandlerLeaveItsOwn() {
        try {
            throw std::runtime_error("outer");
        } catch (const std::exception& outer) {
            CPPUNIT_ASSERT(outcomeOf(mortise::Busy("inner")) == std::pair(MORTISE_BUSY, std::string("inner")));
            CPPUNIT_ASSERT_EQUAL(std::string("outer"), std::string(outer.what()));
            CPPUNIT_ASSERT_EQUAL(std::string("outer"), std::string(mortise::detail::caught().message));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GuardTest);
