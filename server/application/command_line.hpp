// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mortise::application {

// Exit statuses of mortised; those past 1 are of sysexits.h.
enum ExitStatus : int { exitSuccess = 0, exitFailure = 1, exitUsage = 64, exitConfig = 78 };

enum class Mode : std::uint8_t {
    serve,
    checkConfig,
    printConfig,
    listPlugins,
    exampleConfig,
    verifyPlugin,
    version,
    help,
    command,
    migrate,
    tryConfiguration, // the child that plugins with new files or settings are configured in; likewise
    tryPlugins,       // the child that new plugin files are tried in; started by mortised itself, not in the help
};

struct CommandLine {
    Mode mode = Mode::serve;
    std::filesystem::path config;         // --config; empty when not given
    std::vector<std::string> assignments; // --set
    bool order = false;                   // --list-plugins --order: as they are started
    std::string format;                   // of exampleConfig: "ini" or "xml"
    std::vector<std::string> files;       // of verifyPlugin and tryPlugins
    // Of command: plugin, its command and arguments, nothing for a list; of migrate: what to do, and its arguments.
    std::vector<std::string> command;
};

struct UsageError {
    std::string message; // a sentence; never holds the value of --set
};

// `arguments` without the program's name.
std::variant<CommandLine, UsageError> parseCommandLine(std::span<const std::string> arguments);

// --config, else $MORTISE_CONFIG, else `fallback`.
std::filesystem::path chooseConfig(const CommandLine& commandLine,
                                   const std::map<std::string, std::string>& environment,
                                   const std::filesystem::path& fallback);

// Whether it begins a mode of mortised, so that no plugin can be called so: `command`, `migrate`.
bool isModeWord(std::string_view word);

std::string helpText();

} // namespace mortise::application
