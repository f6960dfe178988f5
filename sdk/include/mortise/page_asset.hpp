// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise {
inline namespace v1 {

// A file of a page, as it lies in the plugin's file.
struct PageAsset {
    std::string_view name;
    std::string_view mediaType;
    std::string_view hash; // of the content, 16 digits
    std::string_view plain;
    std::string_view gzip; // empty where it would not be shorter
};

} // namespace v1
} // namespace mortise
