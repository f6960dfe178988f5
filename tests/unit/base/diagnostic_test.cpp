// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostic.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <cctype>

using mortise::base::Code;
using mortise::base::Diagnostics;
using mortise::base::Severity;

class DiagnosticTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DiagnosticTest);
    CPPUNIT_TEST(rendersLikeACompiler);
    CPPUNIT_TEST(leavesOutWhatIsNotKnown);
    CPPUNIT_TEST(sortsWithinAFileAndKeepsTheOrderOfFiles);
    CPPUNIT_TEST(countsPastTheLimit);
    CPPUNIT_TEST(warningsAreNoErrors);
    CPPUNIT_TEST(catalogueIsInTheOrderOfTheEnumerators);
    CPPUNIT_TEST_SUITE_END();

    void rendersLikeACompiler() {
        Diagnostics all;
        all.error(Code::unknownKey, {"mortise.ini", 14, 1},
                  "unknown key 'max_conections' in [server]; did you mean 'max_connections'?");
        CPPUNIT_ASSERT_EQUAL(
            std::string("mortise.ini:14:1: error: unknown key 'max_conections' in [server]; did you mean "
                        "'max_connections'? [C104]\n"),
            all.render());
    }

    void leavesOutWhatIsNotKnown() {
        Diagnostics all;
        all.warning(Code::aliasIgnored, {"environment PORT"}, "ignored");
        all.error(Code::configMissing, {}, "nothing there");
        all.error(Code::junkLine, {"a", 3}, "junk");
        CPPUNIT_ASSERT_EQUAL(std::string("environment PORT: warning: ignored [C303]\n"
                                         "error: nothing there [C101]\n"
                                         "a:3: error: junk [C108]\n"),
                             all.render());
    }

    void sortsWithinAFileAndKeepsTheOrderOfFiles() {
        Diagnostics all;
        all.error(Code::junkLine, {"z", 9, 1}, "z9");
        all.error(Code::junkLine, {"a", 2, 5}, "a2.5");
        all.error(Code::junkLine, {"z", 1, 1}, "z1");
        all.error(Code::junkLine, {"a", 2, 1}, "a2.1");
        CPPUNIT_ASSERT_EQUAL(std::string("z:1:1: error: z1 [C108]\nz:9:1: error: z9 [C108]\n"
                                         "a:2:1: error: a2.1 [C108]\na:2:5: error: a2.5 [C108]\n"),
                             all.render());
    }

    void countsPastTheLimit() {
        Diagnostics all;
        for (std::size_t i = 0; i < Diagnostics::limit + 3; ++i) all.error(Code::junkLine, {"a", 1, 1}, "junk");
        CPPUNIT_ASSERT_EQUAL(Diagnostics::limit, all.entries().size());
        CPPUNIT_ASSERT_EQUAL(Diagnostics::limit + 3, all.errorCount());
        CPPUNIT_ASSERT(all.render().ends_with("and 3 more\n"));
    }

    void warningsAreNoErrors() {
        Diagnostics all;
        CPPUNIT_ASSERT(all.empty());
        all.warning(Code::aliasIgnored, {}, "ignored");
        CPPUNIT_ASSERT(!all.hasErrors());
        CPPUNIT_ASSERT(!all.empty());
        CPPUNIT_ASSERT(all.entries().front().severity == Severity::warning);
    }

    void catalogueIsInTheOrderOfTheEnumerators() {
        const auto catalogue = mortise::base::codeCatalogue();
        for (std::size_t i = 0; i < catalogue.size(); ++i) {
            CPPUNIT_ASSERT_EQUAL(i, static_cast<std::size_t>(catalogue[i].code));
            CPPUNIT_ASSERT_EQUAL(std::size_t{4}, catalogue[i].id.size());
            CPPUNIT_ASSERT(std::isupper(static_cast<unsigned char>(catalogue[i].id.front())));
            CPPUNIT_ASSERT(!catalogue[i].meaning.empty());
        }
        CPPUNIT_ASSERT_EQUAL(std::string("C501"), std::string(mortise::base::codeId(Code::badDeclaration)));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DiagnosticTest);
