// SPDX-License-Identifier: Apache-2.0
// error: field(ages).minLength(2): lengths, patterns, choices and formats are rules of texts
#include <mortise/plugin.hpp>

struct Mistaken {
    std::vector<int> ages;
};
MORTISE_DESCRIBE(Mistaken, field(ages).minLength(2))
