// SPDX-License-Identifier: Apache-2.0
// error: field(age).email(): lengths, patterns, choices and formats are rules of texts
#include <mortise/plugin.hpp>

struct Mistaken {
    int age = 0;
};
MORTISE_DESCRIBE(Mistaken, field(age).email())
