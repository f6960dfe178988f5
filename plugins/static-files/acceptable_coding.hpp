// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::static_files {

// How much a client wants a content coding, 0 to 1000, by its Accept-Encoding (RFC 9110 section 12.5.3); 0: not at all.
// A field that is absent (empty) asks for none; a malformed weight counts as 0.
unsigned codingQuality(std::string_view acceptEncoding, std::string_view coding) noexcept;

} // namespace mortise::static_files
