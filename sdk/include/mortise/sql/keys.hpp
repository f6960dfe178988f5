// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/table.hpp>

// Which columns a key has, and which a constraint.
namespace mortise {
inline namespace v1 {
namespace detail {

template<class Table>
constexpr std::size_t keyCount = [] {
    std::size_t count = 0;
    for (const ColumnRules& rules : tableRules<Table>) count += rules.isKey ? 1 : 0;
    return count;
}();

// The place of the nth column of the primary key.
template<class Table>
constexpr std::size_t keyPlace(std::size_t n) {
    std::size_t place = 0;
    while (!tableRules<Table>[place].isKey || n-- != 0) ++place;
    return place;
}

// Conditions that the key is these values.
template<class Table, std::size_t n, class First, class... More>
auto keyTest(const First& first, const More&... more) {
    auto test = compare<sql::Equal, ColumnAt<Table, keyPlace<Table>(n)>>(first);
    if constexpr (sizeof...(More) == 0) {
        return test;
    } else {
        auto others = keyTest<Table, n + 1>(more...);
        return sql::Joined<decltype(test), decltype(others), true>(std::move(test), std::move(others));
    }
}
template<class Table, class... Values>
auto keyIs(const Values&... values) {
    static_assert(keyCount<Table> != 0, "the table has no column that is its key()");
    static_assert(keyCount<Table> == sizeof...(Values), "as many values as the table's key has columns");
    return keyTest<Table, 0>(values...);
}

// Whether exactly these columns are the primary key or one unique constraint.
template<class First, class... More>
constexpr bool areUnique() {
    using Table = typename First::Table;
    static_assert((std::is_same_v<Table, typename More::Table> && ...), "columns of one table");
    constexpr const ColumnRules& first = rulesOf<First>;
    constexpr std::size_t given = 1 + sizeof...(More);
    if (first.isKey && (rulesOf<More>.isKey && ...) && keyCount<Table> == given) return true;
    if (!first.isUnique || !((rulesOf<More>.isUnique && rulesOf<More>.uniqueName == first.uniqueName) && ...))
        return false;
    if (first.uniqueName.empty()) return given == 1;
    std::size_t together = 0;
    for (const ColumnRules& rules : tableRules<Table>) together += rules.uniqueName == first.uniqueName ? 1 : 0;
    return together == given;
}

// How many unique constraints the table declares beside its primary key.
template<class Table>
constexpr std::size_t uniqueCount = [] {
    std::size_t count = 0;
    for (std::size_t i = 0; i < columnCount<Table>; ++i) {
        const ColumnRules& one = tableRules<Table>[i];
        bool isFirst = one.isUnique;
        for (std::size_t before = 0; before < i; ++before)
            if (!one.uniqueName.empty() && tableRules<Table>[before].uniqueName == one.uniqueName) isFirst = false;
        count += isFirst ? 1 : 0;
    }
    return count;
}();
// Whether the primary key is one column that an insert fills with what nobody has.
template<class Table>
constexpr bool hasGeneratedKey() {
    if constexpr (keyCount<Table> == 1)
        return tableRules<Table>[keyPlace<Table>(0)].isGenerated;
    else
        return false;
}
// Whether these columns, which are unique, are the only ones that an insert can find taken.
template<class First, class... More>
constexpr bool decideAlone() {
    using Table = typename First::Table;
    if (rulesOf<First>.isKey && (rulesOf<More>.isKey && ...) && keyCount<Table> == 1 + sizeof...(More))
        return uniqueCount<Table> == 0;
    return uniqueCount<Table> == 1 && hasGeneratedKey<Table>();
}

template<class T>
struct TypeBox {
    using Type = T;
};

// The place of the only column of `From` that references `To`; columnCount: none or several.
template<class From, class To>
constexpr std::size_t onlyForeignKey() {
    std::size_t found = columnCount<From>;
    for (std::size_t i = 0; i < columnCount<From>; ++i) {
        if (tableRules<From>[i].foreignTable != To::mortiseTable) continue;
        if (found != columnCount<From>) return columnCount<From>;
        found = i;
    }
    return found;
}

// Of the table that a foreign key references, the place of the column there.
template<class Foreign, class Other>
constexpr std::size_t referredPlace = columnNamed<Other>(rulesOf<Foreign>.foreignColumn.member);

} // namespace detail
} // namespace v1
} // namespace mortise
