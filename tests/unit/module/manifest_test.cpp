// SPDX-License-Identifier: Apache-2.0
#include "module/manifest.hpp"

#include "tests/support/plugin_bytes.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::module {

namespace {

using tests::elfNote;
using tests::withNotes;

constexpr std::string_view sound =
    R"({"manifest":1,"id":"com.example.sound","version":"1.2.3","licence":"MIT","toolchain":"C11",)"
    R"("abi":{"draft":2,"minor_built":0,"minor_needed":0},"needs":["mortise.users/1"],"may_use":[],)"
    R"("provides":["com.example.sound/1"],"extension_points":["com.example.point/2"],"example":true,"extensions":["mortise.plugin.router/1"],"filters":["example-log"],"unknown":{},)"
    R"("settings":[{"key":"limit","type":"integer","default":"9007199254740993","maximum":9223372036854775807,)"
    R"("minimum":-9223372036854775808},{"key":"share","type":"number","default":"0.5","maximum":1.5},)"
    R"({"key":"kind","type":"choice","default":"a","choices":["a","b"],"needs_restart":true},)"
    R"({"key":"hidden","type":"text","default":"","secret":true,"minimum_length":8,"environment":["HIDDEN"]},)"
    R"({"key":"unsaid","type":"list","pattern":"[a-z]+"}],"of_a_later_version":{"x":[1]}})";

std::string faultOf(std::string_view json) {
    const auto manifest = parseManifest(json);
    return manifest ? std::string() : manifest.fault();
}

std::string replaced(std::string_view from, std::string_view to) {
    std::string text(sound);
    const std::size_t at = text.find(from);
    CPPUNIT_ASSERT_MESSAGE(std::string(from), at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void assertFault(const std::string& json, std::string_view part) {
    const std::string fault = faultOf(json);
    CPPUNIT_ASSERT_MESSAGE("'" + fault + "' lacks '" + std::string(part) + "'", fault.find(part) != std::string::npos);
}

std::string fixture(const std::string& stem) {
    return FIXTURE_FOLDER "/" + stem + ".so";
}

std::string faultOfFile(const std::string& bytes) {
    const auto notes = base::parseElfNotes(bytes);
    if (!notes) return notes.fault();
    const auto manifest = manifestOf(*notes);
    return manifest ? std::string() : manifest.fault();
}

std::string manifestNote(std::string_view descriptor, std::size_t alignment = 4) {
    return elfNote(std::string_view("Mortise\0", 8), 1, descriptor, alignment);
}

// A plugin file with these notes.
std::string withNote(const std::string& notes) {
    static const std::string file = tests::contentOf(fixture("minimal"));
    return withNotes(file, {{notes}});
}

} // namespace

class ManifestTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ManifestTest);
    CPPUNIT_TEST(refusesWhatIsNoObject);
    CPPUNIT_TEST(refusesWrongTypes);
    CPPUNIT_TEST(refusesImpossibleValues);
    CPPUNIT_TEST(refusesAnotherDraft);
    CPPUNIT_TEST(refusesFilesWithoutOne);
    CPPUNIT_TEST(refusesTwo);
    CPPUNIT_TEST(refusesMembersThatAreThereTwice);
    CPPUNIT_TEST(refusesAHugeOne);
    CPPUNIT_TEST(survivesEveryChangedByte);
    CPPUNIT_TEST(survivesEveryLength);
    CPPUNIT_TEST(readsAllMembers);
    CPPUNIT_TEST(readsFilesOfEveryLanguage);
    CPPUNIT_TEST(namesEachDifference);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatIsNoObject() {
        for (const char* json : {"", " ", "{", "[]", "1", "null", "{\"manifest\":1}}", "{\"a\":}", "\xFF"})
            CPPUNIT_ASSERT_MESSAGE(json, !faultOf(json).empty());
        assertFault("{\"manifest\":1", "no JSON");
        assertFault("[]", "no object");
        std::string deep(100, '[');
        assertFault("{\"x\":" + deep + std::string(100, ']') + "}", "no JSON");
    }

    void refusesWrongTypes() {
        const std::vector<std::pair<std::string_view, std::string_view>> members{
            {"\"manifest\":1", "\"manifest\":\"1\""},
            {"\"id\":\"com.example.sound\"", "\"id\":7"},
            {"\"version\":\"1.2.3\"", "\"version\":1.2"},
            {"\"abi\":{\"draft\":2,\"minor_built\":0,\"minor_needed\":0}", "\"abi\":[]"},
            {"\"minor_built\":0", "\"minor_built\":0.5"},
            {"\"minor_built\":0", "\"minor_built\":-1"},
            {"\"minor_built\":0", "\"minor_built\":4294967296"},
            {"[\"mortise.users/1\"]", "\"mortise.users/1\""},
            {"[\"mortise.users/1\"]", "[1]"},
            {"\"provides\":[\"com.example.sound/1\"]", "\"provides\":{}"},
            {"\"extension_points\":[\"com.example.point/2\"]", "\"extension_points\":true"},
            {"\"filters\":[\"example-log\"]", "\"filters\":\"example-log\""},
            {"\"key\":\"limit\"", "\"key\":null"},
            {"\"type\":\"integer\"", "\"type\":1"},
            {"\"maximum\":9223372036854775807", "\"maximum\":9223372036854775808"},
            {"\"maximum\":9223372036854775807", "\"maximum\":1.5"},
            {"\"maximum\":9223372036854775807", "\"maximum\":\"9\""},
            {"\"maximum\":1.5", "\"maximum\":\"1.5\""},
            {"\"choices\":[\"a\",\"b\"]", "\"choices\":\"a,b\""},
            {"\"secret\":true", "\"secret\":1"},
            {"\"example\":true", "\"example\":1"},
            {"[\"mortise.plugin.router/1\"]", "{}"},
            {"\"needs_restart\":true", "\"needs_restart\":\"yes\""},
        };
        for (const auto& [from, to] : members) assertFault(replaced(from, to), "has a manifest whose '");
        assertFault(replaced("\"secret\":true", "\"secret\":1"), "'settings[3].secret' is neither true nor false");
    }

    void refusesImpossibleValues() {
        const std::vector<std::pair<std::string, std::string_view>> cases{
            {replaced("com.example.sound\"", "sound\""), "no reverse domain name"},
            {replaced("1.2.3", "1.2"), "no semantic version"},
            {replaced("mortise.users/1", "mortise.users"), "no id such as"},
            {replaced("\"may_use\":[]", "\"may_use\":[\"a.b/1\",\"a.b/1\"]"), "'a.b/1' twice"},
            {replaced("example-log", "Example Log"), "the filter 'Example Log', which is no name such as"},
            {replaced("\"example-log\"", "\"example-log\",\"example-log\""), "the filter 'example-log' twice"},
            {replaced("\"minor_needed\":0", "\"minor_needed\":99"), "needs host ABI 1.99"},
            {replaced("\"key\":\"limit\"", "\"key\":\"enabled\""), "which every plugin has"},
            {replaced("\"key\":\"share\"", "\"key\":\"limit\""), "declared twice"},
            {replaced("\"default\":\"0.5\"", "\"default\":\"2\""), "more than the maximum 1.5"},
            {replaced("\"pattern\":\"[a-z]+\"", "\"pattern\":\"[a-z\""), "none of RE2"},
            {replaced("\"HIDDEN\"", "\"LD_PRELOAD\""), "no variable that a setting can have"},
            {replaced("\"manifest\":1", "\"manifest\":2"), "version 2, this host reads version 1"},
            {replaced("\"minimum_length\":8", "\"minimum_length\":99999999"), "is 99999999, it can be 0 to 1048576"},
            {replaced("1.2.3", "1.2.3\\u0000"), "control characters"},
        };
        for (const auto& [json, part] : cases) assertFault(json, part);
    }

    void refusesAnotherDraft() {
        assertFault(replaced("\"draft\":2", "\"draft\":1"),
                    "manifest of draft 1 of the plugin interface, this host needs "
                    "draft 2: rebuild the plugin with the SDK of this release");
    }

    void refusesFilesWithoutOne() {
        for (const std::string& other :
             {elfNote(std::string_view("Mortice\0", 8), 1, sound), elfNote(std::string_view("Mortise\0", 8), 2, sound),
              elfNote(std::string_view("GNU\0", 4), 1, sound)}) {
            const std::string fault = faultOfFile(withNote(other));
            CPPUNIT_ASSERT_MESSAGE(fault, fault.find("has no manifest: rebuild the plugin") != std::string::npos &&
                                              fault.find("MORTISE_MANIFEST") != std::string::npos);
        }
    }

    void refusesTwo() {
        const std::string twice = "has two manifests: a plugin is one file and has one";
        for (const std::size_t alignment : {4u, 8u}) {
            const std::string one = manifestNote(sound, alignment);
            const std::string file = tests::contentOf(fixture("minimal"));
            CPPUNIT_ASSERT_EQUAL(std::string(), faultOfFile(withNotes(file, {{one, alignment}})));
            CPPUNIT_ASSERT_EQUAL(twice, faultOfFile(withNotes(file, {{one + one, alignment}})));
            CPPUNIT_ASSERT_EQUAL(twice, faultOfFile(withNotes(file, {{one, alignment}, {one, alignment}})));
        }
    }

    void refusesMembersThatAreThereTwice() {
        assertFault(replaced("\"version\":\"1.2.3\"", "\"version\":\"1.2.3\",\"version\":\"1.2.3\""),
                    "has a manifest whose 'version' is there twice");
        assertFault(replaced("\"draft\":2", "\"draft\":2,\"draft\":1"), "'abi.draft' is there twice");
        assertFault(replaced("\"key\":\"share\"", "\"key\":\"share\",\"ke\\u0079\":\"other\""),
                    "'settings[1].key' is there twice");
        assertFault(replaced("\"unknown\":{}", "\"x\":1,\"x\":2"), "'x' is there twice");
    }

    void refusesAHugeOne() {
        const std::string huge = std::string(sound) + std::string(1u << 18, ' ');
        const std::string fault = faultOfFile(withNote(manifestNote(huge)));
        CPPUNIT_ASSERT_MESSAGE(fault, fault.find("bytes, at most 262144 are read") != std::string::npos);
        // What is within the bound, and as costly as can be.
        CPPUNIT_ASSERT(!faultOf("{\"settings\":[" + std::string(200'000, '{')).empty());
        CPPUNIT_ASSERT(!faultOf(std::string(200'000, '[')).empty());
        std::string many =
            "{\"manifest\":1,\"abi\":{\"draft\":2},\"id\":\"a.b\",\"version\":\"1.0.0\",\"settings\":[{}";
        for (int i = 0; i < 80'000; ++i) many += ",{}";
        assertFault(many + "]}", "'settings' is longer than 1024");
        std::string wide = "{\"manifest\":1";
        for (int i = 0; i < 20'000; ++i) wide += ",\"" + std::to_string(i) + "\":0";
        assertFault(wide + "}", "'abi' is missing");
    }

    // By chance, but the same each time: it reads or says why not.
    void survivesEveryChangedByte() {
        std::mt19937 random(7);
        const std::string bytes = manifestNote(sound);
        for (int round = 0; round < 4000; ++round) {
            std::string changed = bytes;
            for (unsigned n = 0; n <= random() % 4; ++n)
                changed[random() % changed.size()] = static_cast<char>(random());
            const std::string fault = faultOfFile(withNote(changed));
            CPPUNIT_ASSERT_MESSAGE(fault, fault.size() < 1000 && fault.find('\n') == std::string::npos);
        }
    }

    void survivesEveryLength() {
        for (std::size_t length = 0; length < sound.size(); ++length)
            CPPUNIT_ASSERT(!faultOf(sound.substr(0, length)).empty());
    }

    void readsAllMembers() {
        const auto manifest = parseManifest(sound);
        CPPUNIT_ASSERT_MESSAGE(manifest ? "" : manifest.fault(), static_cast<bool>(manifest));
        const ModuleInfo& info = *manifest;
        CPPUNIT_ASSERT_EQUAL(std::string("com.example.sound 1.2.3 MIT C11"),
                             info.id + " " + info.version + " " + info.licence + " " + info.toolchain);
        CPPUNIT_ASSERT(info.requiredServices == std::vector<std::string>{"mortise.users/1"});
        CPPUNIT_ASSERT(info.providedServices == std::vector<std::string>{"com.example.sound/1"});
        CPPUNIT_ASSERT(info.extensionPoints == std::vector<std::string>{"com.example.point/2"});
        CPPUNIT_ASSERT(info.extensions == std::vector<std::string>{"mortise.plugin.router/1"} && info.inExample);
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, info.settings.size());
        CPPUNIT_ASSERT(info.settings[0].minimum == INT64_MIN && info.settings[0].maximum == INT64_MAX);
        CPPUNIT_ASSERT_EQUAL(std::string("9007199254740993"), info.settings[0].defaultText);
        CPPUNIT_ASSERT(info.settings[1].numberMaximum == 1.5 && !info.settings[1].maximum);
        CPPUNIT_ASSERT(!info.settings[2].reloadable && info.settings[2].choices.size() == 2);
        CPPUNIT_ASSERT(info.settings[3].secret && info.settings[3].minLength == 8);
        CPPUNIT_ASSERT(info.settings[3].environment == std::vector<std::string>{"HIDDEN"});
        CPPUNIT_ASSERT(!info.settings[4].defaultKnown && info.settings[4].pattern == "[a-z]+");
    }

    // Made by the C macro and by the compiler from MORTISE_PLUGIN.
    void readsFilesOfEveryLanguage() {
        const std::vector<std::pair<std::string, std::string>> files{{"minimal", "minimal"},
                                                                     {"replies-late", "replies-late"},
                                                                     {"uses-network", "uses-network"},
                                                                     {"stripped-c", "minimal"},
                                                                     {"stripped-cpp", "slow"}};
        for (const auto& [stem, name] : files) {
            const auto manifest = readManifest(fixture(stem));
            CPPUNIT_ASSERT_MESSAGE(manifest ? stem : manifest.fault(), static_cast<bool>(manifest));
            CPPUNIT_ASSERT_EQUAL("org.mortise.fixtures." + name, manifest->id);
        }
    }

    void namesEachDifference() {
        const ModuleInfo module = parseManifest(sound).value();
        CPPUNIT_ASSERT(!manifestDifference(module, module));
        const auto assertDifference = [&](std::string_view from, std::string_view to, std::string_view part) {
            const auto other = parseManifest(replaced(from, to));
            CPPUNIT_ASSERT_MESSAGE(other ? "" : other.fault(), static_cast<bool>(other));
            const auto said = manifestDifference(*other, module);
            CPPUNIT_ASSERT_MESSAGE(std::string(from), said.has_value());
            CPPUNIT_ASSERT_MESSAGE(*said, said->find(part) != std::string::npos);
        };
        assertDifference("com.example.sound\"", "com.example.other\"",
                         "id is 'com.example.other' in the manifest and 'com.example.sound' in the code");
        assertDifference("1.2.3", "1.2.4", "version is '1.2.4' in the manifest and '1.2.3' in the code");
        assertDifference("MIT", "ISC", "licence is 'ISC'");
        assertDifference("C11", "C99", "toolchain is 'C99'");
        assertDifference("\"needs\":[\"mortise.users/1\"]", "\"needs\":[]",
                         "needs is [] in the manifest and ['mortise.users/1'] in the code");
        assertDifference("\"may_use\":[]", "\"may_use\":[\"a.b/1\"]", "may_use");
        assertDifference("com.example.sound/1", "com.example.sound/2", "provides");
        assertDifference("com.example.point/2", "com.example.point/3", "extension_points");
        assertDifference("mortise.plugin.router/1", "mortise.plugin.migrator/1", "extensions is");
        assertDifference("\"example\":true", "\"example\":false", "example is false in the manifest and true");
        assertDifference("example-log", "other-log", "filters");
        assertDifference("\"key\":\"limit\"", "\"key\":\"bound\"",
                         "key of setting 1 is 'bound' in the manifest and 'limit' in the code");
        assertDifference(
            "\"default\":\"9007199254740993\"", "\"default\":\"9007199254740992\"",
            "default of the setting 'limit' is '9007199254740992' in the manifest and '9007199254740993' in the code");
        assertDifference("\"maximum\":9223372036854775807", "\"maximum\":9223372036854775806", "maximum");
        assertDifference("\"maximum\":1.5", "\"maximum\":1.25",
                         "maximum of the setting 'share' is 1.25 in the manifest and 1.5");
        assertDifference("[\"a\",\"b\"]", "[\"a\",\"c\"]", "choices");
        assertDifference("\"needs_restart\":true", "\"needs_restart\":false", "needs_restart");
        assertDifference("\"secret\":true,", "",
                         "secret of the setting 'hidden' is false in the manifest and true in the code");
        assertDifference("\"minimum_length\":8", "\"minimum_length\":9", "minimum_length");
        assertDifference("[\"HIDDEN\"]", "[\"OTHER\"]", "environment");
        assertDifference("[a-z]+", "[a-y]+", "pattern");
        assertDifference(",{\"key\":\"unsaid\",\"type\":\"list\",\"pattern\":\"[a-z]+\"}", "",
                         "number of settings is 4");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ManifestTest);

} // namespace mortise::module
