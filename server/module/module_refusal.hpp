// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>

#include <string>
#include <string_view>

namespace mortise::module {

// What the handshake leaves by when a description is unfit; readModule() turns it into its outcome. `text` starts with
// a verb, for the caller to put the file's name before.
struct ModuleRefusal {
    std::string text;
};

// A copy of a description's text, or a refusal that names `what`: no data, too long, no UTF-8, control characters.
std::string moduleText(mortise_view view, std::string_view what);

} // namespace mortise::module
