// SPDX-License-Identifier: Apache-2.0
// error: field(ages).maxProperties(2): minProperties and maxProperties are rules of maps
#include <mortise/plugin.hpp>

struct Mistaken {
    std::vector<int> ages;
};
MORTISE_DESCRIBE(Mistaken, field(ages).maxProperties(2))
