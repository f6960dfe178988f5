// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/entity_tag.hpp>
#include <mortise/page_asset.hpp>
#include <mortise/plugin.hpp>
#include <mortise/text/accept_encoding.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// A page that a plugin brings in its own file, such as /docs: GET of its path leads to the path with a slash, where the
// page is, and below which the files are that it is made of. Browsers keep these for a year under an address that has
// their hash, and ask again for the page. A member of the plugin: it outlives its routes.
class AssetPage {
public:
    // The assets outlive the page; bytes of the plugin's file do.
    explicit AssetPage(const std::vector<PageAsset>& assets) noexcept : assets_(assets) {}

    // What the page calls a file of it: name and hash. Of none of its files: the name.
    std::string address(std::string_view name) const {
        std::string out(name);
        for (const PageAsset& asset : assets_)
            if (asset.name == name) out.append("?v=").append(asset.hash);
        return out;
    }

    // [configure] `path` has no slash at its end; `html` is the page, `policy` its Content-Security-Policy, which also
    // stands on its files.
    void declare(Setup& setup, std::string_view path, std::string html, const std::string& policy) {
        html_ = std::move(html);
        htmlTag_ = entityTagText(fingerprint(html_));
        policy_ = setup.headerBlock({{"Content-Security-Policy", policy}});
        // Relative, so that it holds behind a proxy that puts something in front.
        const std::string target = std::string(path.substr(path.rfind('/') + 1)) + "/";
        setup.get(path).hidden().onLoop().handle([target](Request&) { return Reply::empty(301).location(target); });
        setup.get(std::string(path) + "/*file").hidden().onLoop().handle([this](Request& request) {
            const std::string_view file = request.parameter("file");
            if (file.empty()) return page(request);
            for (const PageAsset& one : assets_)
                if (one.name == file) return asset(request, one);
            return notFound("Route not found");
        });
    }

    // A path that a route can have, without parameters; for the text of a page.
    static bool isPath(std::string_view path) {
        return path.size() > 1 && path.front() == '/' && path.back() != '/' && path.find("/:") == path.npos &&
               path.find("/*") == path.npos && path.find_first_of("\"<>&") == path.npos;
    }

    // From a page at `path` with a slash behind it to `other`, without the host's name and without what a proxy may
    // have put before both: "../openapi.json".
    static std::string relativeTo(std::string_view path, std::string_view other) {
        std::string out;
        for (auto slashes = std::count(path.begin(), path.end(), '/'); slashes > 0; --slashes) out += "../";
        return out.append(other.substr(1));
    }

    // As text of HTML, or as the value of an attribute in double quotes.
    static std::string escaped(std::string_view text) {
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

    // Whether If-None-Match has `tag`: then the client knows what it asks for.
    static bool isKnown(const Request& request, std::string_view tag) {
        const std::optional<EntityTag> current = EntityTag::parse(tag);
        const EntityTagList known(request, "If-None-Match");
        return current && (known.kind() == EntityTagList::Kind::any || known.kind() == EntityTagList::Kind::list) &&
               known.weakMatches(*current);
    }

    // FNV-1a: distinguishes texts of one server, no more.
    static std::uint64_t fingerprint(std::string_view text) noexcept {
        std::uint64_t hash = 0xcbf29ce484222325u;
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        return hash;
    }

private:
    Reply page(const Request& request) const {
        Reply reply =
            isKnown(request, htmlTag_) ? Reply::empty(304) : Reply::bytes(200, "text/html; charset=utf-8", html_);
        return std::move(reply).block(policy_).field("Cache-Control", "no-cache").field("ETag", htmlTag_);
    }

    Reply asset(const Request& request, const PageAsset& asset) const {
        const bool packed =
            !asset.gzip.empty() && AcceptEncoding(request.field("Accept-Encoding")).quality(ContentCoding::gzip) > 0;
        // The page names every file with its hash: what has this address never changes.
        const bool named = request.query() == "v=" + std::string(asset.hash);
        const std::string tag = "\"" + std::string(asset.hash) + (packed ? "-gzip\"" : "\"");
        Reply reply = isKnown(request, tag)
                          ? Reply::empty(304)
                          : Reply::constant(200, std::string(asset.mediaType), packed ? asset.gzip : asset.plain);
        if (packed && reply.code() == 200) reply.field("Content-Encoding", "gzip");
        if (!asset.gzip.empty()) reply.field("Vary", "Accept-Encoding");
        return std::move(reply)
            .block(policy_)
            .field("Cache-Control", named ? "public, max-age=31536000, immutable" : "no-cache")
            .field("ETag", tag);
    }

    const std::vector<PageAsset>& assets_;
    std::string html_;
    std::string htmlTag_;
    HeaderBlock policy_;
};

} // namespace v1
} // namespace mortise
