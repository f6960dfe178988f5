// SPDX-License-Identifier: Apache-2.0
// error: field(age).uniqueItems(): minItems, maxItems and uniqueItems are rules of vectors
#include <mortise/plugin.hpp>

struct Mistaken {
    int age = 0;
};
MORTISE_DESCRIBE(Mistaken, field(age).uniqueItems())
