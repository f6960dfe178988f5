// SPDX-License-Identifier: Apache-2.0
#include "docs_page.hpp"

#include <algorithm>

namespace mortise::openapi {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

// "https://api.example.com" of an absolute address, with what a policy could take for its own syntax left out.
std::string originOf(const std::string& server) {
    if (server.compare(0, 8, "https://") != 0 && server.compare(0, 7, "http://") != 0) return {};
    const std::size_t end = server.find_first_of("/?#", server.find("://") + 3);
    const std::string origin = server.substr(0, end);
    return origin.find_first_of(" ;,'\"{}\r\n\t") == origin.npos ? origin : std::string();
}

} // namespace

std::string pageHtml(std::string_view title, std::string_view document, const std::vector<PageAsset>& assets) {
    const auto address = [&](std::string_view name) {
        std::string out(name);
        for (const PageAsset& asset : assets)
            if (asset.name == name) out.append("?v=").append(asset.hash);
        return out;
    };
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    html += escaped(title);
    html += "</title>\n<link rel=\"icon\" type=\"image/png\" href=\"" + address("favicon-32x32.png") + "\">\n";
    for (const char* const style : {"swagger-ui.css", "page.css"})
        html += "<link rel=\"stylesheet\" href=\"" + address(style) + "\">\n";
    html += "</head>\n<body>\n<noscript>This page needs JavaScript. The document itself: <a href=\"";
    html +=
        escaped(document) + "\">" + escaped(document) + "</a></noscript>\n<div id=\"documentation\" data-document=\"";
    html += escaped(document) + "\"></div>\n";
    for (const char* const script : {"swagger-ui-bundle.js", "page.js"})
        html += "<script src=\"" + address(script) + "\"></script>\n";
    return html + "</body>\n</html>\n";
}

std::string relativeTo(std::string_view docsPath, std::string_view documentPath) {
    std::string out;
    for (auto slashes = std::count(docsPath.begin(), docsPath.end(), '/'); slashes > 0; --slashes) out += "../";
    return out.append(documentPath.substr(1));
}

std::string pagePolicy(const std::vector<std::string>& servers) {
    std::string policy = "default-src 'none';base-uri 'none';connect-src 'self'";
    for (const std::string& server : servers)
        if (const std::string origin = originOf(server); !origin.empty()) policy.append(" ").append(origin);
    return policy + ";form-action 'self';frame-ancestors 'self';img-src 'self' data:;script-src 'self';"
                    "style-src 'self' 'unsafe-inline'";
}

} // namespace mortise::openapi
