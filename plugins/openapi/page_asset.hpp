// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace mortise::openapi {

// A file of the page, as it lies in the plugin.
struct PageAsset {
    std::string_view name;
    std::string_view mediaType;
    std::string_view hash; // of the content, 16 digits
    std::string_view plain;
    std::string_view gzip; // empty where it would not be shorter
};

const std::vector<PageAsset>& pageAssets();

} // namespace mortise::openapi
