// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/asset_page.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::openapi {

// The page itself. `document` is where it finds the document, relative to the page.
std::string pageHtml(const AssetPage& page, std::string_view title, std::string_view document);

// The page's Content-Security-Policy: nothing but what the server itself gives, no script but in files. Requests go to
// this server and to those of `servers` that are absolute.
std::string pagePolicy(const std::vector<std::string>& servers);

} // namespace mortise::openapi
