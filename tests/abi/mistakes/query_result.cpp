// SPDX-License-Identifier: Apache-2.0
// error: rows as a struct
#include <mortise/plugin.hpp>
#include <mortise/query.hpp>

struct Link {
    std::string url;
};

struct Links {
    mortise::Query<Link()> all{"SELECT url FROM links"};
};

Links links() {
    return {};
}
