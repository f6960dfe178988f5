// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/configuration.hpp"
#include "host/command_socket.hpp"
#include "host/log_hub.hpp"

#include <span>
#include <string>
#include <vector>

namespace mortise::application {

// What mortised does besides serving. Each prints to standard output, complaints to standard error, and returns an exit
// status of command_line.hpp.

// Everything up to and including the plugins' own look at their settings. Opens no socket and no database.
int checkConfig(host::LogHub& log, ConfigurationReader& reader);
// Effective settings with their origins, as INI; secrets redacted.
int printConfig(ConfigurationReader& reader);
// The plugins that are there, by their manifests. `order`: only those enabled, as they are started, then the filters of
// each phase; these run.
int listPlugins(host::LogHub& log, ConfigurationReader& reader, bool order);
// A complete example of a configuration: every setting of the host and of all plugin files that are found, commented,
// with its default; the plugins that ask for it (MORTISE_MODULE_IN_EXAMPLE) are enabled. `format` is "ini" or "xml".
int exampleConfig(ConfigurationReader& reader, const std::string& format);
// Tries each file as at a start.
int verifyPlugins(host::LogHub& log, const std::string& program, std::span<const std::string> files);
// What `client` asks for, `mortised PLUGIN COMMAND ARGUMENT...`: takes the data lock, starts the plugins unless the
// command is for those that are not started, serves nothing, runs it, stops. The client gets the exit status, too.
int runCommandAlone(host::LogHub& log, ConfigurationReader& reader, host::CommandSocket client);
// `mortised migrate ACTION ARGUMENT...`: configures the plugins, starts none of them, and calls who runs migrations.
int runMigrate(host::LogHub& log, ConfigurationReader& reader, const std::vector<std::string>& action);

} // namespace mortise::application
