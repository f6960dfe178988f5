// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mortise::json {

// What `reference` means where `base` is the address (RFC 3986, section 5.2), with its fragment. Neither is checked
// for well-formedness: what is not understood is compared as it is. `base` may be empty.
std::string resolveUri(std::string_view base, std::string_view reference);

struct SplitUri {
    std::string_view address;  // before the `#`
    std::string_view fragment; // behind it; empty when there is none
};
SplitUri splitFragment(std::string_view uri) noexcept;

// Without its percent escapes; nothing when one is malformed.
std::optional<std::string> decodePercent(std::string_view text);

} // namespace mortise::json
