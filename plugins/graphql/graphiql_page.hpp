// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/asset_page.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// The page of /graphiql: GraphiQL, which works offline, over the endpoint of this server.
class GraphiqlPage {
public:
    // What the page is made of; outlives it.
    explicit GraphiqlPage(const std::vector<PageAsset>& assets) noexcept : page_(assets) {}

    // [configure] `path` is the page's, `endpoint` and `schema` those of POST and of the SDL; an empty `schema`: none
    // is served.
    void declare(Setup& setup, std::string_view path, std::string_view endpoint, std::string_view schema);

    // The page itself; addresses are relative to it.
    static std::string html(const AssetPage& page, std::string_view endpoint, std::string_view schema);
    // Its Content-Security-Policy: nothing but what the server itself gives, requests to this server only, no script
    // but in files. GraphiQL's style sheet has its fonts and two images in itself.
    static std::string policy();

private:
    AssetPage page_;
};

} // namespace mortise::graphql
