// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/service/migrations.h>
#include <mortise/setup.hpp>
#include <mortise/sql_dialect.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// What data is lost when a migration is undone, for the operator: drops("the roles of all users").
struct Drops {
    std::string_view what;
};
constexpr Drops drops(std::string_view what) noexcept {
    return {what};
}

namespace detail {

// All migrations of an instance.
struct MigrationDeclarations final : Declarations {
    static constexpr std::string_view id = MORTISE_MIGRATIONS_EXTENSION;

    explicit MigrationDeclarations(const Runtime&) noexcept {}

    std::string_view extension() const noexcept override { return id; }
    void seal() override {
        inC = {sizeof inC, static_cast<std::uint32_t>(migrations.size()), sizeof(mortise_migration), 0,
               migrations.data()};
    }
    const void* table() const noexcept override { return &inC; }

    std::vector<mortise_migration> migrations;
    mortise_plugin_migrations inC{};
};

} // namespace detail

// What Setup::migration() has declared, to say more about it: a handle, which every call returns.
class MigrationBuilder {
public:
    // For Setup.
    MigrationBuilder(detail::Runtime& runtime, std::string_view name, std::string_view sql)
        : runtime_(runtime),
          migrations_(runtime.declarations<detail::MigrationDeclarations>().migrations),
          first_(migrations_.size()) {
        mortise_migration migration{};
        migration.name = runtime.keep(name);
        migration.sql = runtime.keep(sql);
        migrations_.push_back(migration);
    }

    // The statements that undo it, of the dialect that was named last, else of every one.
    MigrationBuilder down(std::string_view sql, Drops lost = {}) {
        mortise_migration& last = migrations_.back();
        last.down = runtime_.keep(sql);
        last.drops = runtime_.keep(lost.what);
        return *this;
    }
    // What runs on databases of this dialect instead.
    MigrationBuilder on(SqlDialect dialect, std::string_view sql) {
        mortise_migration variant{};
        variant.name = migrations_[first_].name;
        variant.flags = migrations_[first_].flags;
        variant.sql = runtime_.keep(sql);
        variant.dialect = runtime_.keep(dialectName(dialect));
        migrations_.push_back(variant);
        return *this;
    }
    // A version of the plugin that does not know it cannot run on what it leaves: it runs at a restart only.
    MigrationBuilder incompatible() {
        for (std::size_t i = first_; i < migrations_.size(); ++i)
            migrations_[i].flags |= MORTISE_MIGRATION_INCOMPATIBLE;
        return *this;
    }

private:
    detail::Runtime& runtime_;
    std::vector<mortise_migration>& migrations_;
    std::size_t first_;
};

inline MigrationBuilder Setup::migration(std::string_view name, std::string_view sql) {
    return {runtime_, name, sql};
}

} // namespace v1
} // namespace mortise
