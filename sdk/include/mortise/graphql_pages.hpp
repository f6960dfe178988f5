// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/deep_pages.hpp>
#include <mortise/graphql_later.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace mortise {
inline namespace v1 {

// Completes a field with a page: with what read(Turn) returns, at once unless it is a page that `pages` takes and there
// is no room. `read` is copied and holds no view but of the call.
template<class Rows, class Read>
void completePage(DeepPages& pages, Turn turn, const PageQuery& query, GraphQlLater<Rows> later, Read read) {
    if (!pages.takes(query)) {
        later.complete([&] { return read(turn); });
        return;
    }
    const auto waiting = std::make_shared<GraphQlLater<Rows>>(std::move(later));
    pages.run(
        turn, [waiting, read](Turn reader) { waiting->complete([&] { return read(reader); }); },
        [waiting](const std::exception_ptr& why) { waiting->complete([&]() -> Rows { std::rethrow_exception(why); }); },
        [waiting] { return waiting->cancelled(); });
}

} // namespace v1
} // namespace mortise
