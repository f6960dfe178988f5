// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"

#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// `extensions.code` of errors that name none of their own.
std::string_view codeOfStatus(std::uint32_t status);
std::string_view codeOfKind(ErrorKind kind);

inline constexpr std::string_view maskedMessage = "Internal server error";
inline constexpr std::string_view invalidMessage = "Argument Validation Error";
inline constexpr std::string_view unauthenticatedMessage =
    "Access denied! You need to be authenticated to perform this action!";

} // namespace mortise::graphql
