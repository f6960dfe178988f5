// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "config/settings.hpp"
#include "host/configuration_trial.hpp"
#include "host/elsewhere.hpp"
#include "host/generation.hpp"
#include "host/migrator_call.hpp"
#include "host/module_names.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

class Runtime;

// A plugin that is switched on.
struct PluginChoice {
    std::string name;
    std::shared_ptr<const Module> module;
    bool disableOnError = false; // on_error = disable: go on without it, and say so
};

struct BuildRequest {
    std::uint64_t number = 1;
    config::Settings settings;
    ServingSettings serving;
    std::vector<PluginChoice> plugins;
    Elsewhere elsewhere;
    std::shared_ptr<Generation> previous; // to carry instances over from; may be null
    // Some enabled plugins are left out because of mistakes that are told already: what they may have provided is not
    // missed.
    bool partial = false;
    // Calls what is new in a child first; nothing: in a child itself, or where there is no program to be one.
    std::optional<ConfigurationTrial> trial;
};

// Makes a generation, all or nothing: order; try what is new in a child; create and configure it; assemble (routes,
// chains); migrations; start. Whoever fails on the way is named, and everything new is stopped and destroyed again.
// Thread: one at a time, never a loop: control calls wait.
class GenerationBuilder {
public:
    GenerationBuilder(Runtime& runtime, BuildRequest request);

    // Up to the point where nothing outside has been touched: what a configuration check does. False: see failures().
    bool configure(bool checkOnly);
    // The rest, but that providers of the migrator start before the migrations. After true, take() is due.
    bool start();
    // In place of the rest, where only the migrator is to be called: starts its providers. False: see failures().
    bool startForMigrator();
    std::shared_ptr<Generation> take();
    // Undoes what was done, in reverse order. Also when it failed on the way.
    void abandon();

    // Of the last configure(): what the operator should look at, each with its place.
    const base::Diagnostics& warnings() const noexcept { return warnings_; }
    // Errors only. What configure() leaves are mistakes in the configuration, each with its place where that is known.
    const base::Diagnostics& failures() const noexcept { return failures_; }
    // Some of them are missed deadlines, which may be kept the next time.
    bool wasLate() const noexcept { return late_; }
    // After a configure() that returned true and until take().
    const Generation& generation() const noexcept { return *generation_; }
    // New ones, to be activated after publishing.
    const std::vector<std::shared_ptr<Instance>>& fresh() const noexcept { return fresh_; }

private:
    enum class Step { done, failed, leftOut };

    bool order();
    // Without those that the host gives.
    std::vector<std::string> ofPlugins(std::vector<std::string> services) const;
    bool tryConfiguration();
    bool isAllCarriedOver() const;
    Instance::Providers providersOf(const PluginChoice& choice,
                                    const std::vector<std::shared_ptr<Instance>>& instances) const;
    bool makeInstance(const PluginChoice& choice, bool checkOnly);
    Step startAll();
    Step startOne(const PluginChoice& choice, Instance& instance);
    // Those whose services it may use, and theirs, and opens these to it.
    Step startProviders(Instance& migrator);
    Step settle(const PluginChoice& choice, const std::optional<std::string>& failure);
    // Who requires an extension point that nobody of the generation defines any more is left out of the plugins, or
    // fails.
    bool leaveOutWithoutPoints();
    // From the start, with the plugins that are left.
    bool configureAnew(bool checkOnly);
    std::shared_ptr<Instance> carriedOver(const PluginChoice& choice, const Instance::Providers& providers) const;
    // Keeps what a migrator found wrong; true when that is nothing.
    bool accept(const std::vector<MigratorCall::Failure>& failures);
    // Keeps the failure and returns false, or logs it when the plugin may be left out.
    bool failed(const PluginChoice& choice, const std::string& sentence);
    bool refused(const PluginChoice& choice, const Instance& instance);
    void fail(const base::Origin& origin, const std::string& sentence, base::Code code = base::Code::pluginFailed);
    // Where the plugin was switched on or off; nothing when no layer says.
    base::Origin originOf(const std::string& plugin) const;

    Runtime& runtime_;
    BuildRequest request_;
    std::shared_ptr<Generation> generation_;
    std::vector<PluginChoice> ordered_;
    std::vector<std::shared_ptr<Instance>> fresh_;
    base::Diagnostics failures_;
    base::Diagnostics warnings_;
    bool late_ = false;
    bool left_out_ = false; // somebody, by on_error = disable
};

} // namespace mortise::host
