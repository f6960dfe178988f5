// SPDX-License-Identifier: Apache-2.0
#include "host/generation_builder.hpp"

#include "host/assembly.hpp"
#include "host/dependency_order.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::chrono::milliseconds startingFlush{100};

// Whether one of them defines an extension point of that id.
bool isPoint(const std::vector<PluginChoice>& plugins, const std::string& id) {
    return std::any_of(plugins.begin(), plugins.end(), [&](const PluginChoice& choice) {
        const auto& points = choice.module->info().extensionPoints;
        return std::find(points.begin(), points.end(), id) != points.end();
    });
}

std::string withoutProvider(const PluginChoice& choice, const std::string& id) {
    return "plugin '" + choice.name + "' requires '" + id + "', whose plugin failed";
}

} // namespace

GenerationBuilder::GenerationBuilder(Runtime& runtime, BuildRequest request)
    : runtime_(runtime),
      request_(std::move(request)),
      generation_(std::make_shared<Generation>(request_.number, request_.settings, request_.serving)) {}

base::Origin GenerationBuilder::originOf(const std::string& plugin) const {
    const config::Section* const section = request_.settings.find("plugin." + plugin);
    if (section == nullptr || section->at("enabled").isDefault) return {};
    return section->at("enabled").origin;
}

void GenerationBuilder::fail(const base::Origin& origin, const std::string& sentence, base::Code code) {
    failures_.error(code, origin, sentence);
    request_.partial = true;
}

bool GenerationBuilder::failed(const PluginChoice& choice, const std::string& sentence) {
    if (choice.disableOnError) {
        left_out_ = true;
        runtime_.log().log(base::Level::warn, "host.plugins", "Going on without a plugin (on_error = disable)",
                           {{"plugin", std::string_view(choice.name)}, {"reason", std::string_view(sentence)}});
        return true;
    }
    fail(originOf(choice.name), sentence);
    return false;
}

bool GenerationBuilder::refused(const PluginChoice& choice, const Instance& instance) {
    bool good = true;
    for (const RefusedSetting& refusal : instance.refusedSettings()) {
        const std::string sentence = "plugin." + choice.name + "." + refusal.key + ": " + refusal.message;
        if (choice.disableOnError) {
            failed(choice, sentence);
            continue;
        }
        fail(instance.settings().at(refusal.key).origin, sentence, base::Code::badValue);
        good = false;
    }
    return good;
}

std::vector<std::string> GenerationBuilder::ofPlugins(std::vector<std::string> services) const {
    std::erase_if(services, [this](const std::string& id) { return hostService(runtime_, id) != nullptr; });
    return services;
}

bool GenerationBuilder::order() {
    std::vector<PluginChoice> left = request_.plugins;
    bool good = true;
    std::erase_if(left, [&](const PluginChoice& choice) {
        const auto& provided = choice.module->info().providedServices;
        const auto taken = std::find_if(provided.begin(), provided.end(),
                                        [&](const std::string& id) { return hostService(runtime_, id) != nullptr; });
        if (taken == provided.end()) return false;
        good =
            failed(choice, "plugin '" + choice.name + "' provides '" + *taken + "', which is the host's own") && good;
        return true;
    });
    for (;;) {
        std::vector<DependencyNode> nodes;
        for (const PluginChoice& choice : left) {
            const ModuleInfo& info = choice.module->info();
            nodes.push_back({choice.name, info.providedServices, ofPlugins(info.requiredServices),
                             info.optionalServices, info.extensionPoints, info.id, choice.module->path()});
        }
        const DependencyOrder result = orderByDependency(nodes, request_.elsewhere.providers);
        if (result.failures.empty()) {
            for (const std::size_t index : result.order) ordered_.push_back(left[index]);
            return good;
        }
        // Those concerned are left out, and the rest is looked at again: who may be (on_error = disable) where there is
        // one, otherwise all of them, so that the rest can still be checked.
        std::set<std::size_t> out;
        for (const DependencyFailure& failure : result.failures)
            for (const std::size_t index : failure.nodes)
                if (left[index].disableOnError && out.insert(index).second) failed(left[index], failure.sentence);
        if (out.empty()) {
            const bool alreadyPartial = request_.partial;
            for (const DependencyFailure& failure : result.failures) {
                out.insert(failure.nodes.begin(), failure.nodes.end());
                if (failure.missing && alreadyPartial) continue;
                fail(originOf(left[failure.nodes.front()].name), failure.sentence);
            }
            good = false;
        }
        std::vector<PluginChoice> kept;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (!out.contains(i)) kept.push_back(std::move(left[i]));
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

Instance::Providers GenerationBuilder::providersOf(const PluginChoice& choice,
                                                   const std::vector<std::shared_ptr<Instance>>& instances) const {
    Instance::Providers providers;
    for (const auto* services : {&choice.module->info().requiredServices, &choice.module->info().optionalServices})
        for (const std::string& service : *services)
            for (const auto& instance : instances) {
                const auto& provided = instance->module().info().providedServices;
                if (std::find(provided.begin(), provided.end(), service) != provided.end())
                    providers.emplace(service, instance);
            }
    return providers;
}

bool GenerationBuilder::isAllCarriedOver() const {
    if (request_.previous == nullptr || request_.previous->instances().size() != ordered_.size()) return false;
    std::vector<std::shared_ptr<Instance>> carried;
    for (const PluginChoice& choice : ordered_) {
        auto old = carriedOver(choice, providersOf(choice, carried));
        if (old == nullptr) return false;
        carried.push_back(std::move(old));
    }
    return true;
}

// Leaves out whoever would crash or hang this process. A round for each of them: the child ends with the first.
bool GenerationBuilder::tryConfiguration() {
    if (!request_.trial || ordered_.empty() || isAllCarriedOver()) return true;
    bool good = true;
    while (const auto fault = request_.trial->run(request_, ordered_, runtime_.settings().waits)) {
        late_ = late_ || fault->late;
        const auto culprit = std::find_if(ordered_.begin(), ordered_.end(),
                                          [&](const PluginChoice& choice) { return choice.name == fault->plugin; });
        if (culprit == ordered_.end()) { // nothing is known of any of them, so none is called
            fail({}, fault->sentence);
            ordered_.clear();
            return false;
        }
        good = failed(*culprit, fault->sentence) && good;
        std::erase_if(request_.plugins, [&](const PluginChoice& other) { return other.name == fault->plugin; });
        ordered_.erase(culprit);
    }
    return good;
}

bool GenerationBuilder::makeInstance(const PluginChoice& choice, bool checkOnly) {
    Instance::Providers providers = providersOf(choice, generation_->instances_);
    // A provider that was left out by on_error takes whoever requires it along.
    for (const std::string& service : choice.module->info().requiredServices)
        if (!providers.contains(service) && hostService(runtime_, service) == nullptr && !isPoint(ordered_, service))
            return !request_.partial && failed(choice, withoutProvider(choice, service));
    if (auto old = carriedOver(choice, providers)) {
        generation_->instances_.push_back(std::move(old));
        return true;
    }
    auto made = Instance::create(runtime_, choice.name, choice.module, request_.settings.at("plugin." + choice.name),
                                 std::move(providers));
    if (!made) return failed(choice, made.fault());
    const auto& instance = *made;
    if (auto failure = instance->configure(checkOnly)) {
        // A call that missed its deadline may still be writing there.
        const bool told = !instance->quarantined() && !instance->refusedSettings().empty();
        const bool leftOut = told ? refused(choice, *instance) : failed(choice, *failure);
        instance->destroy();
        return leftOut;
    }
    generation_->instances_.push_back(instance);
    fresh_.push_back(instance);
    return true;
}

bool GenerationBuilder::leaveOutWithoutPoints() {
    const auto& instances = generation_->instances_;
    std::set<std::string> points;
    for (const auto& instance : instances) {
        const auto& defined = instance->module().info().extensionPoints;
        points.insert(defined.begin(), defined.end());
    }
    std::set<std::string> kept;
    for (const auto& instance : instances) kept.insert(instance->name());
    bool changed = false;
    for (const PluginChoice& choice : ordered_) {
        if (!kept.contains(choice.name)) continue;
        for (const std::string& point : choice.module->info().requiredServices) {
            if (!isPoint(ordered_, point) || points.contains(point)) continue;
            changed = failed(choice, withoutProvider(choice, point)) || changed;
            kept.erase(choice.name);
            break;
        }
    }
    if (changed)
        std::erase_if(request_.plugins, [&](const PluginChoice& choice) { return !kept.contains(choice.name); });
    return changed;
}

bool GenerationBuilder::configureAnew(bool checkOnly) {
    abandon();
    ordered_.clear();
    generation_ = std::make_shared<Generation>(request_.number, request_.settings, request_.serving);
    return configure(checkOnly);
}

bool GenerationBuilder::configure(bool checkOnly) {
    bool good = order();
    good = tryConfiguration() && good;
    request_.trial.reset(); // once is enough, should the generation be made again without one of them
    // All of them are configured, so that all mistakes show in one run.
    for (const PluginChoice& choice : ordered_) good = makeInstance(choice, checkOnly) && good;
    if (left_out_ && !request_.partial && leaveOutWithoutPoints()) return configureAnew(checkOnly) && good;
    Assembly assembly(*generation_, request_.elsewhere, !request_.partial, left_out_);
    for (const Assembly::Failure& failure : assembly.build()) {
        if (failure.filterOrder)
            fail(request_.settings.at("server").at("filter_order").origin, failure.sentence, base::Code::badValue);
        else
            fail(originOf(failure.plugin), failure.sentence);
    }
    warnings_ = {};
    for (const Assembly::MissingRoute& missing : assembly.missingRoutes()) {
        const auto& origin = request_.settings.at("plugin." + missing.plugin).at(missing.setting).origin;
        const std::string message = "plugin." + missing.plugin + "." + missing.setting + ": " + missing.message;
        if (missing.fails)
            fail(origin, message, base::Code::badValue);
        else
            warnings_.warning(base::Code::routeMissing, origin, message);
    }
    for (const std::string& warning : assembly.warnings())
        runtime_.log().log(base::Level::warn, "host.plugins", "server.filter_order overrules plugins",
                           {{"reason", std::string_view(warning)}});
    good = good && !failures_.hasErrors();
    // Who cannot be assembled may lack a provider, whose tables are missed.
    const std::optional<MigratorCall> migrator = good && !request_.partial ? generation_->migrator() : std::nullopt;
    return good && (!migrator || accept(migrator->check()));
}

bool GenerationBuilder::accept(const std::vector<MigratorCall::Failure>& failures) {
    for (const MigratorCall::Failure& failure : failures) fail(originOf(failure.plugin), failure.message);
    return failures.empty();
}

GenerationBuilder::Step GenerationBuilder::startOne(const PluginChoice& choice, Instance& instance) {
    // On its way to the disk before the call, whatever that does.
    runtime_.log().log(base::Level::info, "host.plugins", "starting " + choice.name,
                       {{"plugin", std::string_view(choice.name)}, {"id", choice.module->info().id}});
    runtime_.log().flush(startingFlush);
    return settle(choice, instance.start());
}

// Left out now: whoever it served would call into nothing, so the whole generation is made again without it.
GenerationBuilder::Step GenerationBuilder::settle(const PluginChoice& choice,
                                                  const std::optional<std::string>& failure) {
    if (!failure) return Step::done;
    if (!choice.disableOnError) {
        fail(originOf(choice.name), *failure);
        return Step::failed;
    }
    failed(choice, *failure);
    std::erase_if(request_.plugins, [&](const PluginChoice& other) { return other.name == choice.name; });
    return Step::leftOut;
}

GenerationBuilder::Step GenerationBuilder::startProviders(Instance& migrator) {
    std::set<std::string> needed;
    std::vector<const Instance*> open{&migrator};
    while (!open.empty()) {
        const Instance& user = *open.back();
        open.pop_back();
        for (const auto& [service, provider] : user.providers())
            if (needed.insert(provider->name()).second) open.push_back(provider.get());
    }
    for (const PluginChoice& choice : ordered_) {
        const auto instance = generation_->find(choice.name);
        if (instance == nullptr || instance->stage() != Instance::Stage::configured) continue;
        if (instance.get() == &migrator) return settle(choice, instance->openServices());
        if (!needed.contains(choice.name)) continue;
        if (const Step step = startOne(choice, *instance); step != Step::done) return step;
    }
    return Step::done;
}

bool GenerationBuilder::startForMigrator() {
    const std::optional<MigratorCall> migrator = generation_->migrator();
    return !migrator || startProviders(migrator->instance()) == Step::done;
}

GenerationBuilder::Step GenerationBuilder::startAll() {
    if (const std::optional<MigratorCall> migrator = generation_->migrator()) {
        if (const Step step = startProviders(migrator->instance()); step != Step::done) return step;
        if (!accept(migrator->migrate(request_.previous != nullptr))) return Step::failed;
    }
    for (const PluginChoice& choice : ordered_) {
        const auto instance = generation_->find(choice.name);
        if (instance == nullptr || instance->stage() != Instance::Stage::configured) continue;
        if (const Step step = startOne(choice, *instance); step != Step::done) return step;
    }
    return Step::done;
}

bool GenerationBuilder::start() {
    const Step step = startAll();
    if (step != Step::leftOut) return step == Step::done;
    return configureAnew(false) && start();
}

std::shared_ptr<Generation> GenerationBuilder::take() {
    request_.previous.reset(); // whoever ends it waits for nobody here
    return std::move(generation_);
}

void GenerationBuilder::abandon() {
    generation_.reset();
    while (!fresh_.empty()) {
        const auto instance = std::move(fresh_.back());
        fresh_.pop_back();
        instance->drain(std::chrono::steady_clock::now() + runtime_.settings().controlTimeout);
        instance->stop(runtime_.settings().controlTimeout);
        instance->destroy();
    }
}

} // namespace mortise::host
