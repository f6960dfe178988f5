// SPDX-License-Identifier: Apache-2.0
#include "application/configuration.hpp"

#include "application/command_line.hpp"
#include "application/exposures.hpp"
#include "application/version.hpp"
#include "base/file_access.hpp"
#include "base/service_user.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "config/resolve.hpp"
#include "config/value.hpp"
#include "host/runtime.hpp"
#include "module/manifest.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <utility>

namespace mortise::application {
namespace {

std::string sectionName(const std::string& plugin) {
    return "plugin." + plugin;
}

const config::SettingSpec& commonSpec(std::string_view key) {
    static const std::vector<config::SettingSpec> specs = config::commonPluginSettings();
    return *std::find_if(specs.begin(), specs.end(), [key](const auto& spec) { return spec.key == key; });
}

// The value of a setting that is needed before the plugins' own are known. A malformed one is told by resolve().
template<class T>
T early(const config::Layers& layers, std::string_view section, const config::SettingSpec& spec, T fallback) {
    const auto text = layers.peek(section, spec.key);
    if (!text) return fallback;
    const auto value = config::parseValue(spec, *text);
    const auto* const parsed = std::get_if<config::Value>(&value);
    return parsed == nullptr ? fallback : std::get<T>(*parsed);
}

// The files of the configuration and the folder that more of them may come to.
void checkConfigFiles(const config::Sources& sources, const config::Layers& layers, Exposures& exposures) {
    for (const config::Document& document : layers.documents)
        exposures.check(document.file(), {document.file()}, "the configuration");
    if (sources.config.empty()) return;
    std::error_code ignored;
    const bool isFolder = std::filesystem::is_directory(sources.config, ignored);
    const auto folder = (isFolder ? sources.config : sources.config.parent_path()) / "plugins.d";
    exposures.check(folder, {folder.string()}, "the configuration");
}

// A plugin folder whose files cannot be listed is one without plugins.
void reportClosedFolders(const std::vector<std::string>& folders, const base::Origin& origin,
                         base::Diagnostics& diagnostics) {
    for (const std::string& folder : folders) {
        std::error_code error;
        const std::filesystem::directory_iterator entries(folder, error);
        if (error == std::errc::permission_denied)
            diagnostics.error(base::Code::unreadable, origin,
                              "server.plugin_directory: '" + folder +
                                  "' cannot be read: " + config::refusalText(error.value(), folder));
    }
}

// What a file says of itself does not count: whoever may change it would trust himself.
std::vector<std::string> trustedPaths(const config::Setting& setting, base::Diagnostics& diagnostics) {
    const auto& paths = std::get<std::vector<std::string>>(setting.value);
    if (setting.origin.line != 0) {
        diagnostics.error(base::Code::badValue, setting.origin,
                          "server.trusted_paths counts only from outside of the configuration files; set "
                          "MORTISE_SERVER_TRUSTED_PATHS, or --set server.trusted_paths=...");
        return {};
    }
    std::vector<std::string> trusted;
    for (const std::string& path : paths) {
        const auto normal = std::filesystem::path(path).lexically_normal();
        if (normal.is_absolute() && normal != normal.root_path())
            trusted.push_back(normal.has_filename() ? normal.string() : normal.parent_path().string());
        else
            diagnostics.error(base::Code::badValue, setting.origin,
                              "server.trusted_paths: '" + base::printable(path, 4096) +
                                  "' is no absolute path below /; name the volume itself");
    }
    return trusted;
}

// The mode that would let exposed files pass is taken from one of them.
bool isLaxByExposedFile(const config::Setting& mode, const config::Layers& layers,
                        std::span<const std::string> trusted) {
    if (mode.origin.line == 0) return false;
    return std::any_of(layers.documents.begin(), layers.documents.end(), [&](const config::Document& document) {
        return base::changeableByOthers(document.file(), trusted).has_value();
    });
}

bool isOfThisUser(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

std::vector<std::string> absoluteFolders(std::vector<std::string> folders, const config::Layers& layers) {
    for (std::string& folder : folders) folder = layers.absolute(folder);
    return folders;
}

} // namespace

host::BuildRequest Configuration::request(std::uint64_t number, std::shared_ptr<host::Generation> previous) const {
    host::BuildRequest request{number, settings, server.serving, enabled, elsewhere, std::move(previous), partial, {}};
    request.trial.emplace(program, server.runtime.controlTimeout);
    return request;
}

TrialRuntime::TrialRuntime(host::LogHub& log, host::RuntimeSettings settings, bool checking) {
    if (checking) settings.workers.threads = settings.hashing.threads = 1;
    kept_ = std::make_unique<Kept>(log, settings);
}

TrialRuntime::~TrialRuntime() {
    if (kept_->runtime.hasQuarantined()) static_cast<void>(kept_.release());
}

ConfigurationReader::ConfigurationReader(host::LogHub& log, config::Sources sources, ServerDefaults defaults,
                                         std::string program, Purpose purpose)
    : log_(log),
      sources_(std::move(sources)),
      defaults_(std::move(defaults)),
      program_(std::move(program)),
      purpose_(purpose) {}

std::optional<Configuration> ConfigurationReader::read(base::Diagnostics& diagnostics) {
    Configuration configuration = readAll(diagnostics, Reading::toRun);
    if (!diagnostics.hasErrors()) return configuration;
    TrialRuntime runtime(log_, configuration.server.runtime, true);
    host::GenerationBuilder builder(*runtime, configuration.request(1, nullptr));
    builder.configure(true);
    builder.abandon();
    for (const base::Diagnostic& failure : builder.failures().entries()) diagnostics.add(failure);
    return std::nullopt;
}

std::optional<Configuration> ConfigurationReader::readSettings(base::Diagnostics& diagnostics, bool allFiles) {
    Configuration configuration = readAll(diagnostics, allFiles ? Reading::toShowAll : Reading::toShow);
    if (diagnostics.hasErrors()) return std::nullopt;
    return configuration;
}

std::string ConfigurationReader::stateDirectory() const {
    base::Diagnostics unseen;
    const config::Layers layers = config::load(sources_, unseen);
    const config::SectionSpec server = serverSection(defaults_);
    return config::resolve(layers, {&server, 1}, unseen).at("server").text("state_directory");
}

config::Layers ConfigurationReader::loadAsWhoServes(base::Diagnostics& diagnostics) {
    if (purpose_ != Purpose::serve && !asWhoServes_) {
        // What tells who serves is read with all rights; what counts is what that user can read.
        const std::string state = stateDirectory();
        const auto user = purpose_ == Purpose::check ? base::becomeServiceUser(state) : base::becomeOwnerOf(state);
        if (!user) throw RightsKept(user.fault());
        asWhoServes_ = true;
    }
    return config::load(sources_, diagnostics);
}

Configuration ConfigurationReader::readAll(base::Diagnostics& diagnostics, Reading reading) {
    const config::Layers layers = loadAsWhoServes(diagnostics);
    const config::SectionSpec server = serverSection(defaults_);

    // The host's own settings first: they tell where plugins lie. Their mistakes are reported by the second pass.
    base::Diagnostics later;
    const config::Settings early = config::resolve(layers, {&server, 1}, later);
    const config::Section& own = early.at("server");
    const auto trusted = trustedPaths(own.at("trusted_paths"), diagnostics);
    const bool strict = own.text("mode") == "production" || isLaxByExposedFile(own.at("mode"), layers, trusted);
    Exposures exposures(strict ? Exposures::Severity::error : Exposures::Severity::warning, trusted, diagnostics);
    checkConfigFiles(sources_, layers, exposures);
    auto folders = absoluteFolders(own.list("plugin_directory"), layers);
    if (folders.empty()) folders.push_back(defaults_.pluginDirectory);
    const base::Origin& named = own.at("plugin_directory").origin;
    reportClosedFolders(folders, named, diagnostics);
    for (const std::string& folder : folders) exposures.check(folder, named, "server.plugin_directory");
    const std::string cache = std::filesystem::path(own.text("cache_directory")).lexically_normal();
    // A check by somebody else than the service finds folders that are not his.
    const std::string state = std::filesystem::path(own.text("state_directory")).lexically_normal();
    if (purpose_ != Purpose::check || isOfThisUser(state)) {
        exposures.check(cache, own.at("cache_directory").origin, "server.cache_directory");
        // Secrets and data, no code: a warning also in production.
        exposures.check(state, own.at("state_directory").origin, "server.state_directory", true);
    }
    if (store_ == nullptr) {
        module::ModuleStoreSettings settings;
        if (purpose_ != Purpose::check) settings.cacheDirectory = cache;
        settings.program = program_;
        settings.childArguments = {"--try-plugins"};
        settings.buildId = buildId();
        store_ = std::make_unique<module::ModuleStore>(log_, std::move(settings));
    }
    store_->setVerifyTimeout(own.duration("verify_timeout"));

    std::vector<KnownPlugin> plugins = findPlugins(layers, folders, reading, diagnostics);
    examinePlugins(layers, plugins, reading, exposures, diagnostics);

    if (!aliasesForgotten_)
        for (const KnownPlugin& plugin : plugins) // whoever is enabled: a secret for one of them is for nobody else
            if (plugin.info != nullptr) config::forgetAliases(plugin.info->settings);
    aliasesForgotten_ = true;
    std::vector<config::SectionSpec> sections{server};
    for (const KnownPlugin& plugin : plugins) {
        if (!plugin.listed) continue;
        config::SectionSpec section{sectionName(plugin.name), "", config::commonPluginSettings(),
                                    plugin.info == nullptr};
        if (plugin.info != nullptr) {
            const auto& declared = plugin.info->settings;
            section.settings.insert(section.settings.end(), declared.begin(), declared.end());
            config::checkDeclaration(section, {plugin.file, 0, 0}, diagnostics);
        }
        sections.push_back(std::move(section));
    }
    config::Settings settings = config::resolve(layers, sections, diagnostics);
    warnOfReadableSecrets(layers, sections, diagnostics);
    ServerSettings serverSettings = readServerSettings(settings, diagnostics);

    Configuration configuration{server,  std::move(settings), std::move(serverSettings), std::move(plugins), {}, {},
                                program_};
    for (const KnownPlugin& plugin : configuration.plugins) {
        if (plugin.info == nullptr) {
            configuration.partial = configuration.partial || plugin.enabled;
            continue;
        }
        std::vector<std::string>& filters = configuration.elsewhere.filters;
        filters.insert(filters.end(), plugin.info->filters.begin(), plugin.info->filters.end());
        if (!plugin.enabled) {
            const auto add = [&](host::Elsewhere::Plugins& known, const std::vector<std::string>& ids) {
                for (const std::string& id : ids) {
                    std::vector<std::string>& names = known[id];
                    names.insert(plugin.listed ? names.begin() : names.end(), plugin.name);
                }
            };
            add(configuration.elsewhere.providers, plugin.info->providedServices);
            add(configuration.elsewhere.providers, plugin.info->extensionPoints);
            add(configuration.elsewhere.extensions, plugin.info->extensions);
            continue;
        }
        const auto& section = configuration.settings.at(sectionName(plugin.name));
        if (plugin.module != nullptr && section.sound())
            configuration.enabled.push_back({plugin.name, plugin.module, section.text("on_error") == "disable"});
        else
            configuration.partial = true;
    }
    return configuration;
}

std::vector<KnownPlugin> ConfigurationReader::findPlugins(const config::Layers& layers,
                                                          const std::vector<std::string>& folders, Reading reading,
                                                          base::Diagnostics& diagnostics) const {
    const std::vector<std::string> available = module::availablePlugins(folders);
    const std::vector<std::string> mentioned = layers.pluginNames(available);
    std::set<std::string> names(available.begin(), available.end());
    names.insert(mentioned.begin(), mentioned.end());

    std::vector<KnownPlugin> plugins;
    for (const std::string& name : names) {
        KnownPlugin plugin{name, early<bool>(layers, sectionName(name), commonSpec("enabled"), false)};
        plugin.listed =
            reading == Reading::toShowAll || std::find(mentioned.begin(), mentioned.end(), name) != mentioned.end();
        if (plugin.listed && isModeWord(name))
            diagnostics.error(
                base::Code::pluginRefused, layers.firstMention(sectionName(name)),
                std::string("no plugin can be called '")
                    .append(name)
                    .append("': 'mortised ")
                    .append(name)
                    .append("' is something else; call its section otherwise and name its file by file ="));
        plugin.file = early<std::string>(layers, sectionName(name), commonSpec("file"), {});
        if (plugin.file.empty()) {
            auto found = module::findPluginFile(folders, name);
            if (found)
                plugin.file = std::move(found).value();
            else if (plugin.listed)
                diagnostics.error(base::Code::pluginMissing, layers.firstMention(sectionName(name)), found.fault());
        } else {
            plugin.file = layers.absolute(plugin.file);
        }
        plugins.push_back(std::move(plugin));
    }
    return plugins;
}

void ConfigurationReader::examinePlugins(const config::Layers& layers, std::vector<KnownPlugin>& plugins,
                                         Reading reading, Exposures& exposures, base::Diagnostics& diagnostics) {
    const auto mayBeLeftOut = [&](const KnownPlugin& plugin) {
        return !plugin.enabled ||
               early<std::string>(layers, sectionName(plugin.name), commonSpec("on_error"), "fail") == "disable";
    };
    const auto refuse = [&](const KnownPlugin& plugin, const std::string& fault) {
        if (!plugin.listed) return;
        const base::Origin origin = layers.firstMention(sectionName(plugin.name));
        const std::string message = "plugin '" + plugin.name + "': " + fault;
        if (mayBeLeftOut(plugin))
            diagnostics.warning(base::Code::pluginRefused, origin, message);
        else
            diagnostics.error(base::Code::pluginRefused, origin, message);
    };
    std::vector<KnownPlugin*> running;
    std::vector<std::string> files;
    for (KnownPlugin& plugin : plugins) {
        if (plugin.file.empty()) continue;
        if (plugin.listed && !exposures.check(plugin.file, layers.firstMention(sectionName(plugin.name)),
                                              "plugin '" + plugin.name + "'", mayBeLeftOut(plugin)))
            continue;
        if (plugin.enabled && reading == Reading::toRun) {
            running.push_back(&plugin);
            files.push_back(plugin.file);
            continue;
        }
        auto info = reading == Reading::toRun ? module::readManifest(plugin.file) : module::inspectModule(plugin.file);
        if (info)
            plugin.info = std::make_shared<const module::ModuleInfo>(std::move(info).value());
        else
            refuse(plugin, plugin.file + ": " + info.fault());
    }
    auto outcomes = store_->load(files);
    for (std::size_t i = 0; i < running.size(); ++i) {
        if (!outcomes[i]) {
            refuse(*running[i], outcomes[i].fault());
            continue;
        }
        running[i]->module = std::move(outcomes[i]).value();
        running[i]->info = {running[i]->module, &running[i]->module->info()};
    }
}

} // namespace mortise::application
