// SPDX-License-Identifier: Apache-2.0
// error: field(age).nullable(): only an std::optional or a Patch can be nullable
#include <mortise/plugin.hpp>

struct Mistaken {
    int age = 0;
};
MORTISE_DESCRIBE(Mistaken, field(age).nullable())
