// SPDX-License-Identifier: Apache-2.0
#include "application/modes.hpp"

#include "application/command_line.hpp"
#include "application/version.hpp"
#include "base/durable_folder.hpp"
#include "base/file_access.hpp"
#include "base/lock_file.hpp"
#include "base/text.hpp"
#include "config/example.hpp"
#include "host/command_call.hpp"
#include "host/generation_builder.hpp"
#include "host/generation_keeper.hpp"
#include "host/runtime.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace mortise::application {
namespace {

constexpr std::chrono::seconds clientPatience{30}; // with a client that does not read

void tell(const base::Diagnostics& diagnostics) {
    std::cerr << diagnostics.render();
    if (diagnostics.hasErrors())
        std::cerr << diagnostics.errorCount() << (diagnostics.errorCount() == 1 ? " error" : " errors") << '\n';
}

std::optional<Configuration> readOrTell(ConfigurationReader& reader) {
    base::Diagnostics diagnostics;
    auto configuration = reader.read(diagnostics);
    tell(diagnostics);
    return configuration;
}

std::optional<Configuration> readSettingsOrTell(ConfigurationReader& reader, bool allFiles = false) {
    base::Diagnostics diagnostics;
    auto configuration = reader.readSettings(diagnostics, allFiles);
    tell(diagnostics);
    return configuration;
}

// What lies directly in the state directory and is not the server's: of plugins, from before they had folders there.
std::string oldPlaces(const host::RuntimeSettings& settings) {
    constexpr std::array<std::string_view, 6> own{"lock",    "plugins", "run",
                                                  "secrets", "uploads", host::CommandSocket::fileName};
    std::string out;
    std::error_code error;
    std::set<std::string> names;
    for (std::filesystem::directory_iterator entry(settings.stateDirectory, error), end; !error && entry != end;
         entry.increment(error))
        if (std::string name = entry->path().filename(); std::find(own.begin(), own.end(), name) == own.end())
            names.insert(std::move(name));
    for (const std::string& name : names)
        out += "\n# " + base::printable(settings.stateDirectory + '/' + name, 4096) +
               " is at an old place: a plugin that has it uses it from there, else from plugins/<plugin> beside it";
    return out.empty() ? out : out + '\n';
}

void printOrder(const host::Generation& generation) {
    std::cout << "Plugins, in the order they are started:\n";
    for (const auto& instance : generation.instances()) std::cout << "  " << instance->name() << '\n';
    constexpr std::array<const char*, host::phaseCount> phases{"accept", "protect", "route",   "authenticate",
                                                               "body",   "handle",  "respond", "finish"};
    for (std::size_t phase = 0; phase < phases.size(); ++phase) {
        if (generation.filters(phase).empty()) continue;
        std::cout << "Filters of phase " << phases[phase] << ":\n";
        for (const host::FilterLink& link : generation.filters(phase))
            std::cout << "  " << host::text(link.filter.name) << " (plugin " << link.owner->name() << ")\n";
    }
    std::map<std::string, std::pair<std::string, std::string>> points; // who defines it, and the lines of contributions
    for (const auto& instance : generation.instances())
        for (const std::string& point : instance->module().info().extensionPoints)
            points[point].first = instance->name();
    for (const auto& instance : generation.instances())
        for (const host::Contribution& one : instance->contributions())
            points[one.point].second += "  " + base::printable(one.name, 200) + " (plugin " + instance->name() + ")\n";
    for (const auto& [point, collected] : points)
        std::cout << "Contributions to " << point
                  << (collected.first.empty() ? ", which no enabled plugin defines (not collected)"
                                              : " (plugin " + collected.first + ")")
                  << ":\n"
                  << collected.second;
}

// Nothing, with a message, while another process has it.
auto lockData(const host::RuntimeSettings& settings) {
    const std::filesystem::path state = settings.stateDirectory;
    base::makeDurableFolders(state);
    auto attempt = base::LockFile::tryAcquire(state / "lock");
    if (!attempt.lock)
        std::cerr << "mortised: error: the state directory " << state.string() << " is in use by process "
                  << attempt.holder << "; stop it first [" << base::codeId(base::Code::stateInUse) << "]\n";
    return std::move(attempt.lock);
}

// A process shows the last byte only: 256 would be success.
int exitCodeOf(int status, const std::string& plugin) {
    if (status >= 0 && status <= 255) return status;
    std::cerr << "mortised: 'migrate' of plugin '" << plugin << "' returned " << status
              << ", which is no exit code (0 to 255)\n";
    return exitFailure;
}

// Widths of --list-plugins, each with the blanks behind it.
struct Columns {
    int name = 0;
    int id = 0;
    int version = 0;

    void widen(const KnownPlugin& plugin) {
        const auto fit = [](int& width, const std::string& text) {
            width = std::max(width, static_cast<int>(text.size()) + 2);
        };
        fit(name, plugin.name);
        if (plugin.info == nullptr) return;
        fit(id, plugin.info->id);
        fit(version, plugin.info->version);
    }
};

} // namespace

int checkConfig(host::LogHub& log, ConfigurationReader& reader) {
    const auto configuration = readOrTell(reader);
    if (!configuration) return exitConfig;
    TrialRuntime runtime(log, configuration->server.runtime, true);
    host::GenerationBuilder builder(*runtime, configuration->request(1, nullptr));
    const bool good = builder.configure(true);
    const std::size_t plugins = good ? builder.generation().instances().size() : 0;
    builder.abandon();
    tell(builder.failures());
    if (!good) return exitConfig;
    tell(builder.warnings());
    std::cout << "The configuration is good: " << plugins << " plugins.\n";
    return exitSuccess;
}

int printConfig(ConfigurationReader& reader) {
    const auto configuration = readSettingsOrTell(reader);
    if (!configuration) return exitConfig;
    std::cout << config::printIni(configuration->settings) << oldPlaces(configuration->server.runtime);
    return exitSuccess;
}

int listPlugins(host::LogHub& log, ConfigurationReader& reader, bool order) {
    const auto configuration = order ? readOrTell(reader) : readSettingsOrTell(reader, true);
    if (!configuration) return exitConfig;
    if (order) {
        TrialRuntime runtime(log, configuration->server.runtime, true);
        host::GenerationBuilder builder(*runtime, configuration->request(1, nullptr));
        const bool good = builder.configure(true);
        if (good)
            printOrder(builder.generation());
        else
            tell(builder.failures());
        builder.abandon();
        return good ? exitSuccess : exitConfig;
    }
    Columns widths;
    for (const KnownPlugin& plugin : configuration->plugins) widths.widen(plugin);
    for (const KnownPlugin& plugin : configuration->plugins) {
        const char* const state = plugin.info == nullptr ? "refused" : plugin.enabled ? "enabled" : "disabled";
        std::cout << std::left << std::setw(widths.name) << plugin.name << std::setw(10) << state;
        if (plugin.info != nullptr) {
            const module::ModuleInfo& info = *plugin.info;
            std::cout << std::setw(widths.id) << info.id << std::setw(widths.version) << info.version << "ABI 1."
                      << info.abiMinorBuilt << "  ";
        }
        std::cout << plugin.file << '\n';
    }
    return exitSuccess;
}

int exampleConfig(ConfigurationReader& reader, const std::string& format) {
    const auto configuration = readSettingsOrTell(reader, true);
    if (!configuration) return exitConfig;
    config::ExampleOptions options;
    // A comment in XML cannot hold two hyphens.
    options.heading = format == "xml" ? "Configuration of mortised: every setting with its default. What is not in a "
                                        "comment is in force.\nApply a change with 'systemctl reload mortise'; how to "
                                        "check it before is in mortised(8)."
                                      : "Configuration of mortised: every setting with its default. Lines without '#' "
                                        "are in force.\nCheck a change with 'mortised --check-config', apply it with "
                                        "'systemctl reload mortise'.";
    std::vector<config::SectionSpec> sections{configuration->serverSpec};
    for (const KnownPlugin& plugin : configuration->plugins) {
        if (plugin.info == nullptr) continue;
        config::SectionSpec section{"plugin." + plugin.name, "", config::commonPluginSettings(), false};
        const auto& own = plugin.info->settings;
        section.settings.insert(section.settings.end(), own.begin(), own.end());
        sections.push_back(std::move(section));
        options.values["plugin." + plugin.name + ".enabled"] = plugin.info->inExample ? "true" : "false";
    }
    std::cout << (format == "xml" ? config::renderXml(sections, options) : config::renderIni(sections, options));
    return exitSuccess;
}

int verifyPlugins(host::LogHub& log, const std::string& program, std::span<const std::string> files) {
    module::ModuleStoreSettings settings;
    settings.program = program;
    settings.childArguments = {"--try-plugins"};
    settings.buildId = buildId();
    module::ModuleStore store(log, std::move(settings));
    std::vector<std::string> absolute;
    for (const std::string& file : files) absolute.push_back(std::filesystem::absolute(file).lexically_normal());
    const auto outcomes = store.load(absolute);
    bool good = true;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (const auto exposure = base::changeableByOthers(absolute[i]))
            std::cerr << "mortised: warning: " << absolute[i] << ": " << exposure->message
                      << "; in production it is not loaded from there [" << base::codeId(base::Code::changeableByOthers)
                      << "]\n";
        if (!outcomes[i]) {
            std::cerr << "mortised: error: " << outcomes[i].fault() << " [" << base::codeId(base::Code::pluginRefused)
                      << "]\n";
            good = false;
            continue;
        }
        const module::ModuleInfo& info = outcomes[i].value()->info();
        std::cout << files[i] << ": " << info.id << ' ' << info.version << ", ABI 1." << info.abiMinorBuilt
                  << " (needs 1." << info.abiMinorNeeded << "), " << info.toolchain << '\n';
        for (const std::string& service : info.requiredServices) std::cout << "  requires " << service << '\n';
        for (const std::string& service : info.optionalServices) std::cout << "  may use " << service << '\n';
        for (const std::string& service : info.providedServices) std::cout << "  provides " << service << '\n';
        for (const std::string& point : info.extensionPoints) std::cout << "  defines " << point << '\n';
        std::cout << "  settings: " << info.settings.size() << '\n';
    }
    return good ? exitSuccess : exitFailure;
}

int runCommandAlone(host::LogHub& log, ConfigurationReader& reader, host::CommandSocket socket) {
    host::CommandConnection client(std::move(socket), clientPatience);
    const auto request = client.greet(buildId(), host::CommandConnection::Clock::now() + clientPatience);
    if (!request) return exitFailure;
    const auto configuration = readOrTell(reader);
    if (!configuration) return exitConfig;
    const bool looks = request->command.empty() || request->wantsHelp();
    decltype(lockData(configuration->server.runtime)) lock;
    if (!looks && !(lock = lockData(configuration->server.runtime))) return exitFailure;
    TrialRuntime runtime(log, configuration->server.runtime, looks);
    host::GenerationBuilder builder(*runtime, configuration->request(1, nullptr));
    const auto fail = [&](int status) {
        tell(builder.failures());
        builder.abandon();
        return status;
    };
    if (!builder.configure(looks)) return fail(exitConfig);
    int status = exitSuccess;
    const host::CommandCall call(*request, client);
    if (const auto entry = call.find(builder.generation(), status)) {
        if (host::CommandCall::needsStart(*entry) && !builder.start()) return fail(exitFailure);
        status = call.run(*entry);
    }
    builder.abandon();
    client.end(status);
    return status;
}

int runMigrate(host::LogHub& log, ConfigurationReader& reader, const std::vector<std::string>& action) {
    const auto configuration = readOrTell(reader);
    if (!configuration) return exitConfig;
    const bool looks = action.front() == "status" || action.front() == "plan";
    decltype(lockData(configuration->server.runtime)) lock;
    if (!looks && !(lock = lockData(configuration->server.runtime))) return exitFailure;
    TrialRuntime runtime(log, configuration->server.runtime, looks);
    host::GenerationBuilder builder(*runtime, configuration->request(1, nullptr));
    if (!builder.configure(looks)) {
        tell(builder.failures());
        builder.abandon();
        return exitConfig;
    }
    if (!builder.startForMigrator()) {
        tell(builder.failures());
        builder.abandon();
        return exitFailure;
    }
    int status = exitFailure;
    if (const auto migrator = builder.generation().migrator())
        status = exitCodeOf(migrator->command(action), migrator->plugin());
    else
        std::cerr << "mortised: no enabled plugin has migrations\n";
    builder.abandon();
    return status;
}

} // namespace mortise::application
