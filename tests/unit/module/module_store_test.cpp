// SPDX-License-Identifier: Apache-2.0
#include "module/module_store.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::module {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Recorder final : public base::Log {
public:
    bool enabled(base::Level, std::string_view) const noexcept override { return true; }
    void write(base::Level, std::string_view, std::string_view message,
               std::span<const base::LogField>) noexcept override {
        text += std::string(message) + "\n";
    }
    std::string text;
};

std::string fixture(const std::string& stem) {
    return FIXTURE_FOLDER "/" + stem + ".so";
}

ModuleStoreSettings settings(std::string cache = {}) {
    ModuleStoreSettings made;
    made.cacheDirectory = std::move(cache);
    made.program = TRIAL_CHILD;
    made.childArguments = {"--try"};
    made.buildId = "build-1";
    made.verifyTimeout = 60s; // a sanitizer looks up the names of a crash
    return made;
}

using Outcomes = std::vector<base::Outcome<std::shared_ptr<const Module>>>;

Outcomes load(ModuleStore& store, const std::vector<std::string>& paths) {
    return store.load(paths);
}

std::shared_ptr<const Module> loadOne(ModuleStore& store, const std::string& path) {
    const auto outcomes = load(store, {path});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, outcomes.size());
    CPPUNIT_ASSERT_MESSAGE(outcomes[0] ? "" : outcomes[0].fault(), static_cast<bool>(outcomes[0]));
    return outcomes[0].value();
}

void assertRefused(const Outcomes::value_type& outcome, const std::string& path, std::string_view part) {
    CPPUNIT_ASSERT_MESSAGE(path + " was loaded", !outcome);
    const std::string& fault = outcome.fault();
    CPPUNIT_ASSERT_MESSAGE(fault, fault.starts_with(path + ": "));
    CPPUNIT_ASSERT_MESSAGE("'" + fault + "' lacks '" + std::string(part) + "'", fault.find(part) != std::string::npos);
}

std::vector<fs::path> filesIn(const fs::path& folder, std::string_view extension) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    return files;
}

} // namespace

class ModuleStoreTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ModuleStoreTest);
    CPPUNIT_TEST(namesWhatIsWrongBeforeAnyCodeRuns);
    CPPUNIT_TEST(refusesEveryTruncatedFile);
    CPPUNIT_TEST(namesWhatTheHandshakeRefuses);
    CPPUNIT_TEST(namesEachFileThatHarmsItsProcess);
    CPPUNIT_TEST(triesTheOthersAfterAFileThatHangs);
    CPPUNIT_TEST(namesAnEntryThatHarmsItsProcess);
    CPPUNIT_TEST(leavesNoProcessBehind);
    CPPUNIT_TEST(saysWhenThereIsNoChild);
    CPPUNIT_TEST(believesNoForgedSuccess);
    CPPUNIT_TEST(refusesACacheThatOthersMayWrite);
    CPPUNIT_TEST(sharesOneModuleForOneContent);
    CPPUNIT_TEST(keepsTwoBuildsApart);
    CPPUNIT_TEST(countsWhatNobodyHolds);
    CPPUNIT_TEST(triesOnlyWithoutAVerdict);
    CPPUNIT_TEST(keepsNothingOfARefusedFile);
    CPPUNIT_TEST(removesCopiesNobodyUsed);
    CPPUNIT_TEST(removesItsTemporaryFolder);
    CPPUNIT_TEST(warnsOfACarelessBuild);
    CPPUNIT_TEST_SUITE_END();

public:
    void namesWhatIsWrongBeforeAnyCodeRuns() {
        ModuleStoreSettings unusable = settings();
        unusable.program = "/nonexistent";
        ModuleStore store(log_, unusable);
        const std::string text = folder_.write("text.so", "no library\n").string();
        const std::string empty = folder_.write("empty.so", "").string();
        const std::vector<std::pair<std::string, std::string>> cases{
            {folder_.path() / "absent.so", "No such file"},
            {folder_.path().string(), "not a regular file"},
            {text, "is no ELF file"},
            {empty, "is empty"},
            {TRIAL_CHILD, "executable"},
            {fixture("no-entry"), "exports no function " MORTISE_MODULE_ENTRY_NAME},
            {fixture("wrong-major"), "major 2, this host speaks major 1"},
            {fixture("static-tls"), "DF_STATIC_TLS"},
            {fixture("no-manifest"), "has no manifest: rebuild the plugin with the SDK of this release"},
            {fixture("needs-newer-minor"), "needs host ABI 1.99, this host speaks 1.0: upgrade mortised"},
            {fixture("needs-missing-library"), "libmortise-missing.so.1"},
        };
        std::vector<std::string> paths;
        for (const auto& [path, part] : cases) paths.push_back(path);
        const auto outcomes = load(store, paths);
        for (std::size_t i = 0; i < cases.size(); ++i) assertRefused(outcomes.at(i), cases[i].first, cases[i].second);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.mapped());
    }

    void refusesEveryTruncatedFile() {
        ModuleStore store(log_, settings());
        std::ifstream whole(fixture("unknown-flag"), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(whole), {});
        std::vector<std::string> paths;
        for (std::size_t length = 0; length < bytes.size(); length += length < 2000 ? 61 : 997) {
            paths.push_back(folder_.write("cut-" + std::to_string(length) + ".so", bytes.substr(0, length)).string());
        }
        CPPUNIT_ASSERT(paths.size() > 30);
        const auto outcomes = load(store, paths);
        for (std::size_t i = 0; i < paths.size(); ++i) assertRefused(outcomes[i], paths[i], "is ");
    }

    void namesWhatTheHandshakeRefuses() {
        ModuleStore store(log_, settings());
        const auto outcomes =
            load(store, {fixture("manifest-differs"), fixture("short-struct"), fixture("unknown-module-flag")});
        assertRefused(
            outcomes[0], fixture("manifest-differs"),
            "has a manifest that differs from its code: needs is ['mortise.users/1'] in the manifest and [] in "
            "the code; make both from one source");
        assertRefused(outcomes[1], fixture("short-struct"), "struct of 16 bytes");
        assertRefused(outcomes[2], fixture("unknown-module-flag"), "flags 2147483648");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.mapped());
    }

    void namesEachFileThatHarmsItsProcess() {
        ModuleStore store(log_, settings());
        const auto outcomes =
            load(store, {fixture("slow"), fixture("constructor-aborts"), fixture("constructor-exits"),
                         fixture("constructor-prints"), fixture("constructor-forks"), fixture("uses-timer")});
        CPPUNIT_ASSERT_MESSAGE(outcomes[0] ? "" : outcomes[0].fault(), static_cast<bool>(outcomes[0]));
        assertRefused(outcomes[1], fixture("constructor-aborts"), "crashed while its constructors ran");
        assertRefused(outcomes[1], fixture("constructor-aborts"), "signal 6");
        assertRefused(outcomes[2], fixture("constructor-exits"), "exited with status 0");
        assertRefused(outcomes[3], fixture("constructor-prints"), "constructor_prints: standard output");
        assertRefused(outcomes[4], fixture("constructor-forks"), "started another process");
        CPPUNIT_ASSERT_MESSAGE(outcomes[5] ? "" : outcomes[5].fault(), static_cast<bool>(outcomes[5]));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, store.mapped());
    }

    void triesTheOthersAfterAFileThatHangs() {
        ModuleStoreSettings hasty = settings();
        hasty.verifyTimeout = 1s;
        ModuleStore store(log_, hasty);
        const auto began = std::chrono::steady_clock::now();
        const auto outcomes = load(store, {fixture("constructor-loops"), fixture("unknown-flag")});
        assertRefused(outcomes[0], fixture("constructor-loops"), "did not return from its constructors within 1 s");
        CPPUNIT_ASSERT_MESSAGE(outcomes[1] ? "" : outcomes[1].fault(), static_cast<bool>(outcomes[1]));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < 15s);
    }

    void namesAnEntryThatHarmsItsProcess() {
        ModuleStore patient(log_, settings());
        const auto crashed = load(patient, {fixture("entry-crashes")});
        assertRefused(crashed[0], fixture("entry-crashes"), MORTISE_MODULE_ENTRY_NAME " was called");
        ModuleStoreSettings hasty = settings();
        hasty.verifyTimeout = 1s;
        ModuleStore store(log_, hasty);
        const auto began = std::chrono::steady_clock::now();
        const auto outcomes = load(store, {fixture("entry-hangs")});
        // It blocks the signal that should end it.
        assertRefused(outcomes[0], fixture("entry-hangs"),
                      "did not return from " MORTISE_MODULE_ENTRY_NAME " within 1 s");
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < 30s);
    }

    // The fixture's child lives for a minute unless it is ended.
    void leavesNoProcessBehind() {
        ModuleStore store(log_, settings());
        load(store, {fixture("constructor-forks")});
        for (const auto& entry : fs::directory_iterator("/proc")) {
            std::ifstream file(entry.path() / "cmdline");
            const std::string command(std::istreambuf_iterator<char>(file), {});
            CPPUNIT_ASSERT_MESSAGE(entry.path().string(), !command.starts_with(TRIAL_CHILD));
        }
    }

    void saysWhenThereIsNoChild() {
        ModuleStoreSettings unusable = settings();
        unusable.program = "/nonexistent/mortised";
        ModuleStore absent(log_, unusable);
        assertRefused(load(absent, {fixture("slow")})[0], fixture("slow"), "/nonexistent/mortised");
        unusable.program = TRIAL_CHILD;
        unusable.childArguments = {"--fail"};
        ModuleStore failing(log_, unusable);
        const auto outcomes = load(failing, {fixture("slow"), fixture("unknown-flag")});
        assertRefused(outcomes[0], fixture("slow"), "exited with status 7 and said 'this stand-in was told to fail'");
        assertRefused(outcomes[1], fixture("unknown-flag"), "exited with status 7");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, failing.mapped());
    }

    void believesNoForgedSuccess() {
        ModuleStoreSettings forged = settings();
        forged.childArguments = {"--claim-success"};
        ModuleStore store(log_, forged);
        assertRefused(load(store, {fixture("slow")})[0], fixture("slow"), "cannot be tried");
    }

    void refusesACacheThatOthersMayWrite() {
        const std::string cache = (folder_ / "cache").string();
        fs::create_directory(cache);
        CPPUNIT_ASSERT_EQUAL(0, chmod(cache.c_str(), 0777));
        ModuleStore store(log_, settings(cache));
        assertRefused(load(store, {fixture("slow")})[0], fixture("slow"), "other users may write");
    }

    void sharesOneModuleForOneContent() {
        ModuleStore store(log_, settings());
        const std::string copy = (folder_ / "copy.so").string();
        fs::copy_file(fixture("slow"), copy);
        const auto outcomes = load(store, {fixture("slow"), copy, fixture("slow")});
        CPPUNIT_ASSERT(outcomes[0] && outcomes[1] && outcomes[2]);
        CPPUNIT_ASSERT(outcomes[0].value() == outcomes[1].value() && outcomes[1].value() == outcomes[2].value());
        CPPUNIT_ASSERT_EQUAL(fixture("slow"), outcomes[1].value()->path());
        CPPUNIT_ASSERT(loadOne(store, copy) == outcomes[0].value());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, store.mapped());
        CPPUNIT_ASSERT_EQUAL(std::string("org.mortise.fixtures.slow"), outcomes[0].value()->info().id);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, outcomes[0].value()->info().settings.size());
    }

    // One path, overwritten in place, as careless operators do.
    void keepsTwoBuildsApart() {
        ModuleStore store(log_, settings());
        const std::string path = (folder_ / "plugin.so").string();
        fs::copy_file(fixture("slow"), path);
        const auto before = loadOne(store, path);
        fs::copy_file(fixture("uses-timer"), path, fs::copy_options::overwrite_existing);
        const auto after = loadOne(store, path);
        CPPUNIT_ASSERT(before != after);
        CPPUNIT_ASSERT(before->raw().create != after->raw().create);
        CPPUNIT_ASSERT(before->hash() != after->hash());
        CPPUNIT_ASSERT_EQUAL(path, after->path());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, store.mapped());
    }

    void countsWhatNobodyHolds() {
        ModuleStore store(log_, settings());
        auto module = loadOne(store, fixture("slow"));
        const auto create = module->raw().create;
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.retired());
        module.reset();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, store.retired());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, store.mapped());
        module = loadOne(store, fixture("slow")); // the code that is still there
        CPPUNIT_ASSERT(create == module->raw().create);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, store.retired());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, store.mapped());
    }

    void triesOnlyWithoutAVerdict() {
        const std::string cache = (folder_ / "cache").string();
        {
            ModuleStore store(log_, settings(cache));
            loadOne(store, fixture("slow"));
        }
        ModuleStoreSettings childless = settings(cache);
        childless.program = "/nonexistent/mortised";
        {
            ModuleStore warm(log_, childless);
            loadOne(warm, fixture("slow"));
            assertRefused(load(warm, {fixture("unknown-flag")})[0], fixture("unknown-flag"), "/nonexistent/mortised");
        }
        childless.buildId = "build-2";
        ModuleStore other(log_, childless);
        assertRefused(load(other, {fixture("slow")})[0], fixture("slow"), "/nonexistent/mortised");
    }

    void keepsNothingOfARefusedFile() {
        const fs::path cache = folder_ / "cache";
        ModuleStore store(log_, settings(cache.string()));
        load(store, {fixture("no-entry"), fixture("constructor-aborts")});
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, filesIn(cache, ".so").size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, filesIn(cache / "verdicts", "").size());
    }

    void removesCopiesNobodyUsed() {
        const fs::path cache = folder_ / "cache";
        {
            ModuleStore store(log_, settings(cache.string()));
            loadOne(store, fixture("slow"));
            loadOne(store, fixture("unknown-flag"));
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, filesIn(cache, ".so").size());
        for (const fs::path& file : filesIn(cache, ".so")) {
            fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(24 * 8));
        }
        ModuleStore store(log_, settings(cache.string()));
        loadOne(store, fixture("slow"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, filesIn(cache, ".so").size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, filesIn(cache / "verdicts", "").size());
    }

    void removesItsTemporaryFolder() {
        const char* const before = std::getenv("TMPDIR");
        const std::string kept = before == nullptr ? "" : before;
        setenv("TMPDIR", folder_.path().c_str(), 1);
        {
            ModuleStore store(log_, settings());
            loadOne(store, fixture("slow"));
            CPPUNIT_ASSERT(!fs::is_empty(folder_.path()));
        }
        if (before == nullptr)
            unsetenv("TMPDIR");
        else
            setenv("TMPDIR", kept.c_str(), 1);
        CPPUNIT_ASSERT(fs::is_empty(folder_.path()));
    }

    void warnsOfACarelessBuild() {
        ModuleStore store(log_, settings());
        loadOne(store, fixture("careless"));
        CPPUNIT_ASSERT_MESSAGE(log_.text, log_.text.find(fixture("careless") + ": exports ") != std::string::npos);
        log_.text.clear();
        loadOne(store, fixture("careless")); // said once
        CPPUNIT_ASSERT_EQUAL(std::string(), log_.text);
    }

private:
    tests::TemporaryFolder folder_;
    Recorder log_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ModuleStoreTest);

} // namespace mortise::module
