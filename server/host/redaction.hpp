// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::host {

inline constexpr std::string_view redactedText = "[redacted]";

// Whether a field, parameter or header of this name holds a secret: authorization, cookie, password, token, secret,
// session, one-time code, keys and their usual compounds, without regard to case, '_', '-' and '.'. Very long names do.
bool isSecretName(std::string_view name) noexcept;

// `target` itself when nothing in its authority and query is secret; otherwise a copy in `storage` with those values
// redacted.
std::string_view redactTarget(std::string_view target, std::string& storage);

} // namespace mortise::host
