// SPDX-License-Identifier: Apache-2.0
#include "module/module_verdicts.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace mortise::module {

namespace {

namespace fs = std::filesystem;

fs::path onlyFileIn(const fs::path& folder) {
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    return fs::directory_iterator(folder)->path();
}

} // namespace

class ModuleVerdictsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ModuleVerdictsTest);
    CPPUNIT_TEST(knowsNothingAtFirst);
    CPPUNIT_TEST(saysWhyItCannotRemember);
    CPPUNIT_TEST(ignoresDamagedVerdicts);
    CPPUNIT_TEST(ignoresVerdictsOnOthers);
    CPPUNIT_TEST(remembersNothingWithoutABuild);
    CPPUNIT_TEST(remembersAcrossProcesses);
    CPPUNIT_TEST(removesOthers);
    CPPUNIT_TEST_SUITE_END();

public:
    void knowsNothingAtFirst() { CPPUNIT_ASSERT(!ModuleVerdicts(folder(), "build").passed(one_)); }

    void saysWhyItCannotRemember() {
        const ModuleVerdicts verdicts((temporary_ / "no/such/place").string(), "build");
        const auto fault = verdicts.remember(one_);
        CPPUNIT_ASSERT(fault && fault->find("no/such/place") != std::string::npos);
        CPPUNIT_ASSERT(!verdicts.passed(one_));
    }

    void ignoresDamagedVerdicts() {
        const ModuleVerdicts verdicts(folder(), "build");
        CPPUNIT_ASSERT(!verdicts.remember(one_));
        const fs::path file = onlyFileIn(folder());
        const std::string name = "verdicts/" + file.filename().string();
        const std::string whole = temporary_.read(name);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            temporary_.write(name, whole.substr(0, length));
            CPPUNIT_ASSERT_MESSAGE(std::to_string(length), !verdicts.passed(one_));
        }
        temporary_.write(name, whole + "\n");
        CPPUNIT_ASSERT(!verdicts.passed(one_));
        temporary_.write(name, std::string(100'000, 'x'));
        CPPUNIT_ASSERT(!verdicts.passed(one_));
        // A verdict that was moved to another content's name.
        temporary_.write(name, whole);
        CPPUNIT_ASSERT(verdicts.passed(one_));
        CPPUNIT_ASSERT(!verdicts.remember(two_));
        for (const auto& entry : fs::directory_iterator(folder())) {
            if (entry.path() != file) fs::copy_file(entry.path(), file, fs::copy_options::overwrite_existing);
        }
        CPPUNIT_ASSERT(!verdicts.passed(one_));
        // Not a file at all.
        fs::remove(file);
        fs::create_directory(file);
        CPPUNIT_ASSERT(!verdicts.passed(one_));
        fs::remove(file);
        CPPUNIT_ASSERT_EQUAL(0, mkfifo(file.c_str(), 0600));
        CPPUNIT_ASSERT(!verdicts.passed(one_)); // and does not wait for a writer
    }

    void ignoresVerdictsOnOthers() {
        CPPUNIT_ASSERT(!ModuleVerdicts(folder(), "build").remember(one_));
        CPPUNIT_ASSERT(!ModuleVerdicts(folder(), "build").passed(two_));
        CPPUNIT_ASSERT(!ModuleVerdicts(folder(), "another build").passed(one_));
    }

    void remembersNothingWithoutABuild() {
        const ModuleVerdicts verdicts(folder(), "");
        CPPUNIT_ASSERT(!verdicts.remember(one_));
        CPPUNIT_ASSERT(!verdicts.passed(one_));
    }

    void remembersAcrossProcesses() {
        CPPUNIT_ASSERT(!ModuleVerdicts(folder(), "build/../id").remember(one_));
        CPPUNIT_ASSERT(ModuleVerdicts(folder(), "build/../id").passed(one_));
    }

    void removesOthers() {
        const ModuleVerdicts verdicts(folder(), "build");
        CPPUNIT_ASSERT(!verdicts.remember(one_));
        CPPUNIT_ASSERT(!verdicts.remember(two_));
        verdicts.removeOthers({two_});
        CPPUNIT_ASSERT(!verdicts.passed(one_));
        CPPUNIT_ASSERT(verdicts.passed(two_));
    }

private:
    std::string folder() const { return (temporary_ / "verdicts").string(); }

    tests::TemporaryFolder temporary_;
    base::Sha256Digest one_ = base::sha256("one");
    base::Sha256Digest two_ = base::sha256("two");
};

CPPUNIT_TEST_SUITE_REGISTRATION(ModuleVerdictsTest);

} // namespace mortise::module
