// SPDX-License-Identifier: Apache-2.0
#include "host/generation_builder.hpp"

#include "host/assembly.hpp"
#include "host/dependency_order.hpp"
#include "host/runtime.hpp"

#include <mortise/service/migrations.h>

#include <algorithm>
#include <set>
#include <utility>

namespace mortise::host {

GenerationBuilder::GenerationBuilder(Runtime& runtime, BuildRequest request)
    : runtime_(runtime),
      request_(std::move(request)),
      generation_(std::make_shared<Generation>(request_.number, request_.settings, request_.serving)) {}

bool GenerationBuilder::failed(const PluginChoice& choice, std::string sentence) {
    if (choice.disableOnError) {
        runtime_.log().log(base::Level::warn, "host.plugins", "Going on without a plugin (on_error = disable)",
                           {{"plugin", std::string_view(choice.name)}, {"reason", std::string_view(sentence)}});
        return true;
    }
    failures_.push_back(std::move(sentence));
    return false;
}

bool GenerationBuilder::order() {
    std::vector<PluginChoice> left = request_.plugins;
    for (;;) {
        std::vector<DependencyNode> nodes;
        for (const PluginChoice& choice : left) {
            const ModuleInfo& info = choice.module->info();
            nodes.push_back({choice.name, info.providedServices, info.requiredServices, info.optionalServices});
        }
        const DependencyOrder result = orderByDependency(nodes, request_.providersElsewhere);
        if (result.failures.empty()) {
            for (const std::size_t index : result.order) ordered_.push_back(left[index]);
            return true;
        }
        // Whoever may be left out is; then the rest is looked at again.
        std::set<std::size_t> out;
        for (const std::size_t index : result.failing)
            if (left[index].disableOnError) out.insert(index);
        if (out.empty()) {
            failures_.insert(failures_.end(), result.failures.begin(), result.failures.end());
            return false;
        }
        std::vector<PluginChoice> kept;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (out.contains(i))
                failed(left[i], result.failures.front());
            else
                kept.push_back(std::move(left[i]));
        }
        left = std::move(kept);
    }
}

std::shared_ptr<Instance> GenerationBuilder::carriedOver(const PluginChoice& choice,
                                                         const Instance::Providers& providers) const {
    if (request_.previous == nullptr) return nullptr;
    auto old = request_.previous->find(choice.name);
    if (old == nullptr || old->quarantined() || old->stage() != Instance::Stage::active) return nullptr;
    const config::Section* const section = request_.settings.find("plugin." + choice.name);
    const bool same = old->module().hash() == choice.module->hash() && section != nullptr &&
                      *section == old->settings() && old->providers() == providers &&
                      old->developmentMode() == runtime_.settings().development;
    return same ? old : nullptr;
}

bool GenerationBuilder::makeInstance(const PluginChoice& choice, bool checkOnly) {
    Instance::Providers providers;
    for (const auto* services : {&choice.module->info().requiredServices, &choice.module->info().optionalServices})
        for (const std::string& service : *services)
            for (const auto& instance : generation_->instances_) {
                const auto& provided = instance->module().info().providedServices;
                if (std::find(provided.begin(), provided.end(), service) != provided.end())
                    providers.emplace(service, instance);
            }
    // A provider that was left out by on_error takes whoever requires it along.
    for (const std::string& service : choice.module->info().requiredServices)
        if (!providers.contains(service))
            return failed(choice,
                          "plugin '" + choice.name + "' requires the service '" + service + "', whose provider failed");
    if (auto old = carriedOver(choice, providers)) {
        generation_->instances_.push_back(std::move(old));
        return true;
    }
    auto made = Instance::create(runtime_, choice.name, choice.module, request_.settings.at("plugin." + choice.name),
                                 std::move(providers));
    if (!made) return failed(choice, made.fault());
    const auto& instance = *made;
    if (auto failure = instance->configure(checkOnly)) {
        instance->destroy();
        return failed(choice, *failure);
    }
    generation_->instances_.push_back(instance);
    fresh_.push_back(instance);
    return true;
}

bool GenerationBuilder::configure(bool checkOnly) {
    if (!order()) return false;
    bool good = true;
    // All of them are configured, so that all mistakes show in one run.
    for (const PluginChoice& choice : ordered_) good = makeInstance(choice, checkOnly) && good;
    return good && assemble();
}

bool GenerationBuilder::assemble() {
    auto failures = Assembly(*generation_).build();
    failures_.insert(failures_.end(), failures.begin(), failures.end());
    return failures_.empty();
}

bool GenerationBuilder::migrate() {
    std::vector<mortise_migration> migrations;
    std::shared_ptr<Instance> migrator;
    mortise_plugin_migrator table{};
    for (const auto& instance : generation_->instances_) {
        if (const auto offered = instance->extensionTable<mortise_plugin_migrator>(MORTISE_MIGRATOR_EXTENSION)) {
            migrator = instance;
            table = *offered;
        }
        const auto contributed = instance->extensionTable<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION);
        if (!contributed || contributed->count == nullptr || contributed->at == nullptr) continue;
        const std::uint32_t count = contributed->count(instance->self());
        for (std::uint32_t i = 0; i < count; ++i) {
            const mortise_migration* const migration = contributed->at(instance->self(), i);
            if (migration == nullptr) continue;
            migrations.push_back(*migration);
            migrations.back().owner = view(instance->name());
        }
    }
    if (migrations.empty()) return true;
    if (migrator == nullptr || table.migrate == nullptr) {
        failures_.push_back("plugin '" + std::string(text(migrations.front().owner)) +
                            "' owns tables, but no enabled plugin runs migrations; set enabled = true in "
                            "[plugin.database]");
        return false;
    }
    struct Result {
        mortise_status status = MORTISE_ERROR;
        CallError error;
    };
    const auto result = std::make_shared<Result>();
    const bool inTime = migrator->control("migrate", migrationTimeout, [result, migrations, table](Instance& instance) {
        result->status = table.migrate(instance.self(), migrations.data(),
                                       static_cast<std::uint32_t>(migrations.size()), result->error.get());
    });
    if (inTime && result->status == MORTISE_OK) return true;
    failures_.push_back("plugin '" + migrator->name() + "': migrations " +
                        (inTime ? "failed: " + result->error.text() : std::string("did not end in time")));
    return false;
}

bool GenerationBuilder::start() {
    if (!migrate()) return false;
    bool assembledAnew = false;
    for (const PluginChoice& choice : ordered_) {
        const auto instance = generation_->find(choice.name);
        if (instance == nullptr || instance->stage() != Instance::Stage::configured) continue;
        auto failure = instance->start();
        if (!failure) continue;
        if (!choice.disableOnError) {
            failures_.push_back(*failure);
            return false;
        }
        // Left out now: whoever it served would call into nothing, so the whole generation is made again without it.
        failed(choice, *failure);
        assembledAnew = true;
        std::erase_if(request_.plugins, [&](const PluginChoice& other) { return other.name == choice.name; });
        break;
    }
    if (!assembledAnew) return true;
    abandon();
    ordered_.clear();
    generation_ = std::make_shared<Generation>(request_.number, request_.settings, request_.serving);
    return configure(false) && start();
}

std::shared_ptr<Generation> GenerationBuilder::take() {
    return std::move(generation_);
}

void GenerationBuilder::abandon() {
    generation_.reset();
    while (!fresh_.empty()) {
        const auto instance = std::move(fresh_.back());
        fresh_.pop_back();
        instance->drain(std::chrono::steady_clock::now() + runtime_.settings().controlTimeout);
        instance->stop();
        instance->destroy();
    }
}

} // namespace mortise::host
