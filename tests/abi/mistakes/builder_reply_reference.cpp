// SPDX-License-Identifier: Apache-2.0
// error: non-const lvalue reference
#include <mortise/plugin.hpp>

mortise::Reply made() {
    auto& reply = mortise::noContent().noStore();
    return reply;
}
