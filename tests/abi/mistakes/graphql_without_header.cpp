// SPDX-License-Identifier: Apache-2.0
// error: GraphQlBuilder
#include <mortise/plugin.hpp>

void declare(mortise::Setup& setup) {
    setup.graphql();
}
