// SPDX-License-Identifier: Apache-2.0
#include "migration_command.hpp"

#include "migration_list.hpp"
#include "migration_plan.hpp"
#include "sql_script.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace mortise::database {
namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 64;
constexpr std::string_view usageText = "usage: migrate status | plan | up | down PLUGIN NUMBER [--yes]\n";

std::string step(std::uint32_t statement, std::uint32_t statements) {
    return "statement " + std::to_string(statement) + " of " + std::to_string(statements);
}

class Printing final : public MigrationLog {
public:
    Printing(const MigrationCommand::Print& out, const MigrationCommand::Print& error) : out_(out), error_(error) {}
    void warn(std::string_view, const std::string& message) override { error_("warning: " + message + "\n"); }
    void ran(const Step& one) override {
        out_(std::string(one.owner) + ' ' + std::string(one.name) + ": " +
             (one.statement == one.statements ? "done" : step(one.statement, one.statements)) +
             (one.rows == 0 ? "" : ", " + std::to_string(one.rows) + " rows") + " (" +
             std::to_string(one.took.count()) + " ms)\n");
    }
    void undone(std::string_view owner, std::string_view name) override {
        out_(std::string(owner) + ' ' + std::string(name) + ": undone\n");
    }
    void backedUp(const std::filesystem::path& file) override { out_("backup: " + file.string() + "\n"); }

private:
    const MigrationCommand::Print& out_;
    const MigrationCommand::Print& error_;
};

std::string stateOf(const MigrationRecord& record) {
    if (record.running) return "running, " + step(record.statement, record.statements) + ", since " + record.appliedAt;
    return "done " + record.appliedAt;
}

const MigrationRecord* find(const std::vector<MigrationRecord>& records, std::string_view owner,
                            std::string_view name) {
    const auto found = std::find_if(records.begin(), records.end(), [&](const MigrationRecord& record) {
        return record.owner == owner && record.name == name;
    });
    return found == records.end() ? nullptr : &*found;
}

} // namespace

MigrationCommand::MigrationCommand(Connector& connector, std::span<const Migration> list, Print out, Print error)
    : connector_(connector), list_(list), out_(std::move(out)), error_(std::move(error)) {}

int MigrationCommand::run(std::span<const std::string_view> arguments) {
    const std::string_view action = arguments.empty() ? std::string_view() : arguments.front();
    if (arguments.size() == 1 && action == "status") return status();
    if (arguments.size() == 1 && action == "plan") return plan();
    if (arguments.size() == 1 && action == "up") return up();
    const bool confirmed = arguments.size() == 4 && arguments[3] == "--yes";
    if (action == "down" && (arguments.size() == 3 || confirmed)) return down(arguments[1], arguments[2], confirmed);
    error_(usageText);
    return usage;
}

int MigrationCommand::status() {
    const std::vector<DialectMigration> list = migrationsOf(list_, connector_.dialect());
    const std::vector<MigrationRecord> records = connector_.migrationRecords();
    out_("database " + connector_.name() + " (" + std::string(connector_.dialect()) + ")\n");
    std::vector<std::string_view> owners; // those of the list in its order, then the rest
    const auto add = [&](std::string_view owner) {
        if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
    };
    for (const DialectMigration& one : list) add(one.owner);
    const std::set<std::string_view> enabled(owners.begin(), owners.end());
    for (const MigrationRecord& record : records) add(record.owner);
    for (const std::string_view owner : owners) {
        out_(std::string(owner) + (enabled.contains(owner) ? "\n" : " (no enabled plugin)\n"));
        for (const DialectMigration& one : list) {
            if (one.owner != owner) continue;
            const MigrationRecord* const record = find(records, one.owner, one.name);
            out_("  " + std::string(one.name) + ": " + (record == nullptr ? std::string("pending") : stateOf(*record)) +
                 (record != nullptr && record->checksum != one.checksum ? ", changed since" : "") +
                 (one.incompatible ? ", incompatible with versions before it" : "") + "\n");
        }
        for (const MigrationRecord& record : records) {
            const bool known = std::any_of(list.begin(), list.end(), [&](const DialectMigration& one) {
                return one.owner == record.owner && one.name == record.name;
            });
            if (record.owner == owner && !known)
                out_("  " + record.name + ": " + stateOf(record) +
                     (!enabled.contains(owner) ? ""
                      : record.compatible      ? ", not known to this version, which can run with it"
                                               : ", not known to this version, which cannot run with it") +
                     "\n");
        }
    }
    return done;
}

int MigrationCommand::plan() {
    const std::vector<DialectMigration> list = migrationsOf(list_, connector_.dialect());
    const std::vector<MigrationRecord> records = connector_.migrationRecords();
    const MigrationPlan planned = planMigrations(list, records, connector_.name());
    if (planned.pending.empty()) out_("-- nothing to run on " + connector_.name() + "\n");
    for (const MigrationPlan::Step& one : planned.pending) {
        const std::vector<std::string> statements = statementsOf(one.migration->sql);
        out_("-- " + std::string(one.migration->owner) + ' ' + std::string(one.migration->name) +
             (one.rebuild ? " (incompatible with versions before it: at a restart, after a backup)" : "") +
             (statements.empty() ? " (nothing to do on " + std::string(connector_.dialect()) + ")" : "") + "\n");
        if (one.ran != 0)
            out_("-- " + step(one.ran, static_cast<std::uint32_t>(statements.size())) +
                 " has run, so these are left:\n");
        for (std::size_t i = one.ran; i < statements.size(); ++i) out_(statements[i] + ";\n");
    }
    return done;
}

int MigrationCommand::up() {
    Printing log(out_, error_);
    connector_.migrate(list_, MigrationRun::restart, log);
    return done;
}

int MigrationCommand::down(std::string_view owner, std::string_view number, bool confirmed) {
    std::uint32_t parsed = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), parsed);
    if (error != std::errc() || end != number.data() + number.size() || parsed == 0) {
        error_("'" + std::string(number) + "' is not the number of a migration\n" + std::string(usageText));
        return usage;
    }
    const std::vector<DialectMigration> list = migrationsOf(list_, connector_.dialect());
    const std::vector<MigrationRecord> records = connector_.migrationRecords();
    for (const DialectMigration* one : planUndo(list, records, owner, parsed)) {
        out_("-- undo " + std::string(one->owner) + ' ' + std::string(one->name) + "\n");
        out_("-- loses " + (one->drops.empty() ? "no data" : std::string(one->drops)) + "\n");
        if (confirmed) continue;
        for (const std::string& sql : statementsOf(one->down)) out_(sql + ";\n");
    }
    if (!confirmed) {
        error_(
            "Nothing was changed. To undo this, run the command again with --yes; the next start of this version runs "
            "it again.\n");
        return failed;
    }
    Printing log(out_, error_);
    connector_.undo(list_, owner, parsed, log);
    return done;
}

} // namespace mortise::database
