// SPDX-License-Identifier: Apache-2.0
// Runs every registered CppUnit test, or those whose path contains the first argument.
#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <iostream>
#include <string>

namespace {

void runMatching(CppUnit::Test& test, const std::string& part, CppUnit::TestResult& result, int& run) {
    if (test.getChildTestCount() == 0) {
        if (test.getName().find(part) != std::string::npos) {
            test.run(&result);
            ++run;
        }
        return;
    }
    for (int i = 0; i < test.getChildTestCount(); ++i) runMatching(*test.getChildTestAt(i), part, result, run);
}

} // namespace

int main(int argc, char** argv) {
    CppUnit::TestResult result;
    CppUnit::TestResultCollector collector;
    CppUnit::BriefTestProgressListener progress;
    result.addListener(&collector);
    result.addListener(&progress);
    CppUnit::TestRunner runner;
    CppUnit::Test* const all = CppUnit::TestFactoryRegistry::getRegistry().makeTest();
    runner.addTest(all);
    int run = 0;
    runMatching(*all, argc > 1 ? argv[1] : "", result, run);
    CppUnit::CompilerOutputter(&collector, std::cerr).write();
    if (run == 0) std::cerr << "no test ran\n";
    return collector.wasSuccessful() && run > 0 ? 0 : 1;
}
