// SPDX-License-Identifier: Apache-2.0
#include "application/try_configuration.hpp"

#include "application/command_line.hpp"
#include "application/configuration.hpp"
#include "base/shared_library.hpp"
#include "config/value.hpp"
#include "host/generation_builder.hpp"
#include "module/trial_child.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace mortise::application {
namespace {

using host::ConfigurationOrder;

// Beyond its timeout, what a call may take before this process is ended: a control call is given up by itself before,
// and what this process does between two calls is no fault of a plugin.
constexpr std::chrono::seconds patience{5};

std::shared_ptr<const module::Module> load(const ConfigurationOrder::Plugin& plugin) {
    const auto library = base::SharedLibrary::open(plugin.library);
    if (!library) throw std::runtime_error(library.fault());
    void* const entry = library.value().symbol(MORTISE_MODULE_ENTRY_NAME);
    if (entry == nullptr) throw std::runtime_error(plugin.path + ": has no " MORTISE_MODULE_ENTRY_NAME " of its own");
    mortise_module raw{};
    auto info = module::readModule(reinterpret_cast<mortise_module_entry>(entry), raw);
    if (!info) throw std::runtime_error(plugin.path + ": " + info.fault());
    return std::make_shared<const module::Module>(plugin.path, plugin.library, base::Sha256Digest{},
                                                  std::move(info).value(), raw);
}

// The parent's values, by the declarations that this process finds itself.
config::Section sectionOf(const ConfigurationOrder::Section& given, const std::vector<config::SettingSpec>& specs) {
    std::vector<config::Setting> settings;
    for (const config::SettingSpec& spec : specs) {
        const auto found = std::find_if(given.values.begin(), given.values.end(),
                                        [&](const auto& value) { return value.key == spec.key; });
        if (found == given.values.end()) throw std::runtime_error("no value for " + given.name + "." + spec.key);
        auto value = config::parseValue(spec, found->text);
        auto* const parsed = std::get_if<config::Value>(&value);
        if (parsed == nullptr) throw std::runtime_error("an unreadable value for " + given.name + "." + spec.key);
        settings.push_back({spec, std::move(*parsed), found->text, {}, found->isDefault});
    }
    return {given.name, std::move(settings)};
}

config::Settings settingsOf(const ConfigurationOrder& order, const std::vector<host::PluginChoice>& plugins) {
    std::vector<config::Section> sections;
    for (const ConfigurationOrder::Section& given : order.sections) {
        std::vector<config::SettingSpec> specs;
        if (given.name == "server") {
            specs = serverSection({}).settings;
        } else {
            specs = config::commonPluginSettings();
            for (const host::PluginChoice& choice : plugins) {
                if ("plugin." + choice.name != given.name) continue;
                const auto& own = choice.module->info().settings;
                specs.insert(specs.end(), own.begin(), own.end());
            }
        }
        sections.push_back(sectionOf(given, specs));
    }
    return config::Settings(std::move(sections), order.folder);
}

void tryOut(const module::TrialChild& child, const ConfigurationOrder& order) {
    host::BuildRequest request;
    std::map<std::string, std::size_t, std::less<>> indices;
    for (const ConfigurationOrder::Plugin& plugin : order.plugins) {
        indices.emplace(plugin.name, indices.size());
        request.plugins.push_back({plugin.name, load(plugin), plugin.disableOnError});
    }
    request.settings = settingsOf(order, request.plugins);
    request.elsewhere = order.elsewhere;
    request.partial = order.partial;
    base::Diagnostics diagnostics;
    ServerSettings server = readServerSettings(request.settings, diagnostics);
    request.serving = server.serving;

    const module::TrialDeadline deadline;
    std::mutex mutex; // a call that is late may go on meanwhile, and announce others
    std::map<std::string, std::string, std::less<>> lastCalls; // under mutex
    server.runtime.announce = [&](const base::CodeOwner& owner, const char* function) {
        const auto index = indices.find(owner.name);
        if (index == indices.end()) return;
        const std::lock_guard lock(mutex);
        lastCalls[owner.name] = function;
        child.report(module::TrialStep::call, index->second, function);
        child.separateErrors();
        deadline.set(child.timeout() + patience);
    };
    host::LogHub log(base::Level::fatal); // mistakes are for the parent to find
    TrialRuntime runtime(log, server.runtime, true);
    host::GenerationBuilder builder(*runtime, std::move(request));
    const auto endIfLate = [&] {
        for (const auto& [name, index] : indices) {
            if (!(*runtime).isQuarantined(name)) continue;
            const std::lock_guard lock(mutex);
            child.report(module::TrialStep::late, index, lastCalls[name]);
            module::TrialChild::endDescendants();
            ::_exit(exitFailure); // its thread may go on for ever
        }
    };
    builder.configure(true);
    endIfLate();
    builder.abandon();
    deadline.set(std::chrono::milliseconds(0));
    endIfLate();
    child.report(module::TrialStep::finished, 0);
    module::TrialChild::endDescendants();
    ::_exit(exitSuccess);
}

} // namespace

int tryConfiguration() {
    const auto child = module::TrialChild::take();
    if (!child) return module::TrialChild::orderMissing;
    try {
        const auto order = host::decodeOrder(child->payload());
        if (!order) throw std::runtime_error("a damaged order");
        tryOut(*child, *order);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(exitFailure);
}

} // namespace mortise::application
