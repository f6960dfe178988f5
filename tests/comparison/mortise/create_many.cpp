// SPDX-License-Identifier: Apache-2.0
#include "queries.hpp"

namespace comparison {

std::uint64_t createMany(const mortise::Database& db, const std::vector<NewTag>& list) {
    // query
    auto count = db.insert(tags, list, skipDuplicates(tags.name));
    // end
    return count;
}

} // namespace comparison
