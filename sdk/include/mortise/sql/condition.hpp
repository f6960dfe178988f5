// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/sql/operand.hpp>

namespace mortise {
inline namespace v1 {
namespace sql {

// What WHERE and ON take. Every kind has `slots` (parameters at most), `maybes` (conditions that may be absent, one bit
// of `presence` each, the first the lowest), `hasElements` (an in() is in it), isOf<Tables…> (no column of another
// table) and bind() in the order of the text.
struct Condition {};

template<class T>
constexpr bool isCondition = std::is_base_of_v<Condition, T>;

struct Equal {
    static constexpr std::string_view text = " = ";
};
struct Unequal {
    static constexpr std::string_view text = " <> ";
};
struct Less {
    static constexpr std::string_view text = " < ";
};
struct LessEqual {
    static constexpr std::string_view text = " <= ";
};
struct Greater {
    static constexpr std::string_view text = " > ";
};
struct GreaterEqual {
    static constexpr std::string_view text = " >= ";
};
struct Like {
    static constexpr std::string_view text = " LIKE ";
};

template<class Operator, class Left, class Right>
struct Comparison : Condition {
    Right right;

    explicit Comparison(Right r) : right(std::move(r)) {}

    static constexpr unsigned slots = Right::slots;
    static constexpr unsigned maybes = Right::maybes;
    static constexpr bool hasElements = false;
    template<class... Tables>
    static constexpr bool isOf = Left::template isOf<Tables...>&& Right::template isOf<Tables...>;
    static constexpr bool isPresent(std::uint32_t presence) { return maybes == 0 || (presence & 1) != 0; }
    std::uint32_t presence() const noexcept {
        if constexpr (maybes != 0)
            return right.isPresent() ? 1 : 0;
        else
            return 0;
    }
    static void write(detail::SqlText& out, std::uint32_t) {
        Left::write(out);
        out.put(Operator::text);
        Right::write(out);
        if (std::is_same_v<Operator, Like>) out.put(" ESCAPE '!'");
    }
    void bind(detail::Binder& out) const noexcept {
        if (isPresent(presence())) right.bind(out);
    }
};

template<class Column, bool isNull>
struct NullCheck : Condition {
    static constexpr unsigned slots = 0;
    static constexpr unsigned maybes = 0;
    static constexpr bool hasElements = false;
    template<class... Tables>
    static constexpr bool isOf = Column::template isOf<Tables...>;
    static constexpr bool isPresent(std::uint32_t) { return true; }
    std::uint32_t presence() const noexcept { return 0; }
    static void write(detail::SqlText& out, std::uint32_t) {
        Column::write(out);
        out.put(isNull ? " IS NULL" : " IS NOT NULL");
    }
    void bind(detail::Binder&) const noexcept {}
};

// A bool column alone.
template<class Column, bool isTrue>
struct Flag : NullCheck<Column, isTrue> {
    static void write(detail::SqlText& out, std::uint32_t) {
        Column::write(out);
        out.put(isTrue ? " = 1" : " = 0");
    }
};

template<class Column>
struct Among : Condition {
    detail::Shared<std::string> elements; // a JSON array; shared, since queries are copied as they are made

    explicit Among(std::string json) : elements(detail::Shared<std::string>::make(std::move(json))) {}

    static constexpr unsigned slots = 1;
    static constexpr unsigned maybes = 0;
    static constexpr bool hasElements = true;
    template<class... Tables>
    static constexpr bool isOf = Column::template isOf<Tables...>;
    static constexpr bool isPresent(std::uint32_t) { return true; }
    std::uint32_t presence() const noexcept { return 0; }
    static void write(detail::SqlText& out, std::uint32_t) {
        Column::write(out);
        constexpr detail::SqlKind kind = detail::sqlKind<typename Column::Plain, detail::columnForm<Column>()>;
        out.put(" IN ").put(detail::sqlElements(out.dialect(), kind));
    }
    void bind(detail::Binder& out) const noexcept { out.add(*elements); }
};

template<class Left, class Right, bool isAnd>
struct Joined : Condition {
    Left left;
    Right right;

    Joined(Left l, Right r) : left(std::move(l)), right(std::move(r)) {}

    static constexpr unsigned slots = Left::slots + Right::slots;
    static constexpr unsigned maybes = Left::maybes + Right::maybes;
    static constexpr bool hasElements = Left::hasElements || Right::hasElements;
    template<class... Tables>
    static constexpr bool isOf = Left::template isOf<Tables...>&& Right::template isOf<Tables...>;
    static constexpr bool isPresent(std::uint32_t presence) {
        return Left::isPresent(presence) || Right::isPresent(presence >> Left::maybes);
    }
    std::uint32_t presence() const noexcept { return left.presence() | right.presence() << Left::maybes; }
    static void write(detail::SqlText& out, std::uint32_t presence) {
        const bool hasLeft = Left::isPresent(presence);
        const bool hasRight = Right::isPresent(presence >> Left::maybes);
        const bool isGroup = !isAnd && hasLeft && hasRight;
        if (isGroup) out.put("(");
        if (hasLeft) Left::write(out, presence);
        if (hasLeft && hasRight) out.put(isAnd ? " AND " : " OR ");
        if (hasRight) Right::write(out, presence >> Left::maybes);
        if (isGroup) out.put(")");
    }
    void bind(detail::Binder& out) const noexcept {
        left.bind(out);
        right.bind(out);
    }
};

template<class Inner>
struct Negation : Condition {
    Inner inner;

    explicit Negation(Inner i) : inner(std::move(i)) {}

    static constexpr unsigned slots = Inner::slots;
    static constexpr unsigned maybes = Inner::maybes;
    static constexpr bool hasElements = Inner::hasElements;
    template<class... Tables>
    static constexpr bool isOf = Inner::template isOf<Tables...>;
    static constexpr bool isPresent(std::uint32_t presence) { return Inner::isPresent(presence); }
    std::uint32_t presence() const noexcept { return inner.presence(); }
    static void write(detail::SqlText& out, std::uint32_t presence) {
        out.put("NOT (");
        Inner::write(out, presence);
        out.put(")");
    }
    void bind(detail::Binder& out) const noexcept { inner.bind(out); }
};

// No WHERE.
struct Always {
    static constexpr unsigned slots = 0;
    static constexpr unsigned maybes = 0;
    static constexpr bool hasElements = false;
    template<class... Tables>
    static constexpr bool isOf = true;
    static constexpr bool isPresent(std::uint32_t) { return false; }
    std::uint32_t presence() const noexcept { return 0; }
    static void write(detail::SqlText&, std::uint32_t) {}
    void bind(detail::Binder&) const noexcept {}
};

} // namespace sql
} // namespace v1
} // namespace mortise
