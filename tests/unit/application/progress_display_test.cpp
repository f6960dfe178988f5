// SPDX-License-Identifier: Apache-2.0
#include "application/progress_display.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

using mortise::application::ProgressDisplay;
using namespace std::chrono_literals;
using namespace std::string_literals;

class ProgressDisplayTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProgressDisplayTest);
    CPPUNIT_TEST(drawsABar);
    CPPUNIT_TEST(fitsTheTerminal);
    CPPUNIT_TEST(printsALineNowAndThen);
    CPPUNIT_TEST(countsWhatHasNoEnd);
    CPPUNIT_TEST_SUITE_END();

    const ProgressDisplay::Clock::time_point begin_{};

    void drawsABar() {
        ProgressDisplay display(80, begin_);
        CPPUNIT_ASSERT_EQUAL(""s, display.clear());
        CPPUNIT_ASSERT_EQUAL("\r[===============               ] 50%, 500 of 1000 rows, 250/s, 0:02 left\033[K"s,
                             display.update(500, 1000, "rows", begin_ + 2s));
        CPPUNIT_ASSERT_EQUAL("\r\033[K"s, display.clear());
        CPPUNIT_ASSERT_EQUAL(""s, display.clear());
        CPPUNIT_ASSERT_EQUAL("\r[==============================] 100%, 1000 of 1000 rows, 250/s\033[K"s,
                             display.update(1000, 1000, "rows", begin_ + 4s));
        CPPUNIT_ASSERT(display.update(2000, 1000, "rows", begin_ + 4s).find("100%") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL("\r[=======                      ] 25%, 1.0 MiB of 4.0 MiB, 512.0 KiB/s, 0:06 left\033[K"s,
                             display.update(1 << 20, 4 << 20, "bytes", begin_ + 2s));
        CPPUNIT_ASSERT(display.update(1, 40'000, "rows", begin_ + 1s).find("11:06:39 left") != std::string::npos);
        CPPUNIT_ASSERT(display.update(0, 10, "rows", begin_).find("0%, 0 of 10 rows\033[K") != std::string::npos);
    }

    void fitsTheTerminal() {
        for (unsigned int width = 21; width < 100; ++width) {
            ProgressDisplay display(width, begin_);
            const std::string line = display.update(123'456, 1'234'567, "rows", begin_ + 60s);
            CPPUNIT_ASSERT_MESSAGE(line, line.size() - "\r\033[K"s.size() < width);
        }
    }

    void printsALineNowAndThen() {
        ProgressDisplay display(0, begin_);
        CPPUNIT_ASSERT_EQUAL(""s, display.update(1, 10, "rows", begin_ + 4s));
        CPPUNIT_ASSERT_EQUAL("50%, 5 of 10 rows, 1/s, 0:05 left\n"s, display.update(5, 10, "rows", begin_ + 5s));
        CPPUNIT_ASSERT_EQUAL(""s, display.update(6, 10, "rows", begin_ + 9s));
        CPPUNIT_ASSERT_EQUAL("100%, 10 of 10 rows, 1/s\n"s, display.update(10, 10, "rows", begin_ + 10s));
        CPPUNIT_ASSERT_EQUAL(""s, display.clear());
    }

    void countsWhatHasNoEnd() {
        ProgressDisplay display(80, begin_);
        CPPUNIT_ASSERT_EQUAL("\r5 rows, 5/s\033[K"s, display.update(5, 0, "rows", begin_ + 1s));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProgressDisplayTest);
