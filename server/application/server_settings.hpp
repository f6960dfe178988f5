// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "base/watchdog.hpp"
#include "config/setting_spec.hpp"
#include "config/settings.hpp"
#include "host/runtime.hpp"
#include "host/serving_settings.hpp"
#include "http/limits.hpp"
#include "http/listener.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mortise::application {

// Folders and defaults that the build decides.
struct ServerDefaults {
    std::string stateDirectory = "/var/lib/mortise";
    std::string cacheDirectory = "/var/cache/mortise";
    std::string runtimeDirectory;                             // of the service manager; empty: none was made
    std::string pluginDirectory = "/usr/lib/mortise/plugins"; // where server.plugin_directory names none
};

// The declaration of [server].
config::SectionSpec serverSection(const ServerDefaults& defaults);

// [server] in the types of those who use it. Two are equal when their `section`s are; config::changes() tells which
// settings differ and which of those need a restart.
struct ServerSettings {
    explicit ServerSettings(config::Section values) : section(std::move(values)) {}

    config::Section section;
    std::vector<http::ListenAddress> listen;
    http::ListenOptions listenOptions;
    http::Settings http;
    host::RuntimeSettings runtime;
    base::WatchdogSettings watchdog;
    std::size_t loops = 1;
    std::size_t maximumCommands = 2; // in the running server
    std::chrono::milliseconds verifyTimeout{};
    std::chrono::milliseconds drainTimeout{};    // of requests in flight, from the stop signal on
    std::chrono::milliseconds shutdownTimeout{}; // of the whole stop; then the process ends whatever is open
    host::ServingSettings serving;

    bool operator==(const ServerSettings& other) const { return section == other.section; }
};

// Reports what single values cannot show: malformed or repeated listeners, networks, timeouts that contradict each
// other. With errors the result is not to be used.
ServerSettings readServerSettings(const config::Settings& settings, base::Diagnostics& diagnostics);

} // namespace mortise::application
