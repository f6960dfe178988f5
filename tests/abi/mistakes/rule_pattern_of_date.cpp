// SPDX-License-Identifier: Apache-2.0
// error: field(day).pattern("^20"): lengths, patterns, choices and formats are rules of texts
#include <mortise/plugin.hpp>

struct Mistaken {
    mortise::Date day;
};
MORTISE_DESCRIBE(Mistaken, field(day).pattern("^20"))
