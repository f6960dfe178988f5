// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/graphql_names.hpp>
#include <mortise/encode.hpp>
#include <mortise/error.hpp>
#include <mortise/graphql_keys.hpp>
#include <mortise/service/graphql.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// Values of C++ as cells.
namespace mortise {
inline namespace v1 {
namespace detail {

// A list, or a list that may be missing.
template<class T>
constexpr bool isGraphQlList = IsVector<OptionalOf<T>>::value || IsArray<OptionalOf<T>>::value;

template<class T>
constexpr bool isBorrowed();
template<class T, std::size_t... I>
constexpr bool membersAreBorrowed(std::index_sequence<I...>) {
    return (isBorrowed<FieldType<T, I>>() || ...);
}
template<class Types>
struct AreBorrowed;
template<class... Ts>
struct AreBorrowed<Tuple<Ts...>> : std::bool_constant<(isBorrowed<Ts>() || ...)> {};
// Whether a value has texts in it that somebody else has the memory of.
template<class T>
constexpr bool isBorrowed() {
    using E = ElementOf<T>;
    if constexpr (IsVariant<E>::value)
        return AreBorrowed<typename AlternativesOf<E>::Types>::value;
    else if constexpr (IsDescribed<E>::value)
        return membersAreBorrowed<E>(std::make_index_sequence<fieldCount<E>>{});
    else
        return std::is_same_v<E, std::string_view>;
}

// Whether cells point into the value, which then has to stay.
template<class T>
constexpr bool isPointedAt() {
    using E = ElementOf<T>;
    return !(std::is_arithmetic_v<E> || IsNamedEnum<E>::value || std::is_same_v<E, DateTime> ||
             std::is_same_v<E, Date> || std::is_same_v<E, std::string_view>) ||
           IsMap<OptionalOf<T>>::value;
}

// Where the values of one field go.
class GraphQlCells {
public:
    GraphQlCells(const mortise_graphql_call& call, const GraphQlNames& names,
                 std::uint32_t textKind = MORTISE_GRAPHQL_TEXT) noexcept
        : call_(call), names_(names), textKind_(textKind) {}

    // The value of the parent at `place`. What the cell points at stays until the operation has ended, or is copied.
    template<class T>
    void put(std::uint32_t place, const T& value) const {
        if constexpr (isMaybe<T>) {
            if (value) put(place, *value);
        } else if constexpr (isGraphQlList<T>) {
            putList(place, value);
        } else {
            call_.cells[place] = cellOf(value);
        }
    }
    void putEmptyText(std::uint32_t place) const { call_.cells[place] = textCell(MORTISE_GRAPHQL_TEXT, ""); }
    void putEmptyList(std::uint32_t place) const {
        begin(place);
        end();
    }

    // A copy that stays until the operation has ended.
    std::string_view keep(std::string_view text) const {
        if (!has(*call_.table, &mortise_graphql_call_table::keep_text)) throw Absent("keep_text of a GraphQL call");
        const mortise_view kept = call_.table->keep_text(&call_, view(text));
        if (kept.data == nullptr && !text.empty()) throw Error("a text is past the memory of its operation");
        return v1::text(kept);
    }

private:
    // So many items are handed over at once.
    static constexpr std::uint32_t chunk = 64;

    template<class T>
    void putList(std::uint32_t place, const T& list) const {
        begin(place);
        mortise_graphql_cell items[chunk];
        std::uint32_t count = 0;
        for (const auto& item : list) {
            using Item = std::decay_t<decltype(item)>;
            if constexpr (isGraphQlList<Item>) {
                if (const auto* const inner = pointerTo(item)) {
                    add(items, std::exchange(count, 0));
                    putList(place, *inner);
                    continue;
                }
                items[count++] = mortise_graphql_cell{};
            } else {
                items[count++] = itemOf(item);
            }
            if (count == chunk) add(items, std::exchange(count, 0));
        }
        add(items, count);
        end();
    }
    template<class T>
    static const auto* pointerTo(const T& item) noexcept {
        if constexpr (isMaybe<T>)
            return item ? &*item : nullptr;
        else
            return &item;
    }
    template<class T>
    mortise_graphql_cell itemOf(const T& item) const {
        if constexpr (isMaybe<T>)
            return item ? itemOf(*item) : mortise_graphql_cell{};
        else
            return cellOf(item);
    }

    template<class T>
    mortise_graphql_cell cellOf(const T& value) const {
        mortise_graphql_cell cell{};
        if constexpr (std::is_same_v<T, bool>) {
            cell.kind = MORTISE_GRAPHQL_BOOLEAN;
            cell.value.integer = value ? 1 : 0;
        } else if constexpr (std::is_integral_v<T>) {
            return integerCell(value);
        } else if constexpr (std::is_floating_point_v<T>) {
            if (value - value != 0) return cell; // no number, as null in JSON
            cell.kind = MORTISE_GRAPHQL_NUMBER;
            cell.value.number = value;
        } else if constexpr (std::is_same_v<T, std::string>) {
            return textCell(textKind_, value);
        } else if constexpr (std::is_same_v<T, std::string_view>) {
            return textCell(textKind_, keep(value));
        } else if constexpr (std::is_same_v<T, GraphQlKey>) {
            return textCell(MORTISE_GRAPHQL_KEY, value.key);
        } else if constexpr (IsNamedEnum<T>::value) {
            const std::string_view name = enumText(value);
            if (name.empty()) throw Error("an enumerator that MORTISE_ENUM does not name");
            return textCell(MORTISE_GRAPHQL_TEXT, name);
        } else if constexpr (std::is_same_v<T, DateTime> || std::is_same_v<T, Date>) {
            char written[T::textSize];
            value.write(written);
            return textCell(MORTISE_GRAPHQL_TEXT, keep({written, sizeof written}));
        } else if constexpr (std::is_same_v<T, Decimal> || std::is_same_v<T, RawJson>) {
            return textCell(MORTISE_GRAPHQL_JSON, jsonText(value));
        } else if constexpr (IsMap<T>::value) {
            return textCell(MORTISE_GRAPHQL_JSON, keep(encodeJson(value)));
        } else if constexpr (IsVariant<T>::value) {
            return alternativeCell(value);
        } else {
            return objectCell(value);
        }
        return cell;
    }
    static std::string_view jsonText(const Decimal& value) noexcept { return value.text(); }
    static std::string_view jsonText(const RawJson& value) noexcept { return value.text; }

    template<class T>
    mortise_graphql_cell integerCell(T value) const {
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
                return textCell(MORTISE_GRAPHQL_JSON, keep(std::to_string(value)));
        }
        mortise_graphql_cell cell{};
        cell.kind = MORTISE_GRAPHQL_INTEGER;
        cell.value.integer = static_cast<std::int64_t>(value);
        return cell;
    }
    static mortise_graphql_cell textCell(std::uint32_t kind, std::string_view text) {
        if (text.size() > std::numeric_limits<std::uint32_t>::max()) throw Error("a text of 4 GiB or more");
        mortise_graphql_cell cell{};
        cell.kind = kind;
        cell.size = static_cast<std::uint32_t>(text.size());
        cell.value.text = text.data() != nullptr ? text.data() : "";
        return cell;
    }
    template<class T>
    static mortise_graphql_cell objectCell(const T& row) noexcept {
        mortise_graphql_cell cell{};
        cell.kind = MORTISE_GRAPHQL_OBJECT;
        cell.value.handle = reinterpret_cast<std::uintptr_t>(&row);
        return cell;
    }
    template<class T>
    mortise_graphql_cell alternativeCell(const T& value) const {
        mortise_graphql_cell cell = visit([](const auto& one) { return objectCell(one); }, value);
        cell.size = 1 + names_.first(&graphQlMark<T>) + static_cast<std::uint32_t>(value.index());
        return cell;
    }

    void begin(std::uint32_t place) const {
        if (!has(*call_.table, &mortise_graphql_call_table::begin_list)) throw Absent("begin_list of a GraphQL call");
        need(call_.table->begin_list(&call_, place), "begin_list");
    }
    void add(const mortise_graphql_cell* items, std::uint32_t count) const {
        if (count == 0) return;
        if (!has(*call_.table, &mortise_graphql_call_table::add)) throw Absent("add of a GraphQL call");
        need(call_.table->add(&call_, items, count), "add");
    }
    void end() const {
        if (!has(*call_.table, &mortise_graphql_call_table::end_list)) throw Absent("end_list of a GraphQL call");
        need(call_.table->end_list(&call_), "end_list");
    }
    static void need(mortise_status status, const char* what) { raise(status, what); }

    const mortise_graphql_call& call_;
    const GraphQlNames& names_;
    std::uint32_t textKind_; // of std::string: TEXT, or KEY
};

} // namespace detail
} // namespace v1
} // namespace mortise
