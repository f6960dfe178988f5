// SPDX-License-Identifier: Apache-2.0
#include "host/assembly.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "host/filter_order.hpp"
#include "host/inputs.hpp"
#include "host/module_names.hpp"

#include <mortise/service/contributions.h>
#include <mortise/service/handover.h>
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
constexpr std::uint32_t knownMigrationFlags = MORTISE_MIGRATION_INCOMPATIBLE;
constexpr std::uint32_t knownCommandFlags = MORTISE_COMMAND_RUNNING_SERVER | MORTISE_COMMAND_UNSTARTED;
constexpr std::uint32_t knownStatementFlags = MORTISE_SQL_COUNTED | MORTISE_SQL_FOR_UPDATE;

// Null: none.
const char* faultOf(const mortise_sql_constraint& constraint) {
    if (constraint.kind < MORTISE_SQL_CONSTRAINT_PRIMARY_KEY || constraint.kind > MORTISE_SQL_CONSTRAINT_VALUES)
        return "has an unknown kind";
    if (constraint.column_count == 0 || constraint.columns == nullptr) return "has no columns";
    if (constraint.kind == MORTISE_SQL_CONSTRAINT_FOREIGN_KEY && constraint.foreign_columns == nullptr)
        return "has no foreign_columns";
    const bool hasKind = constraint.value_kind != MORTISE_SQL_NULL && constraint.value_kind <= MORTISE_SQL_UUID;
    if (constraint.kind == MORTISE_SQL_CONSTRAINT_VALUES && !hasKind) return "has an unknown value_kind";
    return nullptr;
}

std::string lacking(std::uint32_t flags) {
    return flags == MORTISE_ROUTE_IDEMPOTENT ? " is not declared idempotent"
                                             : " is declared without the flags " + std::to_string(flags);
}

std::string quoted(const std::string& name) {
    return "plugin '" + name + "'";
}

bool isCommandName(std::string_view name) {
    constexpr std::size_t longest = 64;
    return !name.empty() && name.size() <= longest && name.front() >= 'a' && name.front() <= 'z' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

} // namespace

template<class Table>
std::optional<Table> Assembly::offered(const Instance& instance, std::string_view id, std::string_view type) {
    const auto* const theirs = static_cast<const Table*>(instance.extension(id));
    if (theirs == nullptr) return std::nullopt;
    if (theirs->struct_size >= firstSize<Table>) return readStruct(*theirs);
    failures_.push_back({instance.name(), quoted(instance.name()) + ": " + structSizeFault(type, *theirs)});
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

void Assembly::missing(const char* id, const std::string& message) {
    const auto found = elsewhere_.extensions.find(id);
    if (found == elsewhere_.extensions.end())
        failures_.push_back({{}, message + ", and none that is installed does"});
    else
        failures_.push_back({found->second.front(), message + hintAt(elsewhere_.extensions, id)});
}

std::vector<Assembly::Failure> Assembly::build() {
    collectRoutes();
    findMissingRoutes();
    buildMatcher();
    collectFilters();
    collectAuthenticator();
    collectMigrations();
    collectStatements();
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
            const std::string wanted = expected.method + ' ' + expected.pattern;
            bool found = false;
            for (const Route* route : generation_.routes_) {
                if (!expected.names(*route)) continue;
                found = true;
                if ((route->flags & expected.flags) != expected.flags)
                    missingRoutes_.push_back({instance->name(), expected.setting,
                                              "the route '" + base::printable(wanted) + "' of " +
                                                  quoted(route->owner->name()) +
                                                  lacking(expected.flags & ~route->flags),
                                              true});
            }
            if (found) continue;
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
            missing(MORTISE_ROUTER_EXTENSION, "no enabled plugin matches routes ('" MORTISE_ROUTER_EXTENSION "')");
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
    const mortise_status status =
        router.build(generation_.routerOwner_->self(), table.data(), static_cast<std::uint32_t>(table.size()),
                     sizeof(mortise_router_route), &generation_.matcher_, error.get());
    if (peerStatus(status) != MORTISE_OK) {
        generation_.matcher_ = nullptr;
        failures_.push_back({generation_.routerOwner_->name(), quoted(generation_.routerOwner_->name()) +
                                                                   ": its router could not be built: " + error.text()});
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
            const auto fault = [&](const std::string& what) {
                failures_.push_back({instance->name(), quoted(instance->name()) + ": filter '" +
                                                           base::printable(text(link.filter.name)) + "' " + what});
            };
            const std::vector<std::string>& named = instance->module().info().filters;
            if (std::find(named.begin(), named.end(), text(filter.name)) == named.end())
                fault("is not among the filters that the plugin's module names; name it in mortise_module.filters, in "
                      "C++ "
                      "in filters() of MORTISE_PLUGIN");
            if (const std::uint32_t unknown = filter.phases & ~knownPhases; unknown != 0)
                fault("names the unknown phase " + std::to_string(unknown));
            if (const std::uint32_t unknown = filter.flags & ~knownFilterFlags; unknown != 0)
                fault("has the unknown flag " + std::to_string(unknown));
            if (filter.placement != MORTISE_PLACEMENT_LOOP && filter.placement != MORTISE_PLACEMENT_WORKER)
                fault("is placed neither on the loop nor on workers");
            all.push_back(link);
        }
    }
    generation_.filterSlots_ = all.size();
    std::vector<FilterNode> nodes;
    nodes.reserve(all.size());
    for (const FilterLink& link : all)
        nodes.push_back({std::string(text(link.filter.name)), link.owner->name(),
                         base::splitList(text(link.filter.before)), base::splitList(text(link.filter.after))});
    FilterOrder order = orderFilters(nodes, generation_.serving().filterOrder, elsewhere_.filters);
    for (const std::string& sentence : order.failures) failures_.push_back({{}, sentence});
    if (complete_) { // else it may be a filter of who is missing
        for (const std::string& sentence : order.unknownNames) failures_.push_back({{}, sentence});
        for (const std::string& sentence : order.badNames)
            failures_.push_back({{}, "server.filter_order: " + sentence, true});
    }
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
    if (generation_.authenticatorOwner_ != nullptr &&
        generation_.authenticator_.placement > MORTISE_PLACEMENT_DATABASE_READ)
        failures_.push_back(
            {generation_.authenticatorOwner_->name(), quoted(generation_.authenticatorOwner_->name()) +
                                                          ": its authenticator has the unknown placement " +
                                                          std::to_string(generation_.authenticator_.placement)});
    if (generation_.authenticatorOwner_ != nullptr && generation_.authenticator_.authenticate != nullptr) return;
    if (!complete_) return;
    for (const Route* route : generation_.routes_)
        if (route->authentication != MORTISE_AUTHENTICATION_NONE) {
            missing(
                MORTISE_AUTHENTICATOR_EXTENSION,
                quoted(route->owner->name()) + ": route '" + route->describe() +
                    "' needs to know the caller, but no enabled plugin authenticates ('" MORTISE_AUTHENTICATOR_EXTENSION
                    "')");
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
            if (const std::uint32_t unknown = migration.flags & ~knownMigrationFlags; unknown != 0)
                failures_.push_back({instance->name(), quoted(instance->name()) + ": migration '" +
                                                           base::printable(text(migration.name)) +
                                                           "' has the unknown flag " + std::to_string(unknown)});
            generation_.schema_.migrations.push_back(migration);
            generation_.schema_.migrations.back().owner = view(instance->name());
        }
    }
    if (generation_.schema_.migrations.empty() || !complete_) return;
    if (generation_.migratorOwner_ == nullptr || generation_.migrator_.migrate == nullptr)
        missing(MORTISE_MIGRATOR_EXTENSION, quoted(std::string(text(generation_.schema_.migrations.front().owner))) +
                                                " owns tables, but no enabled plugin runs migrations "
                                                "('" MORTISE_MIGRATOR_EXTENSION "')");
}

void Assembly::collectStatements() {
    for (const auto& instance : generation_.instances_) {
        const auto list =
            offered<mortise_plugin_statements>(*instance, MORTISE_STATEMENTS_EXTENSION, "mortise_plugin_statements");
        if (!list) continue;
        const Elements<mortise_sql_statement> statements(list->statements, list->statement_count, list->statement_size);
        if (!readable(*instance, statements, "statements", "statement_size", "mortise_sql_statement")) continue;
        for (const mortise_sql_statement& statement : statements) {
            if (const std::uint32_t unknown = statement.flags & ~knownStatementFlags; unknown != 0)
                failures_.push_back({instance->name(), quoted(instance->name()) + ": statement '" +
                                                           base::printable(text(statement.name)) +
                                                           "' has the unknown flag " + std::to_string(unknown)});
            if (statement.dialect > MORTISE_SQL_DIALECT_MARIADB)
                failures_.push_back({instance->name(), quoted(instance->name()) + ": statement '" +
                                                           base::printable(text(statement.name)) +
                                                           "' has the unknown dialect " +
                                                           std::to_string(statement.dialect)});
            generation_.schema_.statements.push_back(statement);
            generation_.schema_.statements.back().owner = view(instance->name());
        }
        const Elements<mortise_sql_constraint> constraints(list->constraints, list->constraint_count,
                                                           list->constraint_size);
        if (!readable(*instance, constraints, "constraints", "constraint_size", "mortise_sql_constraint")) continue;
        for (const mortise_sql_constraint& constraint : constraints) {
            if (const char* const fault = faultOf(constraint); fault != nullptr) {
                failures_.push_back({instance->name(), quoted(instance->name()) + ": a constraint of table '" +
                                                           base::printable(text(constraint.table)) + "' " + fault});
                continue;
            }
            generation_.schema_.constraints.push_back(constraint);
            generation_.schema_.constraints.back().owner = view(instance->name());
        }
    }
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
    for (const auto& instance : generation_.instances_) {
        const auto list =
            offered<mortise_plugin_command>(*instance, MORTISE_COMMAND_EXTENSION, "mortise_plugin_command");
        if (!list) continue;
        const Elements<mortise_command> commands(list->commands, list->command_count, list->command_size);
        if (!readable(*instance, commands, "commands", "command_size", "mortise_command")) continue;
        std::set<std::string_view> names;
        for (const mortise_command& command : commands) {
            const auto fault = [&](const std::string& what) {
                failures_.push_back({instance->name(), quoted(instance->name()) + ": command '" +
                                                           base::printable(text(command.name), 200) + "' " + what});
            };
            if (command.run == nullptr) fault("has no function 'run'");
            if (!isCommandName(text(command.name)))
                fault("has a name that nobody can call it by: a letter, then letters, digits and hyphens (a-z, 0-9)");
            if (const std::uint32_t unknown = command.flags & ~knownCommandFlags; unknown != 0)
                fault("has the unknown flag " + std::to_string(unknown));
            if (!names.insert(text(command.name)).second) fault("is there twice");
            generation_.commands_.push_back({command, instance.get()});
        }
    }
}

void Assembly::buildPoints() {
    std::map<std::string, Instance*> definers;
    for (const auto& instance : generation_.instances_)
        for (const std::string& point : instance->module().info().extensionPoints) {
            const auto [other, fresh] = definers.emplace(point, instance.get());
            if (!fresh)
                failures_.push_back({instance->name(), "plugins '" + other->second->name() + "' and '" +
                                                           instance->name() + "' both define the extension point '" +
                                                           point + "'; disable one of them"});
        }

    std::map<std::string, std::vector<Instance::Collected>> lists;
    std::set<std::string> doubtful; // points that are not built
    std::map<std::pair<std::string, std::string>, const Instance*> names;
    for (const auto& instance : generation_.instances_)
        for (const Contribution& one : instance->contributions()) {
            if (!definers.contains(one.point)) continue; // Generation::uncollected() has it
            const auto [other, fresh] = names.emplace(std::pair(one.point, one.name), instance.get());
            if (!fresh) {
                failures_.push_back({instance->name(), quoted(instance->name()) + ": its contribution '" +
                                                           base::printable(one.name, 200) + "' to '" + one.point +
                                                           "' has a name that plugin '" + other->second->name() +
                                                           "' contributes there, too"});
                doubtful.insert(one.point);
            }
            lists[one.point].push_back({instance.get(), &one});
        }
    for (const auto& [point, definer] : definers) {
        if (doubtful.contains(point)) continue;
        const bool offers = definer->extension(MORTISE_CONTRIBUTIONS_EXTENSION) != nullptr;
        if (offers && !offered<mortise_plugin_contributions>(*definer, MORTISE_CONTRIBUTIONS_EXTENSION,
                                                             "mortise_plugin_contributions"))
            continue;
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

// Instances stand behind those whose services they use.
void Assembly::noteWhoWaits(const Instance& database) {
    for (const auto& instance : generation_.instances_) {
        const auto& providers = instance->providers();
        if (std::any_of(providers.begin(), providers.end(), [&](const auto& one) {
                return one.second.get() == &database || one.second->waitsForDatabase();
            }))
            instance->setWaitsForDatabase();
    }
}

void Assembly::collectTheRest() {
    mortise_plugin_placement placement{};
    Instance* placementOwner = nullptr;
    single(MORTISE_PLACEMENT_EXTENSION, "mortise_plugin_placement", placement, placementOwner);
    if (placementOwner != nullptr && placement.reads_on_loop != nullptr)
        generation_.readsOnLoop_ = placement.reads_on_loop(placementOwner->self()) != 0;
    if (placementOwner != nullptr && placement.width != nullptr) {
        generation_.databaseWidth_ = placement.width(placementOwner->self());
        if (generation_.databaseWidth_ != 0) noteWhoWaits(*placementOwner);
    }
    for (const auto& instance : generation_.instances_) {
        // Used at a reload; said now.
        static_cast<void>(
            offered<mortise_plugin_handover>(*instance, MORTISE_HANDOVER_EXTENSION, "mortise_plugin_handover"));
        if (const auto check =
                offered<mortise_plugin_readiness>(*instance, MORTISE_READINESS_EXTENSION, "mortise_plugin_readiness");
            check && check->check != nullptr)
            generation_.readiness_.push_back({*check, instance.get()});
    }
}

} // namespace mortise::host
