// SPDX-License-Identifier: Apache-2.0
#include "host/configuration_trial.hpp"

#include "host/generation_builder.hpp"
#include "module/trial_process.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::chrono::seconds grace{10}; // to start, and to load the files
constexpr int callsOfAPlugin = 8;         // about; the child ends itself in a single late one

ConfigurationOrder orderOf(const BuildRequest& request, const std::vector<PluginChoice>& plugins) {
    ConfigurationOrder order;
    order.partial = request.partial;
    order.folder = request.settings.folder();
    order.elsewhere = request.elsewhere;
    const auto addSection = [&](const std::string& name) {
        const config::Section* const section = request.settings.find(name);
        if (section == nullptr) return;
        auto& added = order.sections.emplace_back();
        added.name = name;
        for (const config::Setting& setting : section->settings())
            added.values.push_back({setting.spec.key, setting.text, setting.isDefault});
    };
    addSection("server");
    for (const PluginChoice& choice : plugins) {
        order.plugins.push_back({choice.name, choice.module->path(), choice.module->library(), choice.disableOnError});
        addSection("plugin." + choice.name);
    }
    return order;
}

std::vector<std::string> secretsOf(const config::Settings& settings) {
    std::vector<std::string> secrets;
    for (const config::Section& section : settings.sections())
        for (const config::Setting& setting : section.settings())
            if (setting.spec.secret) secrets.push_back(setting.text);
    return secrets;
}

std::string subject(const PluginChoice& choice) {
    const ModuleInfo& info = choice.module->info();
    return "plugin '" + choice.name + "' (" + info.id + " " + info.version + "): ";
}

} // namespace

std::optional<ConfigurationTrial::Fault>
ConfigurationTrial::run(const BuildRequest& request, const std::vector<PluginChoice>& plugins, Waits* waits) const {
    const std::string payload = encodeOrder(orderOf(request, plugins));
    const auto calls = static_cast<int>(plugins.size()) * callsOfAPlugin;
    const auto deadline = std::chrono::steady_clock::now() + timeout_ * calls + grace;
    const Waiting waiting(waits, deadline);
    auto run =
        module::runTrial({program_, {"--try-configuration"}, timeout_, payload, secretsOf(request.settings), deadline});
    if (!run) return Fault{{}, "the plugins cannot be tried in a child process: " + run.fault(), false};
    const module::TrialRun& trial = run.value();
    const module::TrialReport* last = nullptr;
    for (const module::TrialReport& report : trial.reports) {
        if (report.step == module::TrialStep::finished && trial.child.succeeded()) return std::nullopt;
        if (report.step != module::TrialStep::call && report.step != module::TrialStep::late) continue;
        if (report.index < plugins.size()) last = &report;
    }
    if (last == nullptr)
        return Fault{{},
                     "the plugins cannot be tried in a child process: " + program_ + " " + trial.child.describe() +
                         (trial.said.empty() ? "" : " and said '" + trial.said + "'"),
                     false};
    const PluginChoice& culprit = plugins[last->index];
    const bool late = last->step == module::TrialStep::late || trial.missed(timeout_);
    const std::string ending = late ? last->text + " did not return within " + std::to_string(timeout_.count()) +
                                          " ms (server.control_timeout)"
                                    : trial.endingText(last->text, "while " + last->text + " ran", false, timeout_);
    return Fault{culprit.name, subject(culprit) + ending, late};
}

} // namespace mortise::host
