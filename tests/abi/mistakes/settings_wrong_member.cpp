// SPDX-License-Identifier: Apache-2.0
// error: tiemout
#include <mortise/plugin.hpp>

struct Settings {
    int timeout = 3;
};
MORTISE_SETTINGS(Settings, setting(tiemout).min(1).text("How long"))
