// SPDX-License-Identifier: Apache-2.0
// error: MORTISE_TABLE: a column is a number
#include "sql_tables.hpp"

struct Tagged {
    std::vector<int> tags;
};
MORTISE_TABLE(tagged, Tagged, column(tags))
