// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/declared_statements.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/service/database.h>
#include <mortise/sql/dialect.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// One type of typed query, and the statements that it can be: one for each of its variants (which optional filters are
// there, how many rows an INSERT has). All shapes of a file are in one list from the moment it is loaded, whether or
// not the code that uses them ever runs.
class SqlShape {
public:
    using Text = std::string (*)(SqlDialect dialect, std::uint32_t variant);

    // Statement has text(dialect, variant), empty where that dialect has no such statement, columns (of a row), `verb`,
    // for its name, and what StatementAbout has.
    template<class Statement>
    static SqlShape of() noexcept {
        return SqlShape(Statement{});
    }
    SqlShape(const SqlShape&) = delete;
    SqlShape& operator=(const SqlShape&) = delete;

    // For logs and counters: "posts.select".
    std::string name() const { return std::string(subject).append(1, '.').append(verb); }
    // One of its statements in C, with its name and its text, which are borrowed. Each '?' is a parameter.
    mortise_sql_statement statement(std::string_view named, std::string_view sql) const noexcept {
        mortise_sql_statement one{};
        one.flags = MORTISE_SQL_COUNTED | flags;
        for (const char c : sql) one.parameter_count += c == '?' ? 1 : 0;
        one.column_count = columns;
        one.name = view(named);
        one.sql = view(sql);
        return one;
    }

    // Whether the variant is registered before anything runs. Of sets of optional filters that are none, all and each
    // filter alone, in which every name and comparison stands; any other is registered when it first comes.
    bool isDeclared(std::uint32_t variant) const noexcept {
        return !isFiltered || variant + 1 == variants || (variant & (variant - 1)) == 0;
    }

    const Text text;
    const std::uint32_t variants;
    const bool isFiltered;
    const std::uint32_t flags;
    const std::uint32_t columns;
    const std::string_view subject;
    const std::string_view verb;
    const std::uint32_t first; // number of the first variant in the file
    const SqlShape* const next;

    // Written only while the file is loaded, on one thread.
    inline static const SqlShape* newest = nullptr;
    inline static std::uint32_t total = 0; // of variants

private:
    template<class Statement>
    explicit SqlShape(Statement) noexcept
        : text(&Statement::text),
          variants(Statement::variants),
          isFiltered(Statement::isFiltered),
          flags(Statement::flags),
          columns(Statement::columns),
          subject(Statement::subject),
          verb(Statement::verb),
          first(total),
          next(newest) {
        newest = this;
        total += Statement::variants;
        FileStatements::visit = &visitAll;
        FileDeclarations::declare = &declareFileStatements;
        Statement::declareTables();
    }
    static void visitAll(std::uint32_t dialect, FileStatements::Use use, void* context) {
        for (const SqlShape* shape = newest; shape != nullptr; shape = shape->next) {
            const std::string name = shape->name();
            for (std::uint32_t variant = 0; variant < shape->variants; ++variant) {
                if (!shape->isDeclared(variant)) continue;
                const std::string sql = shape->text(static_cast<SqlDialect>(dialect), variant);
                if (sql.empty()) continue; // there is none of that dialect
                use(context, shape->statement(name, sql));
            }
        }
    }
};

template<class Statement>
inline const SqlShape sqlShape = SqlShape::of<Statement>();

// The statements that a type of query with columns() can be besides: one for each set of its columns and of its
// optional filters that came, up to `maximumSets`; those that come later are read with all columns. A set is a bit for
// each member of the result that is a column.
class SqlProjection {
public:
    using Text = std::string (*)(SqlDialect dialect, std::uint32_t variant, std::uint64_t columns);
    static constexpr std::uint32_t maximumSets = 32;
    static constexpr unsigned maxMembers = 57; // beside 6 bits for a variant and one that is set, in one word

    // Result says which members are columns.
    template<class Statement, class Result>
    static SqlProjection of(const SqlShape& shape) noexcept {
        return SqlProjection(Statement{}, Result{}, shape);
    }
    SqlProjection(const SqlProjection&) = delete;
    SqlProjection& operator=(const SqlProjection&) = delete;

    // Never 0.
    static constexpr std::uint64_t key(std::uint32_t variant, std::uint64_t columns) noexcept {
        return std::uint64_t{1} << 63 | std::uint64_t{variant} << maxMembers | columns;
    }

    const SqlShape& shape; // with all columns
    const Text text;
    const std::uint64_t all;
    const std::uint32_t others; // columns that are there in every set
    const std::uint32_t first;  // number of its first set in the file

    // Written only while the file is loaded, on one thread.
    inline static std::uint32_t total = 0;

private:
    template<class Statement, class Result>
    SqlProjection(Statement, Result, const SqlShape& whole) noexcept
        : shape(whole),
          text(&Statement::projectedText),
          all(Result::allColumns),
          others(Statement::otherColumns),
          first(total) {
        total += maximumSets;
    }
};

template<class Statement, class Result>
inline const SqlProjection sqlProjection = SqlProjection::of<Statement, Result>(sqlShape<Statement>);

// The numbers by which the database of one instance knows the statements of this file. Thread-safe, without a lock:
// whoever comes first registers a statement, and who comes at the same time gets the same number.
class SqlNumbers {
public:
    SqlNumbers() : numbers_(SqlShape::total), sets_(SqlProjection::total) {}

    // 0: not registered yet.
    std::uint32_t find(std::size_t place) const noexcept { return __atomic_load_n(&numbers_[place], __ATOMIC_ACQUIRE); }
    void store(std::size_t place, std::uint32_t number) noexcept {
        __atomic_store_n(&numbers_[place], number, __ATOMIC_RELEASE);
    }

    // Of a set of columns, once it has a place, which it keeps; null: there is none left. 0 as find(); `none`: it has
    // no statement.
    static constexpr std::uint32_t none = 0xffffffffu;
    std::uint32_t* ofColumns(const SqlProjection& projection, std::uint64_t key) noexcept {
        // Places are taken in order, so that whoever finds one free has seen all sets that there are.
        for (std::uint32_t i = 0; i < SqlProjection::maximumSets; ++i) {
            Set& set = sets_[projection.first + i];
            std::uint64_t found = __atomic_load_n(&set.key, __ATOMIC_ACQUIRE);
            if (found == 0 &&
                __atomic_compare_exchange_n(&set.key, &found, key, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
                return &set.number;
            if (found == key) return &set.number;
        }
        return nullptr;
    }

private:
    struct Set {
        std::uint64_t key = 0;
        std::uint32_t number = 0;
    };
    std::vector<std::uint32_t> numbers_;
    std::vector<Set> sets_;
};

// More optional filters than this do not compile: each of them doubles the statements that may come to be registered.
constexpr unsigned maxMaybes = 6;

} // namespace detail
} // namespace v1
} // namespace mortise
