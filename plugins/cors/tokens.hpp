// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::cors {

// A method or the name of a field (RFC 9110 section 5.6.2).
bool isToken(std::string_view text) noexcept;
// Tokens apart by commas, with blanks around them: what Access-Control-Request-Headers may say.
bool isTokenList(std::string_view text) noexcept;
std::string joined(const std::vector<std::string>& tokens);

} // namespace mortise::cors
