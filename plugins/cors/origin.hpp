// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::cors {

// What keeps `text` from being an origin as browsers send it (RFC 6454 section 6.2): scheme://host[:port] in lower
// case, without a path. `null` is one, and so is `*` for everybody. Empty: nothing.
std::string originFault(std::string_view text);

} // namespace mortise::cors
