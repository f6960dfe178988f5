// SPDX-License-Identifier: Apache-2.0
// error: field(really).multipleOf(2): min, max and multipleOf are rules of numbers
#include <mortise/plugin.hpp>

struct Mistaken {
    bool really = false;
};
MORTISE_DESCRIBE(Mistaken, field(really).multipleOf(2))
