// SPDX-License-Identifier: Apache-2.0
// error: field(count).max("3"): min, max and multipleOf are rules of numbers
#include <mortise/plugin.hpp>

struct Mistaken {
    int count = 0;
};
MORTISE_DESCRIBE(Mistaken, field(count).max("3"))
