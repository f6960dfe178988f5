// SPDX-License-Identifier: Apache-2.0
#include "application/modes.hpp"

#include "application/command_line.hpp"
#include "application/version.hpp"
#include "base/file_access.hpp"
#include "base/lock_file.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "config/example.hpp"
#include "host/generation_builder.hpp"
#include "host/generation_keeper.hpp"
#include "host/runtime.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>
#include <set>

namespace mortise::application {
namespace {

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
    constexpr std::array<std::string_view, 5> own{"lock", "plugins", "run", "secrets", "uploads"};
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

// What the shipped configuration switches on.
constexpr std::array<std::string_view, 10> standardPlugins{
    "auth", "cors", "database", "health", "logging", "openapi", "rate-limit", "routing", "security-headers", "users"};

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
        if (plugin.module == nullptr) return;
        fit(id, plugin.module->info().id);
        fit(version, plugin.module->info().version);
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
        const char* const state = plugin.module == nullptr ? "refused" : plugin.enabled ? "enabled" : "disabled";
        std::cout << std::left << std::setw(widths.name) << plugin.name << std::setw(10) << state;
        if (plugin.module != nullptr) {
            const module::ModuleInfo& info = plugin.module->info();
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
        if (plugin.module == nullptr) continue;
        config::SectionSpec section{"plugin." + plugin.name, "", config::commonPluginSettings(), false};
        const auto& own = plugin.module->info().settings;
        section.settings.insert(section.settings.end(), own.begin(), own.end());
        sections.push_back(std::move(section));
        const bool standard =
            std::find(standardPlugins.begin(), standardPlugins.end(), plugin.name) != standardPlugins.end();
        options.values["plugin." + plugin.name + ".enabled"] = standard ? "true" : "false";
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
        std::cout << "  settings: " << info.settings.size() << '\n';
    }
    return good ? exitSuccess : exitFailure;
}

int runCommand(host::LogHub& log, ConfigurationReader& reader, const std::vector<std::string>& command) {
    const auto configuration = readOrTell(reader);
    if (!configuration) return exitConfig;
    const std::filesystem::path state = configuration->server.runtime.stateDirectory;
    std::filesystem::create_directories(state);
    const auto attempt = base::LockFile::tryAcquire(state / "lock");
    if (!attempt.lock) {
        std::cerr << "mortised: error: the state directory " << state.string() << " is in use by process "
                  << attempt.holder << "; stop it first [" << base::codeId(base::Code::stateInUse) << "]\n";
        return exitFailure;
    }
    TrialRuntime runtime(log, configuration->server.runtime, false);
    host::GenerationBuilder builder(*runtime, configuration->request(1, nullptr));
    const bool configured = builder.configure(false);
    if (!configured || !builder.start()) {
        tell(builder.failures());
        builder.abandon();
        return configured ? exitFailure : exitConfig;
    }
    int status = exitUsage;
    std::vector<std::string> names;
    const host::CommandEntry* found = nullptr;
    for (const host::CommandEntry& entry : builder.generation().commands()) {
        names.emplace_back(host::text(entry.command.name));
        if (!command.empty() && names.back() == command.front()) found = &entry;
    }
    if (found == nullptr) {
        if (!command.empty())
            std::cerr << "mortised: there is no command '" << command.front() << "'"
                      << base::didYouMean(command.front(), names) << '\n';
        std::cerr << "Commands of the enabled plugins:\n";
        for (const host::CommandEntry& entry : builder.generation().commands())
            std::cerr << "  " << host::text(entry.command.name) << ' ' << host::text(entry.command.usage) << "  "
                      << host::text(entry.command.summary) << '\n';
    } else {
        std::vector<mortise_view> arguments;
        for (std::size_t i = 1; i < command.size(); ++i) arguments.push_back(host::view(command[i]));
        const mortise_command_output output{sizeof(mortise_command_output), 0, nullptr,
                                            [](void*, mortise_view text) { std::cout << host::text(text); },
                                            [](void*, mortise_view text) { std::cerr << host::text(text); }};
        const base::RunningCode running(found->owner->owner(), "run");
        status = found->command.run(found->command.context, arguments.data(),
                                    static_cast<std::uint32_t>(arguments.size()), &output);
    }
    builder.abandon();
    return status;
}

} // namespace mortise::application
