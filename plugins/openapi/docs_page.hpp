// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "page_asset.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mortise::openapi {

// The page itself. `document` is where it finds the document, relative to the page.
std::string pageHtml(std::string_view title, std::string_view document, const std::vector<PageAsset>& assets);

// From a page at `docsPath` with a slash behind it to `documentPath`, without the host's name and without what a proxy
// may have put before both: "../openapi.json".
std::string relativeTo(std::string_view docsPath, std::string_view documentPath);

// The page's Content-Security-Policy: nothing but what the server itself gives, no script but in files. Requests go to
// this server and to those of `servers` that are absolute.
std::string pagePolicy(const std::vector<std::string>& servers);

} // namespace mortise::openapi
