// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/database.hpp>
#include <mortise/encode.hpp>
#include <mortise/sql/dialect.hpp>
#include <mortise/sql/uuid.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// C++ values as parameters and columns.
namespace mortise {
inline namespace v1 {
namespace detail {

// What a column holds beside NULL, which is an std::optional of it.
template<class T>
constexpr bool isPlainColumn = std::is_arithmetic_v<T> || std::is_same_v<T, std::string> ||
                               std::is_same_v<T, DateTime> || std::is_same_v<T, Decimal> || IsNamedEnum<T>::value;
template<class T>
constexpr bool isColumnType = isPlainColumn<OptionalOf<T>>;

template<class T>
constexpr bool isIntegral = std::is_integral_v<T> && !std::is_same_v<T, bool>;

// Whether a value of type V can stand where a column holds T (which is no optional).
template<class T, class V>
constexpr bool fitsColumn() {
    if constexpr (std::is_same_v<T, std::string>)
        return std::is_convertible_v<const V&, std::string_view> && !std::is_same_v<V, std::nullptr_t>;
    else if constexpr (isIntegral<T>)
        return isIntegral<V>;
    else if constexpr (std::is_floating_point_v<T>)
        return std::is_floating_point_v<V> || isIntegral<V>;
    else
        return std::is_same_v<T, V>;
}

template<class T>
mortise_sql_value toSql(const T& value) noexcept {
    if constexpr (IsOptional<T>::value)
        return value ? toSql(*value) : sqlValue(nullptr);
    else if constexpr (IsNamedEnum<T>::value)
        return sqlValue(enumText(value));
    else
        return sqlValue(value);
}

template<class T>
void fromSql(const Row& row, std::uint32_t column, T& out) {
    if constexpr (IsOptional<T>::value) {
        if (row.isNull(column))
            out.reset();
        else
            fromSql(row, column, out.emplace());
    } else if constexpr (IsNamedEnum<T>::value) {
        const std::string_view text = takeText(row, column, {});
        const std::optional<T> value = enumFrom<T>(text);
        if (!value) refuseColumn(column, {}, "has a text that no enumerator is called: ", text);
        out = *value;
    } else if constexpr (std::is_same_v<T, std::string_view>) {
        out = takeText(row, column, {});
    } else {
        takeColumn(row, column, out);
    }
}

// What a column is beside the type of its member.
enum class ColumnForm {
    plain,
    uuid, // a text that is a UUID
};

// To be stored. What is no UUID is refused by the database.
template<ColumnForm form, class T>
mortise_sql_value toStored(const T& value) noexcept {
    mortise_sql_value made = toSql(value);
    if (form == ColumnForm::uuid && made.kind == MORTISE_SQL_TEXT) made.kind = MORTISE_SQL_UUID;
    return made;
}
// To be compared with. A text that is no UUID equals none of them and comes before all of them.
template<ColumnForm form, class T>
mortise_sql_value toCompared(const T& value) noexcept {
    mortise_sql_value made = toStored<form>(value);
    if (form == ColumnForm::uuid && made.kind == MORTISE_SQL_UUID && !isUuidText(text(made.text)))
        made = sqlValue(std::string_view());
    return made;
}

template<class T, ColumnForm form>
constexpr SqlKind sqlKind = form == ColumnForm::uuid      ? SqlKind::uuid
                            : std::is_floating_point_v<T> ? SqlKind::number
                            : std::is_same_v<T, DateTime> ? SqlKind::dateTime
                            : std::is_same_v<T, Decimal>  ? SqlKind::decimal
                            : std::is_arithmetic_v<T>     ? SqlKind::integer
                                                          : SqlKind::text;

template<class T>
void putElement(std::string& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out.push_back(value ? '1' : '0');
    } else if constexpr (std::is_same_v<T, DateTime>) {
        out.append(std::to_string(value.unixMilliseconds));
    } else if constexpr (std::is_arithmetic_v<T>) {
        encodeNumber(out, value);
    } else if constexpr (IsNamedEnum<T>::value) {
        encodeText(out, enumText(value));
    } else if constexpr (std::is_same_v<T, Decimal>) {
        encodeText(out, value.text());
    } else {
        encodeText(out, value);
    }
}

// A list as one parameter, so that its length is not in the text of the statement. SQLite ends a text of JSON at
// U+0000: without `hasNul`, which is of MariaDB only, those that have one are left out.
template<ColumnForm form, bool hasNul = false, class List>
std::string jsonElements(const List& list) {
    std::string out = "[";
    for (const auto& value : list) {
        if constexpr (form == ColumnForm::uuid)
            if (!isUuidText(value)) continue; // it equals none
        if constexpr (!hasNul && std::is_convertible_v<decltype(value), std::string_view>)
            if (std::string_view(value).find('\0') != std::string_view::npos) continue;
        if (out.size() != 1) out.push_back(',');
        putElement(out, value);
    }
    out.push_back(']');
    return out;
}

// Fills an array of parameters in order.
class Binder {
public:
    explicit Binder(mortise_sql_value* out, SqlDialect dialect = SqlDialect::unknown) noexcept
        : begin_(out), end_(out), dialect_(dialect) {}

    SqlDialect dialect() const noexcept { return dialect_; } // unknown: the order is that of every one

    template<class T>
    void add(const T& value) noexcept {
        *end_++ = toSql(value);
    }
    void put(const mortise_sql_value& value) noexcept { *end_++ = value; }
    Parameters parameters() const noexcept {
        Parameters made;
        made.data = begin_;
        made.count = static_cast<std::uint32_t>(end_ - begin_);
        return made;
    }

private:
    mortise_sql_value* begin_;
    mortise_sql_value* end_;
    SqlDialect dialect_;
};

// Room for N parameters; no array is empty.
template<std::size_t N>
struct ParameterArray {
    mortise_sql_value values[N == 0 ? 1 : N];
    Binder binder(SqlDialect dialect = SqlDialect::unknown) noexcept { return Binder(values, dialect); }
};

} // namespace detail
} // namespace v1
} // namespace mortise
