// SPDX-License-Identifier: Apache-2.0
// error: field(name).min(2): min, max and multipleOf are rules of numbers
#include <mortise/plugin.hpp>

struct Mistaken {
    std::string name;
};
MORTISE_DESCRIBE(Mistaken, field(name).min(2))
