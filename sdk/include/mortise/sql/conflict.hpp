// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/declared_table.hpp>
#include <mortise/sql/keys.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

struct NoConflict {
    template<class Table>
    static void declare() noexcept {}
    template<class Inserted>
    static void write(SqlText&) {}
};

template<class Table>
using GeneratedKey = ColumnAt<Table, keyPlace<Table>(0)>;

} // namespace detail

namespace sql {

// insert(…, skipDuplicates(tags.name)): a row whose unique key of these columns is there already is left out. Any other
// constraint is as strict as ever. The primary key is generated(), and says which rows are new; these columns are all
// that is unique beside it, since MariaDB does not say which key a row met.
template<class... Columns>
struct SkipDuplicates {
    template<class Table>
    static void declare() noexcept {
        static_cast<void>(&detail::declaredOnlyUnique<Table, Columns...>);
    }
    template<class Inserted>
    static void write(detail::SqlText& out) {
        if (out.dialect() == SqlDialect::mariadb) {
            using Key = detail::GeneratedKey<typename Inserted::Table>;
            Key::write(out.put(detail::sqlDoUpdate(out.dialect())));
            Key::write(out.put(" = "));
            return;
        }
        detail::SqlList list(out, detail::sqlConflict);
        (Columns::write(list.next()), ...);
        out.put(detail::sqlDoNothing);
    }
};
template<class... Columns>
constexpr SkipDuplicates<Columns...> skipDuplicates(const Columns&...) {
    static_assert((detail::IsColumn<Columns>::value && ...), "skipDuplicates(): columns");
    static_assert(detail::areUnique<Columns...>(), "skipDuplicates(): the columns are not one unique key of the table");
    static_assert(
        !(detail::rulesOf<Columns>.isKey && ...) && detail::decideAlone<Columns...>(),
        "skipDuplicates(): the table has a key that is generated() and no other unique key beside it: MariaDB "
        "does not say which one a row met");
    return {};
}

// upsert(…, on(posts.slug)): a row whose unique key of these columns is there already is changed instead: all columns
// that the insert has, but for the primary key, that unique key and when the row was created. That key is the only one
// that can be taken: it is the primary key and nothing else is unique, or beside it there is only a primary key that is
// generated().
template<class... Columns>
struct On {
    template<class Table>
    static void declare() noexcept {
        static_cast<void>(&detail::declaredOnlyUnique<Table, Columns...>);
    }
    template<class Inserted>
    static constexpr bool changes = Inserted::template changesBeside<Columns...>;
    template<class Inserted>
    static void write(detail::SqlText& out) {
        if (out.dialect() != SqlDialect::mariadb) {
            detail::SqlList list(out, detail::sqlConflict);
            (Columns::write(list.next()), ...);
        }
        detail::SqlList changes(out, detail::sqlDoUpdate(out.dialect()));
        Inserted::visitChanged([&](const detail::SqlName& name) {
            if (((name.member == detail::rulesOf<Columns>.name.member) || ...)) return;
            changes.next().column(name).put(detail::sqlInserted(out.dialect())).column(name);
            out.put(detail::sqlInsertedEnd(out.dialect()));
        });
    }
};
template<class... Columns>
constexpr On<Columns...> on(const Columns&...) {
    static_assert((detail::IsColumn<Columns>::value && ...), "on(): columns");
    static_assert(detail::areUnique<Columns...>(), "on(): the columns are not one unique key of the table");
    static_assert(detail::decideAlone<Columns...>(),
                  "on(): beside these columns only a key that is generated() may be unique: MariaDB does not say which "
                  "one a row met");
    return {};
}

// insert(…, with(profiles, NewProfile{…})): rows that refer to the inserted one; their foreign key is its key. One, or
// a list of them. Where several columns of that table refer to this one, with(messages.senderId, …) says which.
template<class Source, class V>
struct Children {
    const V& rows;
};
template<class Source, class V,
         std::enable_if_t<detail::IsTable<Source>::value || detail::IsColumn<Source>::value, int> = 0>
constexpr Children<Source, V> with(const Source&, const V& rows) {
    return {rows};
}

} // namespace sql

namespace detail {

template<class T>
struct IsSkip : std::false_type {};
template<class... Columns>
struct IsSkip<sql::SkipDuplicates<Columns...>> : std::true_type {};
template<class T>
struct IsOn : std::false_type {};
template<class... Columns>
struct IsOn<sql::On<Columns...>> : std::true_type {};
template<class T>
struct IsChildren : std::false_type {};
template<class Source, class V>
struct IsChildren<sql::Children<Source, V>> : std::true_type {};

} // namespace detail
} // namespace v1
} // namespace mortise
