// SPDX-License-Identifier: Apache-2.0
#include "graphiql_page.hpp"

namespace mortise::graphql {

void GraphiqlPage::declare(Setup& setup, std::string_view path, std::string_view endpoint, std::string_view schema) {
    page_.declare(
        setup, path,
        html(page_, AssetPage::relativeTo(path, endpoint), schema.empty() ? "" : AssetPage::relativeTo(path, schema)),
        policy());
}

std::string GraphiqlPage::html(const AssetPage& page, std::string_view endpoint, std::string_view schema) {
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<title>GraphiQL</title>\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"" +
                       page.address("icon.svg") + "\">\n";
    for (const char* const style : {"graphiql.css", "page.css"})
        html += "<link rel=\"stylesheet\" href=\"" + page.address(style) + "\">\n";
    html +=
        "</head>\n<body>\n<noscript>This page needs JavaScript.</noscript>\n<form id=\"access\" autocomplete=\"off\">"
        "<label for=\"token\">Access token</label>"
        "<input id=\"token\" type=\"password\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"none\">";
    if (!schema.empty()) html += "<a href=\"" + AssetPage::escaped(schema) + "\">Schema</a>";
    html += "</form>\n<div id=\"graphiql\" data-endpoint=\"" + AssetPage::escaped(endpoint) + "\"></div>\n";
    for (const char* const script : {"react.js", "react-dom.js", "graphiql.js", "page.js"})
        html += "<script src=\"" + page.address(script) + "\"></script>\n";
    return html + "</body>\n</html>\n";
}

std::string GraphiqlPage::policy() {
    return "default-src 'none';base-uri 'none';connect-src 'self';font-src data:;form-action 'none';"
           "frame-ancestors 'self';img-src 'self' data:;script-src 'self';style-src 'self'";
}

} // namespace mortise::graphql
