// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/declaration_scope.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/service/database.h>
#include <mortise/sql_dialect.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// A statement that an instance declares before it starts. The runtime's, which keeps its texts.
struct DeclaredStatement {
    mortise_sql_statement raw{}; // in SQLite's words
    mortise_view mariadb{};
    Word<std::uint32_t> number{0}; // from the instance's start on

    mortise_sql_statement on(std::uint32_t dialect) const noexcept {
        mortise_sql_statement one = raw;
        if (dialect == MORTISE_SQL_DIALECT_MARIADB) one.sql = mariadb;
        return one;
    }
};

struct StatementDeclarations;

// The statements that the typed queries of this file declare, and the constraints that their tables do, where the file
// has any; set while it is loaded. `dialect`: MORTISE_SQL_DIALECT_…
struct FileStatements {
    using Use = void (*)(void* context, const mortise_sql_statement& statement);
    inline static void (*visit)(std::uint32_t dialect, Use use, void* context) = nullptr;
    inline static void (*declareConstraints)(StatementDeclarations& declarations) = nullptr;
};
// use(const mortise_sql_statement&) for each; its texts are borrowed for the call.
template<class Use>
void forFileStatements(std::uint32_t dialect, Use&& use) {
    if (FileStatements::visit == nullptr) return;
    const auto call = [](void* context, const mortise_sql_statement& one) {
        (*static_cast<std::remove_reference_t<Use>*>(context))(one);
    };
    FileStatements::visit(dialect, call, &use);
}

inline std::uint32_t registerStatement(const Service<mortise_database_table>& service,
                                       const mortise_sql_statement& statement) {
    std::uint32_t number = 0;
    ErrorText error;
    const mortise_status status =
        service.table.statement(service.self, &statement, sizeof statement, &number, error.raw());
    if (status != MORTISE_OK) {
        std::string what = "statement '";
        what.append(text(statement.name)).append("' (").append(text(statement.sql)).append(")");
        raise(status, what.c_str(), error);
    }
    return number;
}
// All statements and constraints of an instance.
struct StatementDeclarations final : Declarations {
    static constexpr std::string_view id = MORTISE_STATEMENTS_EXTENSION;

    explicit StatementDeclarations(Runtime& of) noexcept : runtime(of) {}

    std::string_view extension() const noexcept override { return id; }
    // Which database there is nobody knows yet: the texts of all dialects.
    void seal() override {
        constexpr std::uint32_t dialects[] = {MORTISE_SQL_DIALECT_SQLITE, MORTISE_SQL_DIALECT_MARIADB};
        for (const auto& declared : statements) {
            const bool isOfAll = text(declared->raw.sql) == text(declared->mariadb);
            for (const std::uint32_t dialect : dialects) {
                if (isOfAll && dialect != dialects[0]) continue;
                raw.push_back(declared->on(dialect));
                raw.back().dialect = isOfAll ? 0 : dialect;
            }
        }
        if (hasFile)
            for (const std::uint32_t dialect : dialects)
                forFileStatements(dialect, [&](mortise_sql_statement one) {
                    one.dialect = dialect;
                    one.name = runtime.keep(text(one.name));
                    one.sql = runtime.keep(text(one.sql));
                    raw.push_back(one);
                });
        if (hasFile && FileStatements::declareConstraints != nullptr) FileStatements::declareConstraints(*this);
        inC = {sizeof inC,
               static_cast<std::uint32_t>(raw.size()),
               sizeof(mortise_sql_statement),
               static_cast<std::uint32_t>(constraints.size()),
               sizeof(mortise_sql_constraint),
               0,
               raw.data(),
               constraints.data()};
    }
    const void* table() const noexcept override { return raw.empty() ? nullptr : &inC; }
    // Where the database is absent, and the plugin does not need it, the statements stay without numbers.
    void start(const mortise_host& host, IsNeeded isNeeded) override {
        if (raw.empty()) return;
        const auto service = resolve<mortise_database_table>(&host, MORTISE_DATABASE_SERVICE);
        if (service.table.statement == nullptr || service.table.dialect == nullptr) {
            if (isNeeded(MORTISE_DATABASE_SERVICE)) throw Absent(MORTISE_DATABASE_SERVICE);
            return;
        }
        const std::uint32_t dialect = service.table.dialect(service.self);
        for (const auto& declared : statements)
            declared->number.store(registerStatement(service, declared->on(dialect)));
        // Those of typed queries are found again when they are first used.
        if (hasFile)
            forFileStatements(dialect, [&](const mortise_sql_statement& one) { registerStatement(service, one); });
    }

    Runtime& runtime;
    bool hasFile = false; // those of FileStatements, too
    std::vector<Owned<DeclaredStatement>> statements;
    std::vector<mortise_sql_statement> raw; // of all
    std::vector<mortise_sql_constraint> constraints;
    std::vector<std::vector<mortise_view>> constraintColumns;
    mortise_plugin_statements inC{};
};

// FileDeclarations::declare of a file that has any of FileStatements.
inline void declareFileStatements(Runtime& runtime) {
    runtime.declarations<StatementDeclarations>().hasFile = true;
}

inline DeclaredStatement& declareStatement(std::string_view name, const SqlTexts& sql, std::uint32_t flags,
                                           std::uint32_t parameters, std::uint32_t columns) {
    Runtime* const runtime = DeclarationScope::runtime();
    if (runtime == nullptr)
        throw Invalid("a Query is a member of its plugin, or of what is one, or is made in configure()");
    auto made = Owned<DeclaredStatement>::make();
    made->raw.flags = flags | MORTISE_SQL_COUNTED;
    made->raw.parameter_count = parameters;
    made->raw.column_count = columns;
    made->raw.name = runtime->keep(name);
    made->raw.sql = runtime->keep(sql.text(SqlDialect::sqlite));
    made->mariadb = runtime->keep(sql.text(SqlDialect::mariadb));
    auto& statements = runtime->declarations<StatementDeclarations>().statements;
    statements.push_back(std::move(made));
    return *statements.back();
}

} // namespace detail
} // namespace v1
} // namespace mortise
