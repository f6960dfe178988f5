// SPDX-License-Identifier: Apache-2.0
// error: check(): a rule takes const mortise::Caller&
#include <mortise/plugin.hpp>

void declare(mortise::Setup& setup) {
    setup.get("/a").check([](mortise::Request&) {}).handle([](mortise::Request&) { return mortise::noContent(); });
}
