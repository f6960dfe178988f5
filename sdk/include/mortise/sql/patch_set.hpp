// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/patch.hpp>
#include <mortise/sql/table.hpp>

// What an UPDATE sets. Every kind has `slots`, isCertain (something is set whatever the values are), sets<Column>,
// write(), bind() and isChanging().
namespace mortise {
inline namespace v1 {
namespace detail {

template<class Column>
void writeSet(SqlList& out) {
    out.next().column(rulesOf<Column>.name).put(" = ?");
}
// The text is the same whether or not there is a value.
template<class Column>
void writeMaybe(SqlList& out) {
    const SqlName& name = rulesOf<Column>.name;
    out.next().column(name).put(" = CASE WHEN ? THEN ? ELSE ").column(name).put(" END");
}

template<class Column, class Right>
struct AssignedSet {
    const Assignment<Column, Right>& assignment;

    static constexpr unsigned slots = Right::slots;
    static constexpr bool isCertain = true;
    template<class Other>
    static constexpr bool sets = std::is_same_v<Column, Other>;
    static void write(SqlList& out) {
        out.next().column(rulesOf<Column>.name).put(" = ");
        Right::write(out.text());
    }
    void bind(Binder& out) const noexcept { assignment.right.bind(out); }
    static bool isChanging() noexcept { return true; }
};

template<class Table, auto Member, std::size_t place>
constexpr bool checkPatchMember() {
    static_assert(place < columnCount<Table>,
                  "set(patch): a member of the struct is no column of the table (by its name)");
    if constexpr (place < columnCount<Table>) {
        using Column = ColumnAt<Table, place>;
        using Given = typename MemberOf<Member>::Type;
        static_assert(fitsColumn<typename Column::Plain, Unwrapped<Given>>(),
                      "set(patch): a member of the struct is not of its column's type");
        static_assert(!IsPatch<Given>::value || Column::isNullable,
                      "set(patch): a Patch may be null and its column never is: take an std::optional");
        static_assert(!tableRules<Table>[place].isKey, "set(patch): a member of the struct is the key");
    }
    return true;
}

template<class V, class Table, class Places>
struct PatchSet;
template<class V, class Table, std::size_t... I>
struct PatchSet<V, Table, std::index_sequence<I...>> {
    using List = Members<V, Table>;
    const V& patch;

    template<std::size_t J>
    static constexpr bool isMember = isMaybe<typename List::template Type<J>>;
    static constexpr unsigned slots = 2 * sizeof...(I);
    static constexpr bool isCertain = (!isMember<I> || ...);
    template<class Column>
    static constexpr bool sets = (std::is_same_v<Column, ColumnAt<Table, List::template place<I>>> || ...);
    static void write(SqlList& out) { (writeOne<I>(out), ...); }
    void bind(Binder& out) const noexcept { (bindOne<I>(out), ...); }
    bool isChanging() const noexcept { return (isPresent(patch.*(List::template pointer<I>)) || ...); }

private:
    template<std::size_t J>
    static void writeOne(SqlList& out) {
        using Column = ColumnAt<Table, List::template place<J>>;
        if constexpr (isMember<J>)
            writeMaybe<Column>(out);
        else
            writeSet<Column>(out);
    }
    template<std::size_t J>
    void bindOne(Binder& out) const noexcept {
        constexpr ColumnForm form = columnForm<ColumnAt<Table, List::template place<J>>>();
        const auto& member = patch.*(List::template pointer<J>);
        if constexpr (!isMember<J>) {
            out.put(toStored<form>(member));
        } else {
            out.add(isPresent(member));
            if (member)
                out.put(toStored<form>(*member));
            else
                out.add(nullptr);
        }
    }
    template<class Given>
    static bool isPresent(const Given& member) noexcept {
        if constexpr (IsPatch<Given>::value)
            return !member.isAbsent();
        else if constexpr (IsOptional<Given>::value)
            return member.has_value();
        else
            return true;
    }
};

template<class V, class Table, std::size_t... I>
constexpr bool checkPatch(std::index_sequence<I...>) {
    return (checkPatchMember<Table, Members<V, Table>::template pointer<I>, Members<V, Table>::template place<I>>() &&
            ...);
}

template<class Table, class Column, class Right>
auto setOf(const Assignment<Column, Right>& assignment) {
    static_assert(Column::template isOf<Table>, "set(): a column of another table than the update's");
    return AssignedSet<Column, Right>{assignment};
}
template<class Table, class V>
auto setOf(const V& patch) {
    static_assert(isDescribed<V>, "set(): assignments as posts.title = \"x\", or a struct with MORTISE_DESCRIBE");
    using Places = std::make_index_sequence<Members<V, Table>::count>;
    static_assert(checkPatch<V, Table>(Places{}), "set(patch)");
    return PatchSet<V, Table, Places>{patch};
}

} // namespace detail
} // namespace v1
} // namespace mortise
