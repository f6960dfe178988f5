// SPDX-License-Identifier: Apache-2.0
// error: argument<T>(): T is a text
#include <mortise/graphql.hpp>

struct Page {
    int limit = 1;
};
MORTISE_DESCRIBE(Page, field(limit))

void declare(mortise::Setup& setup) {
    setup.graphql().query<bool>("any").argument<Page>("page").resolve(
        [](mortise::GraphQlCall&, const Page&) { return true; });
}
