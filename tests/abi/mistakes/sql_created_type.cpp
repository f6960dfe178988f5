// SPDX-License-Identifier: Apache-2.0
// error: createdAt(): the column is no DateTime
#include "sql_tables.hpp"

struct Vote {
    std::int64_t at = 0;
};
MORTISE_TABLE(votes, Vote, column(at).createdAt())
