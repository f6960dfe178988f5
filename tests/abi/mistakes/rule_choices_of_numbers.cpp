// SPDX-License-Identifier: Apache-2.0
// error: field(size).choices("1", "2"): lengths, patterns, choices and formats are rules of texts
#include <mortise/plugin.hpp>

struct Mistaken {
    int size = 0;
};
MORTISE_DESCRIBE(Mistaken, field(size).choices("1", "2"))
