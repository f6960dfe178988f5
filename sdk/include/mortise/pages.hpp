// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/loops.hpp>
#include <mortise/page_cursor.hpp>
#include <mortise/plugin.hpp>
#include <mortise/total_cache.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Lists by page and by cursor, as query parameters and in responses. The rows have a member `id`, a UUID, and are in
// its order.
namespace mortise {
inline namespace v1 {

struct Pagination {
    std::int64_t page = 1;
    std::int64_t limit = 10;
    std::int64_t total = 0; // of all pages
    std::int64_t pages = 0;
};
MORTISE_DESCRIBE(Pagination, field(page).example(1), field(limit).example(10),
                 field(total).text("Of all pages").example(1), field(pages).example(1))

struct CursorPagination {
    std::int64_t limit = 10;
    std::optional<std::string> next; // null: that was the last one
};
MORTISE_DESCRIBE(
    CursorPagination, field(limit),
    field(next).nullable().text("What to send as after; null at the end").example("AZAKXayWd0u7zrMCCZqAVw"))

struct PageQuery {
    std::optional<std::int64_t> page;
    std::int64_t limit = 10;
    std::optional<std::string_view> after;

    std::int64_t offset() const noexcept { return (page.value_or(1) - 1) * limit; }
};
// The largest number that JavaScript counts to exactly; times the largest limit it still fits an offset.
inline constexpr std::int64_t lastPage = 9'007'199'254'740'991;
MORTISE_DESCRIBE(
    PageQuery, field(page).min(1).max(lastPage).text("1 where neither page nor after is given"),
    field(limit).min(1).max(100).defaults(10).text("The maximum number of rows of one response"),
    field(after).text("A cursor, the next of an earlier response; empty for the first rows. Not with page"))

// A page, and how many rows all pages have, both of one state of the data.
template<class Row>
struct Listing {
    std::vector<Row> rows;
    std::int64_t total = 0;

    Pagination pagination(const PageQuery& query) const noexcept {
        return {query.page.value_or(1), query.limit, total, (total + query.limit - 1) / query.limit};
    }
};

// Rows before a page that an event loop passes over at most.
inline constexpr std::int64_t deepOffset = 10'000;

// A page by its number: `count()` gives the total where `totals` does not know it under `key`, `read(offset)` the rows,
// which is not called past the end. On a loop all reads of a batch see one state of the data. Elsewhere a commit may
// fall between two of them: then the page is read again, and under a stream of commits the last attempt stands. Of a
// database that knows no versions the total is counted each time, a moment before the rows are read. A page
// that is deep inside throws Busy on a loop, and is read on a worker: deep_pages.hpp bounds how many at a time.
template<class Row, class Session, class Count, class Read>
Listing<Row> readPage(const Session& database, TotalCache& totals, std::string_view key, const PageQuery& query,
                      const Loops& loops, Count&& count, Read&& read) {
    constexpr int attempts = 3;
    Listing<Row> listing;
    for (int attempt = 1; attempt <= attempts; ++attempt) {
        const std::uint64_t version = database.dataVersion();
        const std::optional<std::int64_t> known = totals.find(version, key);
        listing.total = known ? *known : count();
        const bool isPast = query.offset() >= listing.total;
        if (!isPast && query.offset() > deepOffset && loops.current() != 0)
            throw Busy("the page is too deep in the list for an event loop");
        listing.rows = isPast ? std::vector<Row>() : read(query.offset());
        if (version == 0) break;
        if (database.dataVersion() != version) continue;
        if (!known) totals.store(version, key, listing.total);
        break;
    }
    return listing;
}

// Where a list by cursor begins.
struct PageStart {
    std::optional<Uuid> last;    // empty: with the first rows
    std::vector<Detail> details; // what is wrong with the query: a 400

    // Precondition: query.after has a value.
    explicit PageStart(const PageQuery& query) {
        if (!query.after->empty()) {
            last = decodeCursor(*query.after);
            if (!last) details.push_back({"query", "/after", "format", "must be the next of an earlier response"});
        }
        if (query.page) details.push_back({"query", "/page", "not", "must not come together with after"});
    }
    std::optional<std::string_view> id() const noexcept {
        return last ? std::optional<std::string_view>(last->text()) : std::nullopt;
    }
};

// Of rows that were read with a limit of one more than are shown, which tells whether there is a next: cuts it off, and
// returns the cursor that leads to it.
template<class Row>
std::optional<std::string> cutPage(std::vector<Row>& rows, std::int64_t limit) {
    if (static_cast<std::int64_t>(rows.size()) <= limit) return std::nullopt;
    rows.resize(static_cast<std::size_t>(limit));
    const std::optional<Uuid> last = rows.empty() ? std::nullopt : Uuid::parse(rows.back().id);
    if (!last) throw Error("a list by cursor has rows whose id is no UUID");
    return encodeCursor(*last);
}

} // namespace v1
} // namespace mortise
