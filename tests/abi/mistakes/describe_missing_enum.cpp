// SPDX-License-Identifier: Apache-2.0
// error: field(size): its type has no MORTISE_DESCRIBE (or MORTISE_ENUM)
#include <mortise/plugin.hpp>

enum class Size { small, large };

struct Shirt {
    Size size = Size::small;
};
MORTISE_DESCRIBE(Shirt, field(size))
