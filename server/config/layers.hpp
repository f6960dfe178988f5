// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "config/document.hpp"
#include "config/setting_spec.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::config {

// What a configuration is made from.
struct Sources {
    // A folder with mortise.ini or mortise.xml, or one such file; its plugins.d/ is read too. Empty: no files.
    std::filesystem::path config;
    std::map<std::string, std::string> environment;
    std::vector<std::string> assignments; // the arguments of --set: "section.key=value"
};

// The environment of this process. Thread: before others are started (environ is not guarded).
std::map<std::string, std::string> processEnvironment();

// Takes variables out of this process's environment once they were read, so that no code that is loaded later, no child
// and no other process of the user (proc(5)) finds secrets there: what isOfConfiguration(), or all but what the loader,
// the C library and the sanitizers go by. Thread: as above.
enum class Forgotten { configuration, allButBasics };
void forgetEnvironment(Forgotten what);
// The same of the variables that these settings have as aliases.
void forgetAliases(std::span<const SettingSpec> settings);

struct Assignment {
    std::string path; // "plugin.users.enabled"
    std::string value;
};

// Everything that was read, nothing of it understood yet: the settings that exist are known only once the plugins are.
// Immutable after load().
struct Layers {
    std::filesystem::path folder;    // absolute: of the main file; without one the working directory
    std::vector<Document> documents; // lowest first: the main file, then plugins.d in lexical order
    std::map<std::string, std::string> environment;
    std::filesystem::path credentials; // $CREDENTIALS_DIRECTORY, empty for none
    std::vector<Assignment> assignments;

    // The text in the highest layer for a setting that is not secret, before it is declared: `enabled`, `file`,
    // `on_error`, `server.plugin_directory`. Aliases are not looked at.
    std::optional<std::string> peek(std::string_view section, std::string_view key) const;

    // Names that some layer speaks of as [plugin.<name>], sorted. The environment cannot be read backwards
    // (MORTISE_PLUGIN_A_B_ENABLED), so for it the names of `available` plugin files are tried.
    std::vector<std::string> pluginNames(std::span<const std::string> available = {}) const;

    // A path of the configuration made absolute, whichever layer it comes from: it starts in `folder`. One that is not
    // there, but in the working directory, where relative paths started before, is used from there.
    std::filesystem::path absolute(const std::filesystem::path& path) const;

    // Where a section is first spoken of; an origin with an empty file when nowhere.
    base::Origin firstMention(std::string_view section) const;
};

// Reads all sources and reports what can be said without knowing the settings. Opens files, changes nothing.
Layers load(const Sources& sources, base::Diagnostics& diagnostics);

// MORTISE_PLUGIN_RATE_LIMIT_MAX for ("plugin.rate-limit", "max").
std::string environmentName(std::string_view section, std::string_view key);

} // namespace mortise::config
