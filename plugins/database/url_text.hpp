// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::database {

// Throws DatabaseError. `shown` is the URL as a message may have it.
[[noreturn]] void refuseUrl(std::string_view shown, const std::string& reason);

// A part of a URL without its percent-encoding; throws as refuseUrl where that is broken or stands for NUL.
std::string urlDecoded(std::string_view part, std::string_view shown);

} // namespace mortise::database
