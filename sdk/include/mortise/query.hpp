// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/database.hpp>
#include <mortise/detail/declared_statements.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// The columns that a result has; 0 of a write.
template<class T>
constexpr std::uint32_t queryColumns() {
    std::uint32_t columns = 0;
    if constexpr (isColumn<OptionalOf<T>>)
        columns = 1;
    else if constexpr (!std::is_void_v<T>)
        if constexpr (isRow<T>()) columns = static_cast<std::uint32_t>(fieldCount<T>);
    return columns;
}

template<class T>
T queryRow(const Row& row) {
    if constexpr (isColumn<OptionalOf<T>>) {
        T value{};
        takeColumn(row, 0, value);
        return value;
    } else {
        return rowAs<T>(row);
    }
}

} // namespace detail

// A statement with its types, a member of a plugin or of what the plugin has as a member:
//
//   mortise::Query<Link(std::string_view)> page{"links.page", "SELECT url, title FROM links WHERE owner = ?"};
//   mortise::Query<void(std::string_view)> remove{"DELETE FROM links WHERE url = ?"};
//
// Where a dialect needs other words the text is sqlText("…").on(SqlDialect::mariadb, "…").
//
// The result is a described struct, whose fields are the columns in order, one column without a struct, or void: a
// write. It declares itself: a check of the configuration prepares it, and the start fails where it does not fit the
// schema or its types. Made elsewhere than in a plugin's constructor or configure it throws Invalid.
template<class Signature>
class Query;

template<class Result, class... Arguments>
class Query<Result(Arguments...)> {
    static constexpr bool isWrite = std::is_void_v<Result>;

public:
    explicit Query(const SqlTexts& sql) : Query({}, sql) {}
    // `name` is for logs and counters; empty: the text, shortened.
    Query(std::string_view name, const SqlTexts& sql, SqlLock lock = SqlLock::none)
        : declared_(&detail::declareStatement(name, sql, static_cast<std::uint32_t>(lock), sizeof...(Arguments),
                                              detail::queryColumns<Result>())) {}

    // By a Database, a database(request) or a Transaction: the first row, or all of them. Throws as Database::read.
    template<class Reader>
    auto one(Reader&& reader, const Arguments&... arguments) const {
        std::optional<Result> found;
        read(reader, arguments..., [&](const Row& row) {
            found = detail::queryRow<Result>(row);
            return false;
        });
        return found;
    }
    template<class Reader>
    auto all(Reader&& reader, const Arguments&... arguments) const {
        std::vector<Result> found;
        read(reader, arguments..., [&](const Row& row) { found.push_back(detail::queryRow<Result>(row)); });
        return found;
    }
    // A write: the number of rows that it matched. Throws as Transaction::execute.
    std::uint64_t run(Transaction& transaction, const Arguments&... arguments) const {
        static_assert(isWrite, "Query::run(): a query with a result has one() and all()");
        return transaction.execute(statement(), v1::bind(arguments...));
    }

    Statement statement() const noexcept {
        const std::uint32_t number = declared_->number.load();
        return {number, number != 0};
    }

private:
    template<class Reader, class Visit>
    void read(Reader&& reader, const Arguments&... arguments, Visit&& visit) const {
        static_assert(!isWrite, "Query<void(…)>: a write has run()");
        reader.read(statement(), v1::bind(arguments...), std::forward<Visit>(visit));
    }

    detail::DeclaredStatement* declared_; // the runtime's
};

} // namespace v1
} // namespace mortise
