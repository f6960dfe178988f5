// SPDX-License-Identifier: Apache-2.0
#include "module/trial_report.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace mortise::module {

class TrialReportTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TrialReportTest);
    CPPUNIT_TEST(refusesForeignOrders);
    CPPUNIT_TEST(refusesForeignReports);
    CPPUNIT_TEST(readsBackWhatItWrote);
    CPPUNIT_TEST(keepsAReportOnOneLine);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesForeignOrders() {
        for (const std::string_view line :
             {"", "mortise-trial", "mortise-trial abc", "mortise-trial abc 0", "mortise-trial abc -5",
              "mortise-trial abc 5x", "mortise-trial  5", "other abc 5", "mortise-trial abc 99999999999999999999"}) {
            CPPUNIT_ASSERT_MESSAGE(std::string(line), !parseOrder(line));
        }
    }

    void refusesForeignReports() {
        for (const std::string_view line : {"", "token", "token passed", "token passed x", "token passed -1",
                                            "token won 0 ", "other passed 0 ", " passed 0 ", "tokenpassed 0 "}) {
            CPPUNIT_ASSERT_MESSAGE(std::string(line), !parseReport("token", line));
        }
    }

    void readsBackWhatItWrote() {
        const std::string order = orderLine({"token", std::chrono::milliseconds(250)});
        CPPUNIT_ASSERT(parseOrder(order) && parseOrder(order)->token == "token");
        CPPUNIT_ASSERT(parseOrder(order)->timeout == std::chrono::milliseconds(250));
        std::string line = reportLine("token", {TrialStep::refused, 17, "says: no"});
        CPPUNIT_ASSERT_EQUAL('\n', line.back());
        line.pop_back();
        const auto report = parseReport("token", line);
        CPPUNIT_ASSERT(report && report->step == TrialStep::refused && report->index == 17);
        CPPUNIT_ASSERT_EQUAL(std::string("says: no"), report->text);
    }

    void keepsAReportOnOneLine() {
        const std::string line =
            reportLine("token", {TrialStep::refused, 0, "a\ntoken passed 1 \n" + std::string(100'000, 'x')});
        CPPUNIT_ASSERT_EQUAL(line.size() - 1, line.find('\n'));
        CPPUNIT_ASSERT(line.size() < 5000);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TrialReportTest);

} // namespace mortise::module
