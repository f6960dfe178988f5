// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/text.hpp>
#include <mortise/sql/value.hpp>

#include <optional>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace sql {

// What a SELECT can name: a column, an aggregate.
struct Selectable {};
template<class T>
constexpr bool isSelectable = std::is_base_of_v<Selectable, T>;

// A value that may be absent, and its condition with it.
template<class T>
struct Maybe {
    using Value = T;
    std::optional<T> value;
};

} // namespace sql

namespace detail {

// Of a column; defined with the tables.
template<class Column>
constexpr ColumnForm columnForm() noexcept;

// How an expression holds a value: text that somebody else owns by reference, all else by value.
template<class V>
struct Held {
    using Plain = std::remove_cv_t<std::remove_reference_t<V>>;
    using Type = std::conditional_t<std::is_convertible_v<V, std::string_view> &&
                                        !(std::is_same_v<Plain, std::string> && !std::is_lvalue_reference_v<V>),
                                    std::string_view, Plain>;
};
template<class V>
using HeldAs = typename Held<V>::Type;

template<class T>
struct IsMaybeOperand : std::false_type {};
template<class T>
struct IsMaybeOperand<sql::Maybe<T>> : std::true_type {};

// One parameter that is compared with a column of that form.
template<class T, ColumnForm form = ColumnForm::plain>
struct BoundOperand {
    T value;

    static constexpr unsigned slots = 1;
    static constexpr unsigned maybes = 0;
    template<class... Tables>
    static constexpr bool isOf = true;
    static void write(SqlText& out) { out.put("?"); }
    void bind(Binder& out) const noexcept { out.put(toCompared<form>(value)); }
};
template<class T, ColumnForm form = ColumnForm::plain>
struct MaybeOperand {
    std::optional<T> value;

    static constexpr unsigned slots = 1;
    static constexpr unsigned maybes = 1;
    template<class... Tables>
    static constexpr bool isOf = true;
    bool isPresent() const noexcept { return value.has_value(); }
    static void write(SqlText& out) { out.put("?"); }
    void bind(Binder& out) const noexcept { out.put(toCompared<form>(*value)); }
};
// One that is stored in such a column.
template<class T, ColumnForm form>
struct StoredOperand {
    T value;

    static constexpr unsigned slots = 1;
    static void write(SqlText& out) { out.put("?"); }
    void bind(Binder& out) const noexcept { out.put(toStored<form>(value)); }
};
// A column plus or minus something.
template<class Left, class Right, bool isPlus>
struct Sum {
    Right right;

    using Plain = typename Left::Plain;
    static constexpr unsigned slots = Right::slots;
    static constexpr unsigned maybes = 0;
    template<class... Tables>
    static constexpr bool isOf = Left::template isOf<Tables...>&& Right::template isOf<Tables...>;
    static void write(SqlText& out) {
        Left::write(out);
        out.put(isPlus ? " + " : " - ");
        Right::write(out);
    }
    void bind(Binder& out) const noexcept { right.bind(out); }
};

template<class T>
struct IsSum : std::false_type {};
template<class L, class R, bool p>
struct IsSum<Sum<L, R, p>> : std::true_type {};

// Whether V can stand at the other side of a column whose plain type is T.
template<class T, class V>
constexpr bool isOperand() {
    if constexpr (sql::isSelectable<V> || IsSum<V>::value)
        return std::is_same_v<T, typename V::Plain>;
    else if constexpr (IsMaybeOperand<V>::value)
        return fitsColumn<T, typename V::Value>();
    else
        return fitsColumn<T, V>();
}

template<class Column>
struct ColumnOperand {
    static constexpr unsigned slots = 0;
    static constexpr unsigned maybes = 0;
    template<class... Tables>
    static constexpr bool isOf = Column::template isOf<Tables...>;
    static void write(SqlText& out) { Column::write(out); }
    void bind(Binder&) const noexcept {}
};

template<ColumnForm form = ColumnForm::plain, class V>
auto operand(V&& value) {
    using Plain = std::decay_t<V>;
    if constexpr (sql::isSelectable<Plain>)
        return ColumnOperand<Plain>{};
    else if constexpr (IsSum<Plain>::value)
        return Plain(std::forward<V>(value));
    else if constexpr (IsMaybeOperand<Plain>::value)
        return MaybeOperand<typename Plain::Value, form>{std::forward<V>(value).value};
    else
        return BoundOperand<HeldAs<V>, form>{HeldAs<V>(std::forward<V>(value))};
}

} // namespace detail
} // namespace v1
} // namespace mortise
