// SPDX-License-Identifier: Apache-2.0
#include "host/assembly.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "host/filter_order.hpp"
#include "host/inputs.hpp"
#include "host/module_names.hpp"

#include <mortise/service/loop.h>
#include <mortise/service/routes.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::uint32_t knownPhases = (1u << phaseCount) - 1;
constexpr std::uint32_t knownFilterFlags =
    MORTISE_FILTER_MAY_REPLY | MORTISE_FILTER_MAY_WAIT | MORTISE_FILTER_MAY_WAIT_RESPOND;

std::string quoted(const std::string& name) {
    return "plugin '" + name + "'";
}

} // namespace

template<class Table>
std::optional<Table> Assembly::offered(const Instance& instance, std::string_view id, std::string_view type) {
    const auto* const theirs = static_cast<const Table*>(instance.extension(id));
    if (theirs == nullptr) return std::nullopt;
    if (theirs->struct_size >= firstSize<Table>) return readStruct(*theirs);
    failures_.push_back({instance.name(), quoted(instance.name()) + ": " +
                                              structSizeFault(type, theirs->struct_size, firstSize<Table>)});
    return std::nullopt;
}

template<class Element>
bool Assembly::readable(const Instance& instance, const Elements<Element>& list, std::string_view array,
                        std::string_view member, std::string_view type) {
    if (list.valid()) return true;
    failures_.push_back(
        {instance.name(), quoted(instance.name()) + ": " + strideFault(array, member, type, firstSize<Element>)});
    return false;
}

// The one plugin that offers extension `id`; a second one is a failure.
template<class Table>
void Assembly::single(const char* id, std::string_view type, Table& table, Instance*& owner) {
    for (const auto& instance : generation_.instances_) {
        const auto offer = offered<Table>(*instance, id, type);
        if (!offer) continue;
        if (owner != nullptr) {
            failures_.push_back({instance->name(), "plugins '" + owner->name() + "' and '" + instance->name() +
                                                       "' both offer '" + id + "'; disable one of them"});
            continue;
        }
        table = *offer;
        owner = instance.get();
    }
}

std::vector<Assembly::Failure> Assembly::build() {
    collectRoutes();
    findMissingRoutes();
    buildMatcher();
    collectFilters();
    collectAuthenticator();
    collectMigrations();
    collectLogSink();
    collectCommands();
    collectTheRest();
    buildPoints();
    return std::move(failures_);
}

void Assembly::collectRoutes() {
    for (const auto& instance : generation_.instances_)
        for (const Route& route : instance->routes()) generation_.routes_.push_back(&route);
}

void Assembly::findMissingRoutes() {
    if (!complete_) return; // they may be routes of who is missing
    std::vector<std::string> all;
    for (const Route* route : generation_.routes_) all.push_back(route->describe());
    for (const auto& instance : generation_.instances_)
        for (const ExpectedRoute& expected : instance->expectedRoutes()) {
            const bool found =
                std::any_of(generation_.routes_.begin(), generation_.routes_.end(), [&](const Route* route) {
                    const std::string_view method = methodText(route->method);
                    return route->pattern == expected.pattern && (expected.method == "*" || expected.method == method ||
                                                                  (expected.method == "HEAD" && method == "GET"));
                });
            if (found) continue;
            const std::string wanted = expected.method + ' ' + expected.pattern;
            missingRoutes_.push_back({instance->name(), expected.setting,
                                      left_out_ ? "no plugin in use has the route '" + base::printable(wanted) +
                                                      "'; one that was left out (on_error = disable) may have it"
                                                : "no enabled plugin has the route '" + base::printable(wanted) + "'" +
                                                      base::didYouMean(wanted, all)});
        }
}

void Assembly::buildMatcher() {
    single(MORTISE_ROUTER_EXTENSION, "mortise_plugin_router", generation_.router_, generation_.routerOwner_);
    if (generation_.routerOwner_ == nullptr) {
        if (complete_)
            failures_.push_back({"routing", "no enabled plugin matches routes ('" MORTISE_ROUTER_EXTENSION
                                            "'); set enabled = true in [plugin.routing]"});
        return;
    }
    const mortise_plugin_router& router = generation_.router_;
    if (router.build == nullptr || router.match == nullptr || router.free == nullptr) {
        failures_.push_back({generation_.routerOwner_->name(),
                             quoted(generation_.routerOwner_->name()) + ": its router lacks a function"});
        return;
    }
    std::vector<mortise_router_route> table;
    for (std::size_t i = 0; i < generation_.routes_.size(); ++i)
        table.push_back({view(generation_.routes_[i]->pattern),
                         static_cast<std::uint32_t>(generation_.routes_[i]->method), static_cast<std::uint32_t>(i)});
    CallError error;
    const Instance::Calling calling(*generation_.routerOwner_, "build");
    if (router.build(generation_.routerOwner_->self(), table.data(), static_cast<std::uint32_t>(table.size()),
                     sizeof(mortise_router_route), &generation_.matcher_, error.get()) != MORTISE_OK) {
        generation_.matcher_ = nullptr;
        failures_.push_back(
            {generation_.routerOwner_->name(), quoted(generation_.routerOwner_->name()) + ": " + error.text()});
    }
}

void Assembly::collectFilters() {
    std::vector<FilterLink> all;
    for (const auto& instance : generation_.instances_) {
        const auto list = offered<mortise_plugin_filter>(*instance, MORTISE_FILTER_EXTENSION, "mortise_plugin_filter");
        if (!list) continue;
        const Elements<mortise_filter> filters(list->filters, list->filter_count, list->filter_size);
        if (!readable(*instance, filters, "filters", "filter_size", "mortise_filter")) continue;
        for (const mortise_filter& filter : filters) {
            const FilterLink link{filter, instance.get(), static_cast<std::uint32_t>(all.size())};
            if ((link.filter.phases & ~knownPhases) != 0)
                failures_.push_back({instance->name(), quoted(instance->name()) + ": filter '" +
                                                           std::string(text(link.filter.name)) +
                                                           "' names an unknown phase"});
            if ((link.filter.flags & ~knownFilterFlags) != 0)
                failures_.push_back({instance->name(), quoted(instance->name()) + ": filter '" +
                                                           std::string(text(link.filter.name)) +
                                                           "' has an unknown flag"});
            if (link.filter.placement != MORTISE_PLACEMENT_LOOP && link.filter.placement != MORTISE_PLACEMENT_WORKER)
                failures_.push_back({instance->name(), quoted(instance->name()) + ": filter '" +
                                                           std::string(text(link.filter.name)) +
                                                           "' is placed neither on the loop nor on workers"});
            all.push_back(link);
        }
    }
    generation_.filterSlots_ = all.size();
    std::vector<FilterNode> nodes;
    nodes.reserve(all.size());
    for (const FilterLink& link : all)
        nodes.push_back({std::string(text(link.filter.name)), link.owner->name(),
                         base::splitList(text(link.filter.before)), base::splitList(text(link.filter.after))});
    FilterOrder order = orderFilters(nodes, generation_.serving().filterOrder);
    for (const std::string& sentence : order.failures) failures_.push_back({{}, sentence});
    if (complete_) // else it may be a filter of who is missing
        for (const std::string& sentence : order.badNames)
            failures_.push_back({{}, "server.filter_order: " + sentence, true});
    warnings_ = std::move(order.warnings);
    for (const std::size_t index : order.order)
        for (std::size_t phase = 0; phase < phaseCount; ++phase) {
            const FilterLink& link = all[index];
            if ((link.filter.phases >> phase & 1) == 0) continue;
            const bool callable = phase < 6    ? link.filter.on_request != nullptr
                                  : phase == 6 ? link.filter.on_respond != nullptr
                                               : link.filter.on_finish != nullptr;
            if (callable) generation_.filters_[phase].push_back(link);
        }
}

void Assembly::collectAuthenticator() {
    single(MORTISE_AUTHENTICATOR_EXTENSION, "mortise_plugin_authenticator", generation_.authenticator_,
           generation_.authenticatorOwner_);
    if (generation_.authenticatorOwner_ != nullptr && generation_.authenticator_.authenticate != nullptr) return;
    if (!complete_) return;
    for (const Route* route : generation_.routes_)
        if (route->authentication != MORTISE_AUTHENTICATION_NONE) {
            failures_.push_back(
                {"auth", quoted(route->owner->name()) + ": route '" + route->describe() +
                             "' needs to know the caller, but no enabled plugin authenticates; set enabled = true in "
                             "[plugin.auth]"});
            return;
        }
}

void Assembly::collectMigrations() {
    single(MORTISE_MIGRATOR_EXTENSION, "mortise_plugin_migrator", generation_.migrator_, generation_.migratorOwner_);
    for (const auto& instance : generation_.instances_) {
        const auto list =
            offered<mortise_plugin_migrations>(*instance, MORTISE_MIGRATIONS_EXTENSION, "mortise_plugin_migrations");
        if (!list) continue;
        const Elements<mortise_migration> migrations(list->migrations, list->migration_count, list->migration_size);
        if (!readable(*instance, migrations, "migrations", "migration_size", "mortise_migration")) continue;
        for (const mortise_migration& migration : migrations) {
            generation_.migrations_.push_back(migration);
            generation_.migrations_.back().owner = view(instance->name());
        }
    }
    if (generation_.migrations_.empty() || !complete_) return;
    if (generation_.migratorOwner_ == nullptr || generation_.migrator_.migrate == nullptr)
        failures_.push_back(
            {"database", quoted(std::string(text(generation_.migrations_.front().owner))) +
                             " owns tables, but no enabled plugin runs migrations; set enabled = true in "
                             "[plugin.database]"});
}

void Assembly::collectLogSink() {
    mortise_plugin_log_sink sink{};
    Instance* sinkOwner = nullptr;
    single(MORTISE_LOG_SINK_EXTENSION, "mortise_plugin_log_sink", sink, sinkOwner);
    if (sinkOwner != nullptr) {
        struct Held {
            LogSink sink;
            std::shared_ptr<Instance> owner;
        };
        auto held =
            std::make_shared<Held>(Held{{sinkOwner->owner(), sink, sinkOwner->self()}, sinkOwner->shared_from_this()});
        generation_.logSink_ = std::shared_ptr<const LogSink>(held, &held->sink);
    }
}

void Assembly::collectCommands() {
    std::map<std::string, std::string> commandOwners;
    for (const auto& instance : generation_.instances_) {
        const auto list =
            offered<mortise_plugin_command>(*instance, MORTISE_COMMAND_EXTENSION, "mortise_plugin_command");
        if (!list) continue;
        const Elements<mortise_command> commands(list->commands, list->command_count, list->command_size);
        if (!readable(*instance, commands, "commands", "command_size", "mortise_command")) continue;
        for (const mortise_command& command : commands) {
            if (command.run == nullptr) {
                failures_.push_back({instance->name(), quoted(instance->name()) + ": command '" +
                                                           std::string(text(command.name)) +
                                                           "' has no function 'run'"});
                continue;
            }
            const auto [other, fresh] = commandOwners.emplace(text(command.name), instance->name());
            if (!fresh)
                failures_.push_back({instance->name(), "plugins '" + other->second + "' and '" + instance->name() +
                                                           "' both have a command '" + other->first + "'"});
            generation_.commands_.push_back({command, instance.get()});
        }
    }
}

void Assembly::buildPoints() {
    std::map<std::string, Instance*> definers;
    std::vector<std::string> known;
    for (const auto& instance : generation_.instances_)
        for (const std::string& point : instance->module().info().extensionPoints) {
            const auto [other, fresh] = definers.emplace(point, instance.get());
            if (!fresh)
                failures_.push_back({instance->name(), "plugins '" + other->second->name() + "' and '" +
                                                           instance->name() + "' both define the extension point '" +
                                                           point + "'; disable one of them"});
            known.push_back(point);
        }
    for (const auto& [point, plugin] : pointsElsewhere_) known.push_back(point);

    std::map<std::string, std::vector<Instance::Collected>> lists;
    std::set<std::string> doubtful; // points that are not built
    std::map<std::pair<std::string, std::string>, const Instance*> names;
    for (const auto& instance : generation_.instances_)
        for (const Contribution& one : instance->contributions()) {
            const std::string told = quoted(instance->name()) + ": its contribution '" +
                                     base::printable(one.name, 200) + "' to '" + base::printable(one.point, 200) + "'";
            if (!definers.contains(one.point)) {
                if (complete_ && !left_out_ && !pointsElsewhere_.contains(one.point))
                    failures_.push_back({instance->name(), told + ": no installed plugin defines that extension point" +
                                                               base::didYouMean(one.point, known)});
                continue;
            }
            const auto [other, fresh] = names.emplace(std::pair(one.point, one.name), instance.get());
            if (!fresh) {
                failures_.push_back({instance->name(), told + " has a name that plugin '" + other->second->name() +
                                                           "' contributes there, too"});
                doubtful.insert(one.point);
            }
            lists[one.point].push_back({instance.get(), &one});
        }
    for (const auto& [point, definer] : definers) {
        if (doubtful.contains(point)) continue;
        std::vector<RefusedContribution> refused;
        auto object = definer->buildPoint(point, lists[point], generation_.number(), refused);
        for (const RefusedContribution& one : refused) {
            const auto owner = names.find(std::pair(one.point, one.name));
            const std::string name = owner == names.end() ? definer->name() : owner->second->name();
            failures_.push_back({name, quoted(name) + ": plugin '" + definer->name() + "' refused its contribution '" +
                                           base::printable(one.name, 200) + "' to '" + point + "': " + one.message});
        }
        if (object)
            generation_.pointObjects_.push_back(std::move(object).value());
        else if (refused.empty())
            failures_.push_back({definer->name(), quoted(definer->name()) + ": its extension point '" + point +
                                                      "' could not be built: " + object.fault()});
    }
}

void Assembly::collectTheRest() {
    mortise_plugin_placement placement{};
    Instance* placementOwner = nullptr;
    single(MORTISE_PLACEMENT_EXTENSION, "mortise_plugin_placement", placement, placementOwner);
    if (placementOwner != nullptr && placement.reads_on_loop != nullptr)
        generation_.readsOnLoop_ = placement.reads_on_loop(placementOwner->self()) != 0;
    for (const auto& instance : generation_.instances_)
        if (const auto check =
                offered<mortise_plugin_readiness>(*instance, MORTISE_READINESS_EXTENSION, "mortise_plugin_readiness");
            check && check->check != nullptr)
            generation_.readiness_.push_back({*check, instance.get()});
}

} // namespace mortise::host
