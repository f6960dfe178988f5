// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/commands.hpp>
#include <mortise/detail/extensions.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/migrations.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

namespace detail {

// A list that a migrator gets, borrowed for the call, and how it says what is wrong with an element.
template<class Element>
class CheckedList : public Elements<Element> {
public:
    CheckedList(const Elements<Element>& elements, mortise_migration_fault call, void* context) noexcept
        : Elements<Element>(elements), fault_(call), context_(context) {}

    // What is wrong with the element at `index`, for the operator, who sees it at its owner's line. The call fails.
    void fault(std::size_t index, std::string_view message) const {
        faulty_ = true;
        fault_(context_, static_cast<std::uint32_t>(index), view(message));
    }
    bool faulty() const noexcept { return faulty_; }

private:
    mortise_migration_fault fault_;
    void* context_;
    mutable bool faulty_ = false;
};

} // namespace detail

// The migrations of all plugins, owners in dependency order.
class Migrations : public detail::CheckedList<mortise_migration> {
public:
    explicit Migrations(const mortise_migration_list& list) noexcept
        : CheckedList({list.migrations, list.migration_count, list.migration_size}, list.fault, list.context) {}
};

// The statements that plugins declare, and the constraints that they rely on.
class DeclaredStatements : public detail::CheckedList<mortise_sql_statement> {
public:
    explicit DeclaredStatements(const mortise_statement_list& list) noexcept
        : CheckedList({list.statements, list.statement_count, list.statement_size}, list.fault, list.context),
          constraints({list.constraints, list.constraint_count, list.constraint_size}, list.constraint_fault,
                      list.context) {}
    bool faulty() const noexcept { return CheckedList::faulty() || constraints.faulty(); }

    const detail::CheckedList<mortise_sql_constraint> constraints;
};

enum class MigrationRun : std::uint32_t {
    restart,
    live, // another generation serves meanwhile: only what expands a schema may run
};

// For the plugin that owns the database to derive from: mortise.plugin.migrator/1.
class Migrator {
public:
    virtual ~Migrator() = default;
    // [control] Runs what has not run, under a lock that other processes respect; then the schema has the constraints.
    // Throws.
    virtual void migrate(const Migrations& migrations, MigrationRun run, const DeclaredStatements& statements) = 0;
    // [control] After `configure`, also in a configuration check: whether they can run on an empty database, and leave
    // a schema as it should be, which takes the statements and has the constraints. Opens no database. Throws.
    virtual void check(const Migrations& /*migrations*/, const DeclaredStatements& /*statements*/) {}
    // [control] `mortised migrate ARGUMENT…`, see service/migrations.h. Returns the exit code.
    virtual int command(const Migrations& migrations, const Arguments& arguments, CommandSession& session) = 0;
};

namespace detail {

template<class T>
struct InterfaceId<Migrator, T> {
    static constexpr std::string_view value = MORTISE_MIGRATOR_EXTENSION;
};

// The C table behind it. T is the author's class; `self` is a T*.
template<class T>
const mortise_plugin_migrator* migratorTable() noexcept {
    static constexpr auto checked = [](const mortise_migration_list* list, const mortise_statement_list* declared,
                                       mortise_error* error, auto&& call) -> mortise_status {
        return guard(error, [&]() -> mortise_status {
            const Migrations migrations(*list);
            const DeclaredStatements statements(*declared);
            call(migrations, statements);
            if (!migrations.faulty() && !statements.faulty()) return MORTISE_OK;
            tell(error, "some of them cannot run");
            return MORTISE_ERROR;
        });
    };
    static constexpr mortise_plugin_migrator table = {
        sizeof(mortise_plugin_migrator),
        0,
        [](void* self, std::uint32_t flags, const mortise_migration_list* list, const mortise_statement_list* declared,
           mortise_error* error) {
            const MigrationRun run = (flags & MORTISE_MIGRATE_LIVE) != 0 ? MigrationRun::live : MigrationRun::restart;
            return checked(list, declared, error, [&](const Migrations& migrations, const DeclaredStatements& all) {
                as<Migrator, T>(self).migrate(migrations, run, all);
            });
        },
        [](void* self, const mortise_migration_list* list, const mortise_statement_list* declared,
           mortise_error* error) {
            return checked(list, declared, error, [&](const Migrations& migrations, const DeclaredStatements& all) {
                as<Migrator, T>(self).check(migrations, all);
            });
        },
        [](void* self, const mortise_migration_list* list, const mortise_view* arguments, std::uint32_t count,
           const mortise_command_session* session) {
            const Migrations migrations(*list);
            return runCommand(
                [&](const Arguments& given, CommandSession& caller) {
                    return as<Migrator, T>(self).command(migrations, given, caller);
                },
                arguments, count, session);
        },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
