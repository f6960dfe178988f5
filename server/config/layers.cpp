// SPDX-License-Identifier: Apache-2.0
#include "config/layers.hpp"

#include "base/loader_variables.hpp"
#include "base/text.hpp"
#include "config/environment.hpp"
#include "config/setting_spec.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <set>
#include <system_error>

namespace mortise::config {

namespace {

namespace fs = std::filesystem;
using base::Code;

constexpr std::string_view pluginPrefix = "plugin.";

// True, and reported, when the user of this process may not look for it.
bool isClosed(const fs::path& path, const std::error_code& error, const char* what, base::Diagnostics& diagnostics) {
    if (error != std::errc::permission_denied) return false;
    diagnostics.error(Code::unreadable, {path.string()},
                      std::string(what) + " cannot be read: " + refusalText(error.value(), path));
    return true;
}

// The main file of a configuration folder; none when there is none, or two.
std::optional<fs::path> findMainFile(const fs::path& folder, base::Diagnostics& diagnostics) {
    const fs::path ini = folder / "mortise.ini";
    const fs::path xml = folder / "mortise.xml";
    std::error_code error;
    const bool hasIni = fs::exists(ini, error);
    if (isClosed(ini, error, "the file", diagnostics)) return std::nullopt;
    const bool hasXml = fs::exists(xml, error);
    if (hasIni && hasXml) {
        diagnostics.error(Code::twoMainFiles, {ini.string()},
                          "both " + ini.string() + " and " + xml.string() + " exist; keep one of them");
        return std::nullopt;
    }
    if (!hasIni && !hasXml) {
        diagnostics.error(Code::configMissing, {folder.string()},
                          "there is no mortise.ini and no mortise.xml in this folder");
        return std::nullopt;
    }
    return hasIni ? ini : xml;
}

std::vector<fs::path> listPluginFiles(const fs::path& folder, base::Diagnostics& diagnostics) {
    std::vector<fs::path> files;
    std::error_code error;
    if (!fs::exists(folder, error)) {
        isClosed(folder, error, "the folder", diagnostics);
        return files;
    }
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const fs::path& path = it->path();
        const std::string extension = base::lowerAscii(path.extension().string());
        const bool hidden = path.filename().string().starts_with('.');
        if (!hidden && (extension == ".ini" || extension == ".xml")) files.push_back(path);
    }
    if (error)
        diagnostics.error(Code::unreadable, {folder.string()},
                          "the folder cannot be read: " + refusalText(error.value(), folder));
    std::sort(files.begin(), files.end());
    return files;
}

void loadDocuments(const fs::path& config, std::vector<Document>& documents, base::Diagnostics& diagnostics) {
    std::error_code error;
    const fs::file_status status = fs::status(config, error);
    if (isClosed(config, error, "it", diagnostics)) return;
    if (!fs::exists(status)) {
        diagnostics.error(
            Code::configMissing, {config.string()},
            "there is no such file or folder; --config names mortise.ini, mortise.xml or the folder of one");
        return;
    }
    const bool isFolder = fs::is_directory(status);
    const std::optional<fs::path> mainFile = isFolder ? findMainFile(config, diagnostics) : config;
    std::vector<fs::path> files;
    if (mainFile) files.push_back(*mainFile);
    const fs::path folder = isFolder ? config : config.parent_path();
    for (fs::path& file : listPluginFiles(folder / "plugins.d", diagnostics)) files.push_back(std::move(file));
    for (const fs::path& file : files) {
        if (auto document = readDocument(file, diagnostics)) documents.push_back(*std::move(document));
    }
}

fs::path folderOf(const fs::path& config) {
    if (config.empty()) return fs::current_path();
    std::error_code ignored;
    const fs::path absolute = fs::absolute(config).lexically_normal();
    const fs::path folder = fs::is_directory(absolute, ignored) ? absolute : absolute.parent_path();
    return folder.has_filename() || folder == folder.root_path() ? folder : folder.parent_path();
}

void loadAssignments(const std::vector<std::string>& texts, std::vector<Assignment>& assignments,
                     base::Diagnostics& diagnostics) {
    std::set<std::string> seen;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        const std::string path(base::trim(std::string_view(text).substr(0, equals)));
        if (equals == std::string::npos || path.find('.') == std::string::npos) {
            // Without '=' the whole could be a misplaced secret: it is not repeated.
            diagnostics.error(Code::badAssignment, {"--set"},
                              "expected section.key=value, such as --set server.listen=127.0.0.1:8080");
            continue;
        }
        if (!seen.insert(path).second) {
            diagnostics.error(Code::twoSources, {"--set"}, "'" + base::printable(path) + "' is set twice");
            continue;
        }
        assignments.push_back({path, std::string(base::trim(std::string_view(text).substr(equals + 1)))});
    }
}

} // namespace

fs::path Layers::absolute(const fs::path& path) const {
    fs::path here = (folder / path).lexically_normal();
    if (path.is_absolute()) return here;
    std::error_code error;
    const fs::path there = (fs::current_path(error) / path).lexically_normal();
    return !error && !fs::exists(here, error) && fs::exists(there, error) ? there : here;
}

std::map<std::string, std::string> processEnvironment() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

void forgetEnvironment(Forgotten what) {
    constexpr std::array basics{"TMPDIR", "TZ", "LANG", "LC_ALL"};
    const auto isOneOf = [](const auto& list, std::string_view name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    std::vector<std::string> names;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::string_view name = text.substr(0, text.find('='));
        const bool isBasic = isOneOf(basics, name) || isOneOf(base::loaderVariables, name);
        if (what == Forgotten::configuration ? !isOfConfiguration(name) : isBasic) continue;
        names.emplace_back(name);
        if (name.size() < text.size()) explicit_bzero(*entry + name.size() + 1, text.size() - name.size() - 1);
    }
    for (const std::string& name : names) unsetenv(name.c_str());
}

void forgetAliases(std::span<const SettingSpec> settings) {
    for (const SettingSpec& setting : settings)
        for (const std::string& variable : setting.environment)
            if (char* const value = isAliasName(variable) ? std::getenv(variable.c_str()) : nullptr) {
                explicit_bzero(value, std::strlen(value));
                ::unsetenv(variable.c_str());
            }
}

std::string environmentName(std::string_view section, std::string_view key) {
    std::string name = base::upperAscii("mortise_" + std::string(section) + '_' + std::string(key));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
    return name;
}

std::optional<std::string> Layers::peek(std::string_view section, std::string_view key) const {
    const std::string path = std::string(section) + '.' + std::string(key);
    for (const Assignment& assignment : assignments) {
        if (assignment.path == path) return assignment.value;
    }
    if (const auto found = environment.find(environmentName(section, key)); found != environment.end()) {
        return found->second;
    }
    for (auto document = documents.rbegin(); document != documents.rend(); ++document) {
        if (const Entry* const entry = document->find(section, key)) return entry->value;
    }
    return std::nullopt;
}

std::vector<std::string> Layers::pluginNames(std::span<const std::string> available) const {
    std::set<std::string> names;
    for (const Document& document : documents) {
        for (const SectionMention& mention : document.sections()) {
            if (mention.name.starts_with(pluginPrefix)) names.insert(mention.name.substr(pluginPrefix.size()));
        }
    }
    for (const Assignment& assignment : assignments) {
        const std::string section = assignment.path.substr(0, assignment.path.rfind('.'));
        if (section.starts_with(pluginPrefix) && isSectionName(section))
            names.insert(section.substr(pluginPrefix.size()));
    }
    for (const std::string& name : available) {
        if (environment.contains(environmentName(std::string(pluginPrefix) + name, "enabled"))) names.insert(name);
    }
    return {names.begin(), names.end()};
}

base::Origin Layers::firstMention(std::string_view section) const {
    for (const Document& document : documents) {
        for (const SectionMention& mention : document.sections()) {
            if (mention.name == section) return mention.origin;
        }
    }
    const std::string prefix = std::string(section) + '.';
    for (const Assignment& assignment : assignments) {
        if (assignment.path.starts_with(prefix)) return {"--set"};
    }
    const std::string name = environmentName(section, "enabled");
    return environment.contains(name) ? base::Origin{"environment " + name} : base::Origin{};
}

Layers load(const Sources& sources, base::Diagnostics& diagnostics) {
    Layers layers;
    layers.folder = folderOf(sources.config);
    layers.environment = sources.environment;
    if (const auto found = layers.environment.find("CREDENTIALS_DIRECTORY"); found != layers.environment.end()) {
        layers.credentials = found->second;
    }
    if (!sources.config.empty()) loadDocuments(sources.config, layers.documents, diagnostics);
    loadAssignments(sources.assignments, layers.assignments, diagnostics);
    return layers;
}

} // namespace mortise::config
