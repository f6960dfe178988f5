// SPDX-License-Identifier: Apache-2.0
// plugin_sql FILE…: the SQL of built plugins, as JSON, for tests that try it on a server. Of each file its migrations,
// and the statements that it registers with a database of each dialect.
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/detail/elements.hpp>
#include <mortise/encode.hpp>
#include <mortise/service/database.h>
#include <mortise/service/migrations.h>

#include <iostream>
#include <utility>

namespace {

using mortise::test::FakeCrypto;
using mortise::test::FakeHost;
using mortise::test::FakeInstance;
using mortise::test::textOf;

void put(std::string& out, std::string_view name, const std::string& text) {
    out.append(out.back() == '{' ? "\"" : ",\"").append(name).append("\":");
    mortise::detail::encodeText(out, text);
}
void put(std::string& out, std::string_view name, std::uint64_t number) {
    out.append(",\"").append(name).append("\":").append(std::to_string(number));
}

// Takes every statement and runs none.
class TakesStatements {
public:
    TakesStatements(std::string& out, std::uint32_t dialect) : out_(out), dialect_(dialect) {
        table_.struct_size = sizeof table_;
        table_.statement = [](void* self, const mortise_sql_statement* one, std::uint32_t, std::uint32_t* number,
                              mortise_error*) -> mortise_status {
            *number = static_cast<TakesStatements*>(self)->take(*one);
            return MORTISE_OK;
        };
        table_.read = [](void*, mortise_exchange, std::uint32_t, const mortise_sql_value*, std::uint32_t, std::uint32_t,
                         mortise_sql_row, void*, mortise_sql_failure*,
                         mortise_error*) -> mortise_status { return MORTISE_ERROR; };
        table_.transact = [](void*, mortise_exchange, std::uint32_t, mortise_sql_body, void*, mortise_sql_failure*,
                             mortise_error*) -> mortise_status { return MORTISE_ERROR; };
        table_.data_version = [](void*, std::uint64_t*, mortise_error*) -> mortise_status { return MORTISE_ERROR; };
        table_.dialect = [](void* self) { return static_cast<TakesStatements*>(self)->dialect_; };
    }

    const mortise_database_table* table() const { return &table_; }

private:
    std::uint32_t take(const mortise_sql_statement& one) {
        out_.append(count_++ == 0 ? "{" : ",{");
        put(out_, "name", textOf(one.name));
        put(out_, "sql", textOf(one.sql));
        put(out_, "parameters", one.parameter_count);
        put(out_, "columns", one.column_count);
        put(out_, "flags", one.flags);
        out_.append("}");
        return count_;
    }

    std::string& out_;
    std::uint32_t dialect_;
    std::uint32_t count_ = 0;
    mortise_database_table table_{};
};

void putMigrations(std::string& out, FakeInstance& plugin) {
    const auto* const given = plugin.extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION);
    out.append("\"migrations\":[");
    if (given != nullptr) {
        const mortise::detail::Elements<mortise_migration> all(given->migrations, given->migration_count,
                                                               given->migration_size);
        for (std::uint32_t i = 0; i < given->migration_count; ++i) {
            const mortise_migration one = all[i];
            out.append(i == 0 ? "{" : ",{");
            put(out, "name", textOf(one.name));
            put(out, "dialect", textOf(one.dialect));
            put(out, "sql", textOf(one.sql));
            put(out, "down", textOf(one.down));
            out.append("}");
        }
    }
    out.append("]");
}

void show(std::string& out, const std::string& file) {
    out.append("{");
    put(out, "file", file);
    bool hasMigrations = false;
    for (const auto& [name, dialect] :
         {std::pair{"sqlite", MORTISE_SQL_DIALECT_SQLITE}, std::pair{"mariadb", MORTISE_SQL_DIALECT_MARIADB}}) {
        FakeCrypto crypto;
        FakeHost host;
        std::string statements;
        TakesStatements database(statements, dialect);
        host.give(MORTISE_CRYPTO_SERVICE, crypto.table(), &crypto);
        host.give(MORTISE_DATABASE_SERVICE, database.table(), &database);
        FakeInstance plugin(host, mortise::test::pluginModule(file));
        if (plugin.configure() != MORTISE_OK) throw std::runtime_error(file + ": " + plugin.error());
        if (!std::exchange(hasMigrations, true)) {
            out.append(",");
            putMigrations(out, plugin);
        }
        plugin.start(); // statements are registered first; whether there is all that comes then is of no matter
        out.append(",\"").append(name).append("\":[").append(statements).append("]");
    }
    out.append("}");
}

} // namespace

int main(int count, char** arguments) {
    try {
        std::string out = "[";
        for (int i = 1; i < count; ++i) {
            if (i != 1) out.append(",\n");
            show(out, arguments[i]);
        }
        std::cout << out << "]\n";
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
