// SPDX-License-Identifier: Apache-2.0
#include "application/command_line.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <variant>
#include <vector>

using mortise::application::CommandLine;
using mortise::application::Mode;
using mortise::application::UsageError;
using namespace std::string_literals;

class CommandLineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CommandLineTest);
    CPPUNIT_TEST(refusesUnknownOptions);
    CPPUNIT_TEST(refusesMissingAndSuperfluousValues);
    CPPUNIT_TEST(refusesContradictions);
    CPPUNIT_TEST(refusesStrayArguments);
    CPPUNIT_TEST(neverRepeatsWhatCouldBeASecret);
    CPPUNIT_TEST(readsOptions);
    CPPUNIT_TEST(readsModes);
    CPPUNIT_TEST(handsOnTheArgumentsOfACommand);
    CPPUNIT_TEST(choosesTheConfiguration);
    CPPUNIT_TEST(helpNamesEveryOption);
    CPPUNIT_TEST_SUITE_END();

    static std::string faultOf(const std::vector<std::string>& arguments) {
        const auto parsed = mortise::application::parseCommandLine(arguments);
        const auto* const error = std::get_if<UsageError>(&parsed);
        return error == nullptr ? ""s : error->message;
    }
    static CommandLine good(const std::vector<std::string>& arguments) {
        CPPUNIT_ASSERT_EQUAL(""s, faultOf(arguments));
        return std::get<CommandLine>(mortise::application::parseCommandLine(arguments));
    }

    void refusesUnknownOptions() {
        CPPUNIT_ASSERT_EQUAL("unknown option '--chek-config'; did you mean '--check-config'?"s,
                             faultOf({"--chek-config"}));
        CPPUNIT_ASSERT_EQUAL("unknown option '--xyzzy'"s, faultOf({"--xyzzy=hunter2"}));
        CPPUNIT_ASSERT_EQUAL("unknown option '-x'"s, faultOf({"-xhunter2"}));
        CPPUNIT_ASSERT_EQUAL("unknown option '--\\x1B[0m'"s, faultOf({"--\x1B[0m"}));
    }

    void refusesMissingAndSuperfluousValues() {
        CPPUNIT_ASSERT_EQUAL("option --config needs a value: FILE or DIR"s, faultOf({"--config"}));
        CPPUNIT_ASSERT_EQUAL("option --config needs a value: FILE or DIR"s, faultOf({"-c"}));
        CPPUNIT_ASSERT_EQUAL("the value of option --config is empty"s, faultOf({"--config="}));
        CPPUNIT_ASSERT_EQUAL("option --set needs a value: SECTION.KEY=VALUE"s, faultOf({"--help", "--set"}));
        CPPUNIT_ASSERT_EQUAL("option --verify-plugin needs a value: FILE"s, faultOf({"--verify-plugin"}));
        CPPUNIT_ASSERT_EQUAL("option --check-config takes no value"s, faultOf({"--check-config=x"}));
        CPPUNIT_ASSERT_EQUAL("option --help takes no value"s, faultOf({"-hx"}));
    }

    void refusesContradictions() {
        CPPUNIT_ASSERT_EQUAL("--check-config and --print-config exclude each other"s,
                             faultOf({"--check-config", "--print-config"}));
        CPPUNIT_ASSERT_EQUAL("--check-config and command exclude each other"s, faultOf({"--check-config", "command"}));
        CPPUNIT_ASSERT_EQUAL("option --config is given twice"s, faultOf({"-c", "a", "--config=b"}));
        CPPUNIT_ASSERT_EQUAL("--order goes with --list-plugins"s, faultOf({"--order"}));
        CPPUNIT_ASSERT_EQUAL("--order goes with --list-plugins"s, faultOf({"--check-config", "--order"}));
    }

    void refusesStrayArguments() {
        CPPUNIT_ASSERT_EQUAL("--check-config and a plugin's command exclude each other"s,
                             faultOf({"--check-config", "users", "import"}));
        CPPUNIT_ASSERT_EQUAL("'command' lists the commands of plugins, without arguments; run one by its plugin: "
                             "mortised PLUGIN COMMAND ARGUMENT..."s,
                             faultOf({"command", "users"}));
        CPPUNIT_ASSERT_EQUAL("argument 2 is neither an option, 'command', 'migrate ACTION' nor the name of a plugin"s,
                             faultOf({"--check-config", "mortise.ini"}));
        CPPUNIT_ASSERT_EQUAL("argument 2 is neither an option, 'command', 'migrate ACTION' nor the name of a plugin"s,
                             faultOf({"--", "--check"}));
        CPPUNIT_ASSERT_EQUAL("argument 1 is neither an option, 'command', 'migrate ACTION' nor the name of a plugin"s,
                             faultOf({""}));
        CPPUNIT_ASSERT_EQUAL("argument 1 is neither an option, 'command', 'migrate ACTION' nor the name of a plugin"s,
                             faultOf({"-"}));
    }

    void neverRepeatsWhatCouldBeASecret() {
        const std::vector<std::vector<std::string>> attempts{{"--set", "plugin.auth.access_secret", "hunter2"},
                                                             {"--seet=plugin.auth.access_secret=hunter2"},
                                                             {"--check-config=hunter2"},
                                                             {"--set", "a.b=hunter2", "--set"}};
        for (const auto& arguments : attempts) {
            const std::string fault = faultOf(arguments);
            CPPUNIT_ASSERT(!fault.empty());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(fault, std::string::npos, fault.find("hunter2"));
        }
    }

    void readsOptions() {
        const CommandLine line =
            good({"-c", "/etc/mortise", "--set", "server.loops=1", "--set=server.mode=development", "-sa.b=c"});
        CPPUNIT_ASSERT(line.mode == Mode::serve);
        CPPUNIT_ASSERT_EQUAL("/etc/mortise"s, line.config.string());
        CPPUNIT_ASSERT(
            (line.assignments == std::vector<std::string>{"server.loops=1", "server.mode=development", "a.b=c"}));
        CPPUNIT_ASSERT(good({}).config.empty());
        CPPUNIT_ASSERT_EQUAL("x=y"s, good({"--config=x=y"}).config.string());
    }

    void readsModes() {
        CPPUNIT_ASSERT(good({"--check-config", "--check-config"}).mode == Mode::checkConfig);
        CPPUNIT_ASSERT(good({"--print-config"}).mode == Mode::printConfig);
        CPPUNIT_ASSERT(good({"--order", "--list-plugins"}).order);
        CPPUNIT_ASSERT(good({"-V"}).mode == Mode::version);
        CPPUNIT_ASSERT(good({"-h"}).mode == Mode::help);
        const CommandLine verify = good({"--verify-plugin", "a.so", "--verify-plugin=b.so"});
        CPPUNIT_ASSERT(verify.mode == Mode::verifyPlugin);
        CPPUNIT_ASSERT((verify.files == std::vector<std::string>{"a.so", "b.so"}));
        const CommandLine attempt = good({"--try-plugins", "--help", "a.so"});
        CPPUNIT_ASSERT(attempt.mode == Mode::tryPlugins);
        CPPUNIT_ASSERT((attempt.files == std::vector<std::string>{"--help", "a.so"}));
    }

    void handsOnTheArgumentsOfACommand() {
        const CommandLine line = good({"--config", "x", "users", "grant-admin", "--set", "a@b", "--", "-h"});
        CPPUNIT_ASSERT(line.mode == Mode::command);
        CPPUNIT_ASSERT((line.command == std::vector<std::string>{"users", "grant-admin", "--set", "a@b", "--", "-h"}));
        CPPUNIT_ASSERT(line.assignments.empty());
        CPPUNIT_ASSERT((good({"--", "users"}).command == std::vector<std::string>{"users"}));
        CPPUNIT_ASSERT(good({"command"}).mode == Mode::command && good({"command"}).command.empty());
        const CommandLine down = good({"-c", "x", "migrate", "down", "users", "2", "--yes"});
        CPPUNIT_ASSERT(down.mode == Mode::migrate);
        CPPUNIT_ASSERT((down.command == std::vector<std::string>{"down", "users", "2", "--yes"}));
        for (const char* action : {"status", "plan", "up"})
            CPPUNIT_ASSERT(good({"migrate", action}).mode == Mode::migrate);
        CPPUNIT_ASSERT_EQUAL("'migrate' needs one of status, plan, up, down"s, faultOf({"migrate"}));
        CPPUNIT_ASSERT_EQUAL("'migrate' needs one of status, plan, up, down"s, faultOf({"migrate", "--yes"}));
        CPPUNIT_ASSERT_EQUAL("--check-config and migrate exclude each other"s,
                             faultOf({"--check-config", "migrate", "up"}));
    }

    void choosesTheConfiguration() {
        const CommandLine none = good({});
        CPPUNIT_ASSERT_EQUAL("/etc"s, chooseConfig(none, {}, "/etc").string());
        CPPUNIT_ASSERT_EQUAL("/etc"s, chooseConfig(none, {{"MORTISE_CONFIG", ""}}, "/etc").string());
        CPPUNIT_ASSERT_EQUAL("/env"s, chooseConfig(none, {{"MORTISE_CONFIG", "/env"}}, "/etc").string());
        CPPUNIT_ASSERT_EQUAL("/arg"s, chooseConfig(good({"-c/arg"}), {{"MORTISE_CONFIG", "/env"}}, "/etc").string());
    }

    void helpNamesEveryOption() {
        const std::string help = mortise::application::helpText();
        for (const char* option : {"--config", "--set", "--check-config", "--print-config", "--list-plugins", "--order",
                                   "--verify-plugin", "--version", "--help", "PLUGIN COMMAND"}) {
            CPPUNIT_ASSERT_MESSAGE(option, help.find(option) != std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::string::npos, help.find("--try-plugins"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CommandLineTest);
