// SPDX-License-Identifier: Apache-2.0
#include "application/application.hpp"

#include "application/call_command.hpp"
#include "application/command_line.hpp"
#include "application/daemon.hpp"
#include "application/modes.hpp"
#include "application/try_configuration.hpp"
#include "application/version.hpp"
#include "base/alternate_stack.hpp"
#include "base/fatal_signal.hpp"
#include "base/rlimit.hpp"
#include "base/service_user.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace mortise::application {
namespace {

std::filesystem::path programPath() {
    return std::filesystem::read_symlink("/proc/self/exe");
}

// Where an installed tree keeps its parts, seen from the program: <prefix>/bin/mortised.
ServerDefaults defaultsFor(const std::filesystem::path& program,
                           const std::map<std::string, std::string>& environment) {
    ServerDefaults defaults;
    // systemd.exec(5): several are separated by colons.
    if (const auto folders = environment.find("RUNTIME_DIRECTORY"); folders != environment.end())
        defaults.runtimeDirectory = folders->second.substr(0, folders->second.find(':'));
    const auto beside = program.parent_path().parent_path() / MORTISE_PLUGIN_SUBDIRECTORY;
    defaults.pluginDirectory = std::filesystem::is_directory(beside) ? beside.string() : MORTISE_PLUGIN_DIRECTORY;
    return defaults;
}

// /etc/mortise for a program of the system, else etc/mortise below the program's prefix, wherever that was installed
// to.
std::filesystem::path configFolderFor(const std::filesystem::path& program) {
    const auto prefix = program.parent_path().parent_path();
    auto beside = (prefix == "/usr" ? std::filesystem::path("/") : prefix) / "etc/mortise";
    return std::filesystem::is_directory(beside) ? beside : std::filesystem::path(MORTISE_CONFIG_DIRECTORY);
}

// What is opened later must not become standard output or standard error.
void keepStandardDescriptors() {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            static_cast<void>(::open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)); // the lowest
}

// Signals that run() takes; blocked before the first thread, so that every thread has them blocked.
void blockSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error of the write
}

enum class Threads : std::uint8_t { ended, leftBehind };

// Code of plugins may be left mapped, so static destructors do not run, but for the sanitizers, which do their last
// checks in them; never beside an abandoned thread.
[[noreturn]] void leave(int status, [[maybe_unused]] Threads threads = Threads::ended) {
    base::expectExit();
    std::cout.flush();
    std::fflush(nullptr);
#if defined(MORTISE_SANITIZED)
    if (threads == Threads::ended) std::exit(status);
#endif
    ::_exit(status);
}

int serve(host::LogHub& log, ConfigurationReader& reader) {
    auto environment = base::ServiceEnvironment::take();
    if (!environment) {
        std::cerr << "mortised: error: " << environment.fault() << " [" << base::codeId(base::Code::badServiceSetup)
                  << "]\n";
        return exitConfig;
    }
    auto notifier = base::ServiceNotifier::connect(environment->notifySocket);
    if (!notifier) {
        std::cerr << "mortised: error: " << notifier.fault() << " [" << base::codeId(base::Code::badServiceSetup)
                  << "]\n";
        return exitConfig;
    }
    base::Diagnostics diagnostics;
    auto configuration = reader.read(diagnostics);
    std::cerr << diagnostics.render();
    if (!configuration) return exitConfig;
    base::raiseDescriptorLimit();
    int status = exitFailure;
    {
        Daemon daemon(log, reader, *std::move(configuration), std::move(environment).value(),
                      std::move(notifier).value());
        status = daemon.run();
        if (daemon.leftBehind())
            leave(status, Threads::leftBehind); // a call that never returned: its thread cannot be joined
    }
    return status;
}

int run(std::span<const std::string> arguments) {
    const auto parsed = parseCommandLine(arguments);
    if (const auto* const error = std::get_if<UsageError>(&parsed)) {
        std::cerr << "mortised: error: " << error->message << " [" << base::codeId(base::Code::badUsage)
                  << "]\nTry 'mortised --help'.\n";
        return exitUsage;
    }
    const CommandLine& commandLine = std::get<CommandLine>(parsed);
    switch (commandLine.mode) {
    case Mode::help:
        std::cout << helpText();
        return exitSuccess;
    case Mode::version:
        std::cout << versionText();
        return exitSuccess;
    case Mode::tryConfiguration:
        return tryConfiguration();
    case Mode::tryPlugins:
        return module::ModuleStore::runChild(commandLine.files);
    default:
        break;
    }
    ::umask(027);
    blockSignals();
    const base::AlternateStack handlers;
    base::reportFatalSignals();
    const std::filesystem::path program = programPath();
    config::Sources sources;
    sources.environment = config::processEnvironment();
    config::forgetEnvironment(commandLine.mode == Mode::verifyPlugin ? config::Forgotten::allButBasics
                                                                     : config::Forgotten::configuration);
    const std::filesystem::path usual = configFolderFor(program);
    sources.config = chooseConfig(commandLine, sources.environment, usual);
    // Lists and examples do not need a configuration to be there.
    const bool optional =
        commandLine.mode == Mode::listPlugins && sources.config == usual && !std::filesystem::exists(sources.config);
    if (optional || commandLine.mode == Mode::exampleConfig) sources.config.clear();
    sources.assignments = commandLine.assignments;
    const ServerDefaults defaults = defaultsFor(program, sources.environment);
    // A command is to be read on its own: no word of plugins that start.
    const bool isCommand = commandLine.mode == Mode::command || commandLine.mode == Mode::migrate;
    host::LogHub log(isCommand ? base::Level::warn : base::Level::info);
    const auto purpose = commandLine.mode == Mode::serve ? ConfigurationReader::Purpose::serve
                         : isCommand                     ? ConfigurationReader::Purpose::command
                                                         : ConfigurationReader::Purpose::check;
    std::optional<ConfigurationReader> owned(std::in_place, log, std::move(sources), defaults, program.string(),
                                             purpose);
    ConfigurationReader& reader = *owned;
    switch (commandLine.mode) {
    case Mode::checkConfig:
    case Mode::listPlugins: {
        const int status = commandLine.mode == Mode::checkConfig ? checkConfig(log, reader)
                                                                 : listPlugins(log, reader, commandLine.order);
        owned.reset(); // with the temporary folder of a check
        leave(status); // a plugin's thread may still be running
    }
    case Mode::printConfig:
        return printConfig(reader);
    case Mode::exampleConfig:
        return exampleConfig(reader, commandLine.format);
    case Mode::verifyPlugin:
        if (const auto user = base::becomeServiceUser(defaults.stateDirectory); !user) throw RightsKept(user.fault());
        return verifyPlugins(log, program.string(), commandLine.files);
    case Mode::command:
        leave(callCommand(reader.stateDirectory(), commandLine.command,
                          [&](host::CommandSocket client) { return runCommandAlone(log, reader, std::move(client)); }));
    case Mode::migrate:
        leave(runMigrate(log, reader, commandLine.command));
    default:
        break;
    }
    leave(serve(log, reader));
}

// Whoever leaves main() ends the process on purpose, also by an exception.
class ExpectedExit {
public:
    ExpectedExit() = default;
    ~ExpectedExit() { base::expectExit(); }
    ExpectedExit(const ExpectedExit&) = delete;
    ExpectedExit& operator=(const ExpectedExit&) = delete;
};

} // namespace

int runApplication(std::span<const std::string> arguments) {
    const ExpectedExit byReturning;
    keepStandardDescriptors();
    try {
        return run(arguments);
    } catch (const RightsKept& refused) {
        std::cerr << "mortised: error: " << refused.what() << " [" << base::codeId(base::Code::rightsOfRoot) << "]\n";
        return exitConfig;
    }
}

} // namespace mortise::application
