// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mortise::logging {

// How records of one output look.
enum class Style { json, pretty, coloured, syslog, journal };

} // namespace mortise::logging
