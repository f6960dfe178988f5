// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/page_asset.hpp>

#include <vector>

namespace mortise {

// The files that mortise_page() put into this plugin.
const std::vector<PageAsset>& pageAssets();

} // namespace mortise
