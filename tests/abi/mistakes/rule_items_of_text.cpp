// SPDX-License-Identifier: Apache-2.0
// error: field(name).minItems(1): minItems, maxItems and uniqueItems are rules of vectors
#include <mortise/plugin.hpp>

struct Mistaken {
    std::string name;
};
MORTISE_DESCRIBE(Mistaken, field(name).minItems(1))
