// SPDX-License-Identifier: Apache-2.0
#include "config/layers.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace config = mortise::config;
using config::Layers;
using mortise::base::Diagnostics;
using namespace std::string_literals;

class LayersTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LayersTest);
    CPPUNIT_TEST(namesAMissingConfiguration);
    CPPUNIT_TEST(refusesTwoMainFiles);
    CPPUNIT_TEST(refusesLargeAndSpecialFiles);
    CPPUNIT_TEST(refusesMalformedAssignments);
    CPPUNIT_TEST(readsPluginFilesInOrder);
    CPPUNIT_TEST(readsPluginFilesBesideANamedFile);
    CPPUNIT_TEST(peeksAtTheHighestLayer);
    CPPUNIT_TEST(listsPluginNames);
    CPPUNIT_TEST(computesEnvironmentNames);
    CPPUNIT_TEST_SUITE_END();

    mortise::tests::TemporaryFolder folder_;
    Diagnostics diagnostics_;

    std::string at(const char* name) const { return (folder_ / name).string(); }
    Layers load(const std::filesystem::path& path, std::vector<std::string> assignments = {},
                std::map<std::string, std::string> environment = {}) {
        return config::load({path, std::move(environment), std::move(assignments)}, diagnostics_);
    }

    void namesAMissingConfiguration() {
        load(folder_ / "none.ini");
        load(folder_.path());
        CPPUNIT_ASSERT_EQUAL(
            at("none.ini") +
                ": error: there is no such file or folder; --config names mortise.ini, mortise.xml or the "
                "folder of one [C101]\n" +
                folder_.path().string() + ": error: there is no mortise.ini and no mortise.xml in this folder [C101]\n",
            diagnostics_.render());
    }

    void refusesTwoMainFiles() {
        folder_.write("mortise.ini", "");
        folder_.write("mortise.xml", "<mortise/>");
        load(folder_.path());
        CPPUNIT_ASSERT_EQUAL(at("mortise.ini") + ": error: both " + at("mortise.ini") + " and " + at("mortise.xml") +
                                 " exist; keep one of them [C105]\n",
                             diagnostics_.render());
    }

    void refusesLargeAndSpecialFiles() {
        load(folder_.write("large.ini", std::string(config::maxFileBytes + 1, '#')));
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo(at("fifo.ini").c_str(), 0600));
        load(folder_ / "fifo.ini");
        CPPUNIT_ASSERT_EQUAL(at("large.ini") + ": error: the file is too large: over 1048576 bytes [C106]\n" +
                                 at("fifo.ini") + ": error: the file cannot be read: not a regular file [C102]\n",
                             diagnostics_.render());
        diagnostics_ = {};
        load(folder_.write("full.ini", std::string(config::maxFileBytes, '#')));
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics_.render());
    }

    void refusesMalformedAssignments() {
        load({}, {"hunter2", "key=hunter2", "server.mode=a", "server.mode=b", ""});
        const std::string malformed =
            "--set: error: expected section.key=value, such as --set server.listen=127.0.0.1:8080 [C401]\n";
        CPPUNIT_ASSERT_EQUAL(malformed + malformed + "--set: error: 'server.mode' is set twice [C206]\n" + malformed,
                             diagnostics_.render());
    }

    void readsPluginFilesInOrder() {
        folder_.write("mortise.ini", "[plugin.a]\nenabled = false\nkey = main\n");
        folder_.write("plugins.d/20-a.ini", "[plugin.a]\nenabled = true\n");
        folder_.write("plugins.d/10-a.xml",
                      "<mortise><plugin name='a'><enabled>false</enabled><other>xml</other></plugin></mortise>");
        folder_.write("plugins.d/.hidden.ini", "junk");
        folder_.write("plugins.d/30-a.ini.bak", "junk");
        folder_.write("plugins.d/README", "junk");
        const Layers layers = load(folder_.path());
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics_.render());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, layers.documents.size());
        CPPUNIT_ASSERT_EQUAL(at("mortise.ini"), layers.documents[0].file());
        CPPUNIT_ASSERT_EQUAL(at("plugins.d/10-a.xml"), layers.documents[1].file());
        CPPUNIT_ASSERT_EQUAL(at("plugins.d/20-a.ini"), layers.documents[2].file());
        CPPUNIT_ASSERT_EQUAL("true"s, layers.peek("plugin.a", "enabled").value());
        CPPUNIT_ASSERT_EQUAL("xml"s, layers.peek("plugin.a", "other").value());
        CPPUNIT_ASSERT_EQUAL("main"s, layers.peek("plugin.a", "key").value());
        CPPUNIT_ASSERT_EQUAL(at("mortise.ini") + ":1:1", layers.firstMention("plugin.a").textWithColumn());
        CPPUNIT_ASSERT_EQUAL(""s, layers.firstMention("plugin.b").file);
    }

    void readsPluginFilesBesideANamedFile() {
        folder_.write("mortise.ini", "");
        folder_.write("mortise.xml", "<mortise/>");
        folder_.write("plugins.d/a.ini", "[plugin.a]\nenabled = true\n");
        const Layers layers = load(folder_ / "mortise.xml");
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics_.render());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, layers.documents.size());
    }

    void peeksAtTheHighestLayer() {
        const auto file =
            folder_.write("mortise.ini", "[plugin.rate-limit]\nenabled = file\nfile = file\non_error = file\n");
        const Layers layers =
            load(file, {"plugin.rate-limit.enabled=set"},
                 {{"MORTISE_PLUGIN_RATE_LIMIT_ENABLED", "env"}, {"MORTISE_PLUGIN_RATE_LIMIT_FILE", "env"}});
        CPPUNIT_ASSERT_EQUAL("set"s, layers.peek("plugin.rate-limit", "enabled").value());
        CPPUNIT_ASSERT_EQUAL("env"s, layers.peek("plugin.rate-limit", "file").value());
        CPPUNIT_ASSERT_EQUAL("file"s, layers.peek("plugin.rate-limit", "on_error").value());
        CPPUNIT_ASSERT(!layers.peek("plugin.rate-limit", "max"));
    }

    void listsPluginNames() {
        const auto file = folder_.write("mortise.ini", "[server]\n[plugin.users]\n[plugin.auth]\n");
        const Layers layers =
            load(file, {"plugin.hello.enabled=true", "server.mode=x", "plugin.Bad!.x=1"},
                 {{"MORTISE_PLUGIN_RATE_LIMIT_ENABLED", "true"}, {"MORTISE_PLUGIN_OTHER_ENABLED", "true"}});
        CPPUNIT_ASSERT((layers.pluginNames() == std::vector<std::string>{"auth", "hello", "users"}));
        const std::vector<std::string> available{"rate-limit", "rate", "health"};
        CPPUNIT_ASSERT(
            (layers.pluginNames(available) == std::vector<std::string>{"auth", "hello", "rate-limit", "users"}));
        CPPUNIT_ASSERT_EQUAL("--set"s, layers.firstMention("plugin.hello").text());
        CPPUNIT_ASSERT_EQUAL("environment MORTISE_PLUGIN_RATE_LIMIT_ENABLED"s,
                             layers.firstMention("plugin.rate-limit").text());
    }

    void computesEnvironmentNames() {
        CPPUNIT_ASSERT_EQUAL("MORTISE_SERVER_LISTEN"s, config::environmentName("server", "listen"));
        CPPUNIT_ASSERT_EQUAL("MORTISE_PLUGIN_RATE_LIMIT_MAX"s, config::environmentName("plugin.rate-limit", "max"));
        CPPUNIT_ASSERT(config::processEnvironment().contains("PATH"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LayersTest);
