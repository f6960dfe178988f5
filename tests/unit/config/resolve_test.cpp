// SPDX-License-Identifier: Apache-2.0
#include "config/resolve.hpp"

#include "config/example.hpp"
#include "config/ini_writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/config/config_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace config = mortise::config;
using config::SectionSpec;
using config::Settings;
using config::SettingType;
using mortise::base::Diagnostics;
using namespace std::string_literals;

class ResolveTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ResolveTest);
    CPPUNIT_TEST(reportsUnknownSectionsAndKeys);
    CPPUNIT_TEST(reportsWrongValuesWithTheirPlace);
    CPPUNIT_TEST(reportsEverythingInOneRun);
    CPPUNIT_TEST(checksOverriddenValuesToo);
    CPPUNIT_TEST(reportsUnknownVariables);
    CPPUNIT_TEST(refusesCollidingNames);
    CPPUNIT_TEST(refusesSecretsOnTheCommandLine);
    CPPUNIT_TEST(refusesUnknownAssignments);
    CPPUNIT_TEST(refusesEqualSecrets);
    CPPUNIT_TEST(refusesWeakSecrets);
    CPPUNIT_TEST(refusesSecretFilesThatCannotBeUsed);
    CPPUNIT_TEST(refusesTwoSourcesOfOneLevel);
    CPPUNIT_TEST(refusesUnknownCredentials);
    CPPUNIT_TEST(reportsUnusableAliases);
    CPPUNIT_TEST(neverShowsSecrets);
    CPPUNIT_TEST(appliesLayersInOrder);
    CPPUNIT_TEST(warnsOfSecretFilesThatAreOpenToOthers);
    CPPUNIT_TEST(readsSecretsFromFilesAndCredentials);
    CPPUNIT_TEST(appliesAliases);
    CPPUNIT_TEST(leavesUnknownDefaultsToThePlugin);
    CPPUNIT_TEST(givesDeprecatedValuesToTheirReplacement);
    CPPUNIT_TEST(checksDeprecatedValuesByTheReplacement);
    CPPUNIT_TEST(refusesADeprecatedSettingWithItsReplacement);
    CPPUNIT_TEST(replacesThePortOfTheFirstListener);
    CPPUNIT_TEST(ignoresAliasesOfAbsentPlugins);
    CPPUNIT_TEST(passesOverOpaqueSections);
    CPPUNIT_TEST(prefersTheLongestSection);
    CPPUNIT_TEST_SUITE_END();

    mortise::tests::TemporaryFolder folder_;
    Diagnostics diagnostics_;
    std::vector<SectionSpec> specs_ = mortise::tests::sampleSections();
    std::map<std::string, std::string> environment_;
    std::vector<std::string> assignments_;

    static inline const std::string strong = "0123456789abcdef0123456789abcdef";
    static inline const std::string other = "fedcba9876543210fedcba9876543210";

    Settings resolve(std::string_view ini) {
        const config::Layers layers =
            config::load({folder_.write("m.ini", ini), environment_, assignments_}, diagnostics_);
        return config::resolve(layers, specs_, diagnostics_);
    }
    // What is reported, with the test's folder left out.
    std::string faultsOf(std::string_view ini) {
        diagnostics_ = {};
        resolve(ini);
        std::string all = diagnostics_.render();
        const std::string prefix = folder_.path().string() + "/";
        for (std::size_t at = all.find(prefix); at != std::string::npos; at = all.find(prefix))
            all.erase(at, prefix.size());
        return all;
    }
    Settings good(std::string_view ini) {
        diagnostics_ = {};
        Settings settings = resolve(ini);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics_.render());
        return settings;
    }

    void reportsUnknownSectionsAndKeys() {
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:1: error: unknown key 'max_conections' in [server]; did you mean 'max_connections'? [C104]\n"
            "m.ini:3:1: error: unknown section [plugin.ath]; did you mean 'plugin.auth'? [C103]\n"
            "m.ini:6:1: error: unknown key 'qwertz' in [plugin.rate-limit] [C104]\n"
            "m.ini:8:1: error: unknown key 'acces_secret_file' in [plugin.auth]; did you mean "
            "'access_secret_file'? [C104]\n"s,
            faultsOf("[server]\nmax_conections = 5\n[plugin.ath]\nenabled = true\n[plugin.rate-limit]\n"
                     "qwertz = 1\n[plugin.auth]\nacces_secret_file = x\n"));
    }

    void reportsWrongValuesWithTheirPlace() {
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:8: error: server.mode: 'prod' is none of production, development [C203]\n"
            "m.ini:3:19: error: server.max_connections: '0' is less than the minimum 1 [C202]\n"
            "m.ini:4:16: error: server.idle_timeout: 'soon' is not a duration (such as 500ms, 30s, 5m, 2h, 7d) [C201]\n"
            "m.ini:5:9: error: server.listen: the list has 0 items, not at least 1 item [C202]\n"s,
            faultsOf("[server]\nmode = prod\nmax_connections = 0\nidle_timeout = soon\nlisten =\n"));
    }

    void reportsEverythingInOneRun() {
        environment_ = {{"MORTISE_SERVER_LOOPS", "many"}, {"MORTISE_SERVER_LOPS", "1"}};
        assignments_ = {"server.mode=x", "nonsense"};
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:1:1: error: key 'a' stands before the first section; write [server] or [plugin.<name>] above it "
            "[C110]\n"
            "m.ini:3:8: error: server.mode: 'y' is none of production, development [C203]\n"
            "--set: error: expected section.key=value, such as --set server.listen=127.0.0.1:8080 [C401]\n"
            "--set: error: server.mode: 'x' is none of production, development [C203]\n"
            "environment MORTISE_SERVER_LOPS: error: no setting has this variable; did you mean "
            "'MORTISE_SERVER_LOOPS'? "
            "[C301]\n"
            "environment MORTISE_SERVER_LOOPS: error: server.loops: 'many' is not an integer [C201]\n"s,
            faultsOf("a = 1\n[server]\nmode = y\n"));
    }

    void checksOverriddenValuesToo() {
        assignments_ = {"server.loops=2"};
        CPPUNIT_ASSERT_EQUAL("m.ini:2:9: error: server.loops: 'x' is not an integer [C201]\n"s,
                             faultsOf("[server]\nloops = x\n"));
    }

    void reportsUnknownVariables() {
        environment_ = {{"MORTISE_SERVER_LISTN", "x"},
                        {"MORTISE_", "x"},
                        {"MORTISE_PLUGIN_HELLO_NAME", "x"},
                        {"MORTISE_CONFIG", "x"},
                        {"MORTISE_TEST_DATA", "x"},
                        {"MORTISEX", "x"},
                        {"MORT", "x"}};
        CPPUNIT_ASSERT_EQUAL("environment MORTISE_: error: no setting has this variable [C301]\n"
                             "environment MORTISE_PLUGIN_HELLO_NAME: error: no setting has this variable [C301]\n"
                             "environment MORTISE_SERVER_LISTN: error: no setting has this variable; did you mean "
                             "'MORTISE_SERVER_LISTEN'? [C301]\n"s,
                             faultsOf(""));
    }

    void refusesCollidingNames() {
        SectionSpec a{"plugin.a", "", {}};
        a.settings.push_back(mortise::tests::spec("b_max", SettingType::integer, "1"));
        SectionSpec ab{"plugin.a-b", "", {}};
        ab.settings.push_back(mortise::tests::spec("max", SettingType::integer, "1"));
        specs_ = {a, ab};
        CPPUNIT_ASSERT_EQUAL(
            "environment MORTISE_PLUGIN_A_B_MAX: error: the variable would belong to both plugin.a.b_max and "
            "plugin.a-b.max; rename one of the plugins [C302]\n"s,
            faultsOf(""));
    }

    void refusesSecretsOnTheCommandLine() {
        assignments_ = {"plugin.auth.access_secret=" + strong};
        CPPUNIT_ASSERT_EQUAL("--set: error: plugin.auth.access_secret is a secret and is not taken from the command "
                             "line, which other users "
                             "can read; write it into a configuration file, name a file with access_secret_file, set "
                             "MORTISE_PLUGIN_AUTH_ACCESS_SECRET or MORTISE_PLUGIN_AUTH_ACCESS_SECRET_FILE, or pass the "
                             "systemd credential "
                             "plugin.auth.access_secret [C402]\n"s,
                             faultsOf(""));
    }

    void refusesUnknownAssignments() {
        assignments_ = {"sever.listen=hunter2", "server.listn=hunter2", "plugin.auth.acess_secret=hunter2"};
        CPPUNIT_ASSERT_EQUAL(
            "--set: error: unknown section [sever]; did you mean 'server'? [C103]\n"
            "--set: error: unknown key 'listn' in [server]; did you mean 'listen'? [C104]\n"
            "--set: error: unknown key 'acess_secret' in [plugin.auth]; did you mean 'access_secret'? [C104]\n"s,
            faultsOf(""));
    }

    void refusesEqualSecrets() {
        environment_ = {{"JWT_REFRESH_SECRET", strong}};
        CPPUNIT_ASSERT_EQUAL("environment JWT_REFRESH_SECRET: error: the secrets access_secret (m.ini:2) and "
                             "refresh_secret of [plugin.auth] "
                             "have the same value; give each its own [C207]\n"s,
                             faultsOf("[plugin.auth]\naccess_secret = " + strong + "\n"));
    }

    void refusesWeakSecrets() {
        environment_ = {{"JWT_REFRESH_SECRET", "hunter2"}};
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:17: error: plugin.auth.access_secret: the value has 6 bytes, at least 32 are needed [C204]\n"
            "environment JWT_REFRESH_SECRET: error: plugin.auth.refresh_secret: the value has 7 bytes, at least 32 are "
            "needed "
            "[C204]\n"s,
            faultsOf("[plugin.auth]\naccess_secret = secret\n"));
    }

    void refusesSecretFilesThatCannotBeUsed() {
        folder_.write("empty", "\n");
        folder_.write("large", std::string(70'000, 'x'));
        const auto fault = [&](const char* file) {
            return faultsOf("[plugin.auth]\naccess_secret_file = "s + file + "\n");
        };
        const std::string start = "m.ini:2:22: error: plugin.auth.access_secret: the file ";
        CPPUNIT_ASSERT_EQUAL(start + "'missing' cannot be used: No such file or directory [C205]\n", fault("missing"));
        CPPUNIT_ASSERT_EQUAL(start + "'empty' is empty [C205]\n", fault("empty"));
        CPPUNIT_ASSERT_EQUAL(start + "'large' cannot be used: over 65536 bytes [C205]\n", fault("large"));
        CPPUNIT_ASSERT_EQUAL(start + "'/' cannot be used: not a regular file [C205]\n", fault("/"));
        writeSecret("binary", std::string(40, '\0'));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:22: error: plugin.auth.access_secret: the value holds NUL or is not UTF-8 [C107]\n"s,
            fault("binary"));
    }

    void refusesTwoSourcesOfOneLevel() {
        folder_.write("one", strong);
        folder_.write("credentials/plugin.auth.refresh_secret", other);
        environment_ = {{"MORTISE_PLUGIN_AUTH_REFRESH_SECRET", other},
                        {"MORTISE_PLUGIN_AUTH_REFRESH_SECRET_FILE", (folder_ / "one").string()},
                        {"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}};
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:3:1: error: plugin.auth.access_secret is given here and by m.ini:2; keep one of them [C206]\n"
            "environment MORTISE_PLUGIN_AUTH_REFRESH_SECRET_FILE: error: plugin.auth.refresh_secret is given "
            "here and by environment MORTISE_PLUGIN_AUTH_REFRESH_SECRET; keep one of them [C206]\n"
            "credential plugin.auth.refresh_secret: error: plugin.auth.refresh_secret is given here and by "
            "environment MORTISE_PLUGIN_AUTH_REFRESH_SECRET; keep one of them [C206]\n"s,
            faultsOf("[plugin.auth]\naccess_secret = " + strong + "\naccess_secret_file = one\n"));
    }

    void refusesUnknownCredentials() {
        folder_.write("credentials/plugin.auth.acces_secret", strong);
        folder_.write("credentials/tls.key", "not ours");
        environment_ = {{"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}};
        CPPUNIT_ASSERT_EQUAL("credential plugin.auth.acces_secret: error: no setting has this credential; did you mean "
                             "'plugin.auth.access_secret'? [C304]\n"s,
                             faultsOf(""));
        environment_ = {{"CREDENTIALS_DIRECTORY", (folder_ / "none").string()}};
        good("");
    }

    void reportsUnusableAliases() {
        environment_ = {{"PORT", "http"}, {"NODE_ENV", "staging"}, {"LOG_LEVEL", "verbose"}};
        CPPUNIT_ASSERT_EQUAL(
            "environment PORT: error: 'http' is not a port (0 to 65535) [C201]\n"
            "environment NODE_ENV: warning: ignored, since 'staging' is none of production, development [C303]\n"
            "environment LOG_LEVEL: error: plugin.logging.level: 'verbose' is none of debug, info, warn [C203]\n"s,
            faultsOf(""));
        environment_ = {{"PORT", "3000"}};
        for (const char* first : {"unix:/run/x", "fd:3"}) {
            CPPUNIT_ASSERT_EQUAL(
                "environment PORT: warning: ignored, since the first entry of server.listen has no port to "
                "replace [C303]\n"s,
                faultsOf("[server]\nlisten = "s + first + ", 127.0.0.1:1\n"));
        }
        for (const char* port : {"65536", "-1", "80 80", "0x50"}) {
            environment_ = {{"PORT", port}};
            CPPUNIT_ASSERT(faultsOf("").find("is not a port") != std::string::npos);
        }
    }

    void neverShowsSecrets() {
        folder_.write("weak", "hunter2\n");
        environment_ = {{"JWT_SECRET", "hunter2"},
                        {"MORTISE_PLUGIN_AUTH_ACCESS_SECRET", "hunter2"},
                        {"MORTISE_PLUGIN_AUTH_ACESS_SECRET", "hunter2"},
                        {"DATABASE_URL", "mysql://u:hunter2@h/d"}};
        assignments_ = {"plugin.auth.access_secret=hunter2", "hunter2", "plugin.auth.x=hunter2",
                        "server.mode=mysql://u:hunter2@h"};
        const std::string all =
            faultsOf("[server]\nmode = mysql://u:hunter2@h\n[plugin.auth]\naccess_secret = hunter2\n"
                     "refresh_secret_file = weak\nacess_secret = hunter2\nhunter2\n");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(all, std::string::npos, all.find("hunter2"));
        CPPUNIT_ASSERT(diagnostics_.errorCount() >= 9);
    }

    void appliesLayersInOrder() {
        folder_.write("plugins.d/10.ini", "[plugin.database]\nurl = sqlite:///ten\n[plugin.logging]\nlevel = debug\n");
        folder_.write("plugins.d/20.ini", "[plugin.database]\nurl = sqlite:///twenty\n");
        const std::string ini = "[server]\nloops = 1\n[plugin.database]\nurl = sqlite:///main\n";
        const auto url = [&](const char* origin, const char* value) {
            const Settings settings = good(ini);
            const config::Setting& setting = settings.at("plugin.database").at("url");
            CPPUNIT_ASSERT_EQUAL(std::string(value), setting.text);
            CPPUNIT_ASSERT(setting.origin.text().ends_with(origin));
        };
        url("plugins.d/20.ini:2", "sqlite:///twenty");
        environment_["DATABASE_URL"] = "sqlite:///alias";
        url("environment DATABASE_URL", "sqlite:///alias");
        environment_["MORTISE_PLUGIN_DATABASE_URL"] = "sqlite:///own";
        url("environment MORTISE_PLUGIN_DATABASE_URL", "sqlite:///own");
        assignments_ = {"plugin.database.url=sqlite:///set"};
        url("--set", "sqlite:///set");
        const Settings settings = good(ini);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, settings.at("server").integer("loops"));
        CPPUNIT_ASSERT_EQUAL("debug"s, settings.at("plugin.logging").text("level"));
        CPPUNIT_ASSERT_EQUAL("default"s, settings.at("server").at("mode").origin.text());
        CPPUNIT_ASSERT(settings.at("server").at("mode").isDefault);
        CPPUNIT_ASSERT(!settings.at("server").at("loops").isDefault);
    }

    void writeSecret(const char* name, const std::string& content) {
        folder_.write(name, content);
        std::filesystem::permissions(folder_ / name, std::filesystem::perms(0640));
    }

    void warnsOfSecretFilesThatAreOpenToOthers() {
        writeSecret("kept", strong);
        const std::string text = "[plugin.auth]\naccess_secret_file = kept\n";
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf(text));
        for (const auto mode : {0644u, 0642u, 0604u}) {
            std::filesystem::permissions(folder_ / "kept", std::filesystem::perms(mode));
            CPPUNIT_ASSERT_EQUAL(
                "m.ini:2:22: warning: plugin.auth.access_secret: the file 'kept' can be read or changed "
                "by every user of this machine; chmod o= it [C209]\n"s,
                faultsOf(text));
        }
    }

    void readsSecretsFromFilesAndCredentials() {
        writeSecret("secrets/one", strong + "\r\n");
        writeSecret("secrets/two", other + "\n\n");
        Settings settings = good("[plugin.auth]\naccess_secret_file = secrets/one\nrefresh_secret_file = " +
                                 (folder_ / "secrets/two").string() + "\n");
        CPPUNIT_ASSERT_EQUAL(strong, settings.at("plugin.auth").text("access_secret"));
        CPPUNIT_ASSERT_EQUAL(other + "\n", settings.at("plugin.auth").text("refresh_secret"));
        CPPUNIT_ASSERT_EQUAL((folder_ / "secrets/one").string() + " (" + (folder_ / "m.ini").string() + ":2)",
                             settings.at("plugin.auth").at("access_secret").origin.text());

        folder_.write("credentials/plugin.auth.access_secret", other);
        folder_.write("credentials/plugin.database.url", "mysql://u:p@h/d\n");
        environment_ = {{"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}, {"JWT_SECRET", strong + "x"}};
        // The missing file is overridden and not looked for.
        settings = good("[plugin.auth]\naccess_secret_file = missing\n");
        CPPUNIT_ASSERT_EQUAL(other, settings.at("plugin.auth").text("access_secret"));
        CPPUNIT_ASSERT_EQUAL("credential plugin.auth.access_secret"s,
                             settings.at("plugin.auth").at("access_secret").origin.text());
        CPPUNIT_ASSERT_EQUAL("mysql://u:p@h/d"s, settings.at("plugin.database").text("url"));

        environment_ = {};
        assignments_ = {"plugin.auth.access_secret_file=" + (folder_ / "secrets/one").string()};
        CPPUNIT_ASSERT_EQUAL(strong, good("").at("plugin.auth").text("access_secret"));
    }

    void appliesAliases() {
        environment_ = {{"NODE_ENV", "Development"},
                        {"LOG_LEVEL", "DEBUG"},
                        {"JWT_SECRET", strong},
                        {"JWT_REFRESH_SECRET", other},
                        {"DATABASE_URL", "sqlite:////abs"}};
        Settings settings = good("[server]\nmode = production\n");
        CPPUNIT_ASSERT_EQUAL("development"s, settings.at("server").text("mode"));
        CPPUNIT_ASSERT_EQUAL("environment NODE_ENV"s, settings.at("server").at("mode").origin.text());
        CPPUNIT_ASSERT_EQUAL("debug"s, settings.at("plugin.logging").text("level"));
        CPPUNIT_ASSERT_EQUAL(strong, settings.at("plugin.auth").text("access_secret"));
        CPPUNIT_ASSERT_EQUAL(other, settings.at("plugin.auth").text("refresh_secret"));
        CPPUNIT_ASSERT_EQUAL("sqlite:////abs"s, settings.at("plugin.database").text("url"));
        environment_ = {{"NODE_ENV", ""}, {"JWT_SECRET", " "}};
        settings = good("[server]\nmode = development\n");
        CPPUNIT_ASSERT_EQUAL("development"s, settings.at("server").text("mode"));
        CPPUNIT_ASSERT(settings.at("plugin.auth").at("access_secret").isDefault);
        // The first of several that is set.
        environment_ = {{"DATABASE_URL", " "}, {"DB_URL", "sqlite:///second"}};
        settings = good("");
        CPPUNIT_ASSERT_EQUAL("environment DB_URL"s, settings.at("plugin.database").at("url").origin.text());
    }

    void deprecate(const char* key, const char* next) {
        SectionSpec& section = specs_[3];
        config::SettingSpec old = mortise::tests::spec(key, SettingType::integer, "1");
        old.deprecated = true;
        old.replacedBy = next;
        section.settings.push_back(old);
    }

    // As a manifest has them where the defaults are no constants.
    void leavesUnknownDefaultsToThePlugin() {
        for (config::SettingSpec& spec : specs_[3].settings)
            if (spec.key == "max" || spec.key == "factor") {
                spec.defaultKnown = false;
                spec.defaultText.clear();
            }
        Diagnostics declared;
        config::checkDeclaration(specs_[3], {}, declared);
        CPPUNIT_ASSERT_EQUAL(""s, declared.render());
        CPPUNIT_ASSERT_EQUAL(""s, faultsOf("[plugin.rate-limit]\nmax = 9\n"));
        const Settings settings = resolve("[plugin.rate-limit]\nmax = 9\n");
        const config::Section& section = settings.at("plugin.rate-limit");
        CPPUNIT_ASSERT(section.at("factor").isDefault && section.number("factor") == 0 && section.integer("max") == 9);
        const std::string printed = config::printIni(settings);
        CPPUNIT_ASSERT_MESSAGE(printed, printed.find("\n# factor is set by the plugin\n") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(printed, printed.find("\nmax = 9  # ") != std::string::npos);
        CPPUNIT_ASSERT(faultsOf("[plugin.rate-limit]\nfactor = x\n").find("plugin.rate-limit.factor") !=
                       std::string::npos);
        config::ExampleOptions options;
        options.allActive = true;
        const std::string example = config::renderIni({&specs_[3], 1}, options);
        CPPUNIT_ASSERT_MESSAGE(example, example.find("; default set by the plugin") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(example, example.find("\n#factor =") != std::string::npos);
    }

    void givesDeprecatedValuesToTheirReplacement() {
        deprecate("most", "max");
        deprecate("gone", "");
        const std::string said = faultsOf("[plugin.rate-limit]\nmost = 9\ngone = 3\n");
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:8: warning: plugin.rate-limit.most is deprecated; write max instead [C213]\n"
            "m.ini:3:8: warning: plugin.rate-limit.gone is deprecated and has no replacement; take it out [C213]\n"s,
            said);
        const Settings settings = resolve("[plugin.rate-limit]\nmost = 9\n");
        const config::Section& section = settings.at("plugin.rate-limit");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9}, section.integer("max"));
        CPPUNIT_ASSERT_EQUAL("9"s, section.at("max").text);
        CPPUNIT_ASSERT(section.at("max").origin.text().ends_with("m.ini:2") && !section.at("max").isDefault);
        CPPUNIT_ASSERT(section.at("most").isDefault && section.at("most").text == "1");
    }

    void checksDeprecatedValuesByTheReplacement() {
        deprecate("most", "max");
        specs_[3].settings[3].maximum = 100;
        CPPUNIT_ASSERT(faultsOf("[plugin.rate-limit]\nmost = 101\n")
                           .ends_with("m.ini:2:8: error: plugin.rate-limit.max: '101' is more than the maximum 100 "
                                      "[C202]\n"));
    }

    void refusesADeprecatedSettingWithItsReplacement() {
        deprecate("most", "max");
        environment_ = {{"MORTISE_PLUGIN_RATE_LIMIT_MOST", "8"}};
        CPPUNIT_ASSERT_EQUAL("environment MORTISE_PLUGIN_RATE_LIMIT_MOST: error: plugin.rate-limit.most is deprecated, "
                             "and its replacement max is given by m.ini:2 as well; keep max [C206]\n"s,
                             faultsOf("[plugin.rate-limit]\nmax = 9\n"));
    }

    void replacesThePortOfTheFirstListener() {
        environment_ = {{"PORT", "3000"}};
        CPPUNIT_ASSERT_EQUAL("127.0.0.1:3000"s, good("").at("server").at("listen").text);
        CPPUNIT_ASSERT_EQUAL("[::1]:3000, 0.0.0.0:2"s,
                             good("[server]\nlisten = [::1]:1, 0.0.0.0:2\n").at("server").at("listen").text);
        environment_["MORTISE_SERVER_LISTEN"] = "0.0.0.0:9";
        CPPUNIT_ASSERT_EQUAL("0.0.0.0:9"s, good("").at("server").at("listen").text);
    }

    void ignoresAliasesOfAbsentPlugins() {
        specs_.resize(1);
        environment_ = {{"LOG_LEVEL", "verbose"}, {"CORS_ORIGIN", "x"}, {"JWT_SECRET", "weak"}, {"DATABASE_URL", "x"}};
        good("");
    }

    void passesOverOpaqueSections() {
        SectionSpec broken{"plugin.broken", "", {}};
        broken.opaque = true;
        specs_.push_back(broken);
        folder_.write("credentials/plugin.broken.key", "x");
        environment_ = {{"MORTISE_PLUGIN_BROKEN_KEY", "x"},
                        {"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}};
        assignments_ = {"plugin.broken.key=x"};
        const Settings settings = good("[plugin.broken]\nanything = goes\n");
        CPPUNIT_ASSERT(settings.find("plugin.broken") == nullptr);
    }

    void prefersTheLongestSection() {
        assignments_ = {"plugin.rate-limit.max=7", "server.listen=0.0.0.0:1,[::]:2"};
        const Settings settings = good("");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, settings.at("plugin.rate-limit").integer("max"));
        CPPUNIT_ASSERT_EQUAL("0.0.0.0:1, [::]:2"s, settings.at("server").at("listen").text);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ResolveTest);
