// SPDX-License-Identifier: Apache-2.0
#include "docs_page.hpp"

#include <cstddef>

namespace mortise::openapi {
namespace {

// "https://api.example.com" of an absolute address, with what a policy could take for its own syntax left out.
std::string originOf(const std::string& server) {
    if (server.compare(0, 8, "https://") != 0 && server.compare(0, 7, "http://") != 0) return {};
    const std::size_t end = server.find_first_of("/?#", server.find("://") + 3);
    const std::string origin = server.substr(0, end);
    return origin.find_first_of(" ;,'\"{}\r\n\t") == origin.npos ? origin : std::string();
}

} // namespace

std::string pageHtml(const AssetPage& page, std::string_view title, std::string_view document) {
    const std::string at = AssetPage::escaped(document);
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    html += AssetPage::escaped(title);
    html += "</title>\n<link rel=\"icon\" type=\"image/png\" href=\"" + page.address("favicon-32x32.png") + "\">\n";
    for (const char* const style : {"swagger-ui.css", "page.css"})
        html += "<link rel=\"stylesheet\" href=\"" + page.address(style) + "\">\n";
    html += "</head>\n<body>\n<noscript>This page needs JavaScript. The document itself: <a href=\"";
    html += at + "\">" + at + "</a></noscript>\n<div id=\"documentation\" data-document=\"" + at + "\"></div>\n";
    for (const char* const script : {"swagger-ui-bundle.js", "page.js"})
        html += "<script src=\"" + page.address(script) + "\"></script>\n";
    return html + "</body>\n</html>\n";
}

std::string pagePolicy(const std::vector<std::string>& servers) {
    std::string policy = "default-src 'none';base-uri 'none';connect-src 'self'";
    for (const std::string& server : servers)
        if (const std::string origin = originOf(server); !origin.empty()) policy.append(" ").append(origin);
    return policy + ";form-action 'self';frame-ancestors 'self';img-src 'self' data:;script-src 'self';"
                    "style-src 'self' 'unsafe-inline'";
}

} // namespace mortise::openapi
