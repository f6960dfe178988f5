// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::dispatch {

// The form that routes are matched in: percent escapes decoded but for %2F and %25, so that an escaped slash never
// splits a segment. Returns `raw` itself when it has no escape, otherwise a view of `storage`. `raw` was checked by the
// HTTP floor (escapes well-formed).
std::string_view normalisePath(std::string_view raw, std::string& storage);

// Decodes the %2F and %25 that normalisePath left, appending to `storage`, which must have room: it is not to move.
std::string_view decodeParameter(std::string_view value, std::string& storage);

} // namespace mortise::dispatch
