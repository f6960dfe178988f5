// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/server_settings.hpp"
#include "base/diagnostic.hpp"
#include "config/layers.hpp"
#include "config/settings.hpp"
#include "dispatch/exchange_table.hpp"
#include "host/elsewhere.hpp"
#include "host/generation_builder.hpp"
#include "host/log_hub.hpp"
#include "module/module_store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mortise::application {

// A plugin that lies in a plugin folder or that the configuration speaks of.
struct KnownPlugin {
    std::string name;
    bool enabled = false;
    bool listed = true; // the configuration speaks of it, or all were asked for: what is wrong with it is reported
    std::string file{}; // empty when it was not found
    std::shared_ptr<const module::ModuleInfo> info{}; // what it declares; null when it was refused
    std::shared_ptr<const module::Module> module{};   // its code, of enabled plugins that are to run
};

// A configuration, read whole and checked as far as that goes without creating an instance.
struct Configuration {
    config::SectionSpec serverSpec; // the declaration of [server]
    config::Settings settings;
    ServerSettings server;
    std::vector<KnownPlugin> plugins; // sorted by name
    std::vector<host::PluginChoice> enabled;
    host::Elsewhere elsewhere;

    std::string program;  // mortised itself, to try plugins in a child
    bool partial = false; // an enabled plugin is missing in `enabled` because of mistakes

    // What a generation with this configuration is built from.
    host::BuildRequest request(std::uint64_t number, std::shared_ptr<host::Generation> previous) const;
};

// A runtime for plugins that nobody is served by: small pools where it is only `checking`. Once a plugin of it missed a
// deadline it is never destroyed, since the plugin's thread may go on for ever; then the process has to leave by _exit.
class TrialRuntime {
public:
    TrialRuntime(host::LogHub& log, host::RuntimeSettings settings, bool checking);
    ~TrialRuntime();
    TrialRuntime(const TrialRuntime&) = delete;
    TrialRuntime& operator=(const TrialRuntime&) = delete;

    host::Runtime& operator*() noexcept { return kept_->runtime; }

private:
    // One allocation for all that a plugin's thread may still look at: what is never destroyed stays as a whole.
    struct Kept {
        Kept(host::LogHub& log, const host::RuntimeSettings& settings) : runtime(log, settings, exchanges) {}
        dispatch::ExchangeTable exchanges;
        host::Runtime runtime;
    };
    std::unique_ptr<Kept> kept_;
};

// Root's rights could not be given up; what() is a message for the operator.
class RightsKept : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Exposures;

// Reads configurations, again and again. Files of enabled plugins are verified and loaded through one store, whose
// folders are those of the first configuration read; of all others only the manifest is read. Thread: one at a time.
class ConfigurationReader {
public:
    enum class Purpose {
        serve,
        command, // as the user whose state directory it is: what it writes must be the service's
        check    // as who serves, as far as can be told (base::becomeServiceUser); only a temporary folder is written
    };

    // `program` is this very daemon, for the child that tries new plugin files. Other purposes than serve give root's
    // rights up at the first read, before a plugin's code is touched, and read everything as that user: what it may not
    // read is a mistake of the configuration. They throw RightsKept where that is not possible.
    ConfigurationReader(host::LogHub& log, config::Sources sources, ServerDefaults defaults, std::string program,
                        Purpose purpose);

    // As the caller reads it, with whatever rights that has; nothing is reported yet, and no plugin is looked at.
    std::string stateDirectory() const;

    // Nothing when `diagnostics` got errors; then the plugins whose own settings are sound have looked at them too, so
    // that one run shows every mistake.
    std::optional<Configuration> read(base::Diagnostics& diagnostics);
    // The same for what only shows settings and files: goes by what plugin files say of themselves, runs no code of
    // theirs. `allFiles`: lists every plugin that lies in a folder.
    std::optional<Configuration> readSettings(base::Diagnostics& diagnostics, bool allFiles = false);

    module::ModuleStore* store() noexcept { return store_.get(); } // null before the first read

private:
    enum class Reading { toRun, toShow, toShowAll };

    Configuration readAll(base::Diagnostics& diagnostics, Reading reading);
    std::vector<KnownPlugin> findPlugins(const config::Layers& layers, const std::vector<std::string>& folders,
                                         Reading reading, base::Diagnostics& diagnostics) const;
    config::Layers loadAsWhoServes(base::Diagnostics& diagnostics);
    void examinePlugins(const config::Layers& layers, std::vector<KnownPlugin>& plugins, Reading reading,
                        Exposures& exposures, base::Diagnostics& diagnostics);

    host::LogHub& log_;
    config::Sources sources_;
    const ServerDefaults defaults_;
    const std::string program_;
    const Purpose purpose_;
    bool asWhoServes_ = false;
    bool aliasesForgotten_ = false; // at the first read, when there are no other threads
    std::unique_ptr<module::ModuleStore> store_;
};

} // namespace mortise::application
