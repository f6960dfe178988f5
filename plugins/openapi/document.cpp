// SPDX-License-Identifier: Apache-2.0
#include "document.hpp"

#include "operation.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace mortise::openapi {
namespace {

Json infoOf(const DocumentFrame& frame) {
    Json info = Json::object();
    info.set("title", frame.title).set("version", frame.version).setUnlessEmpty("description", frame.description);
    Json contact = Json::object();
    contact.setUnlessEmpty("name", frame.contactName)
        .setUnlessEmpty("url", frame.contactUrl)
        .setUnlessEmpty("email", frame.contactEmail);
    if (!contact.empty()) info.set("contact", std::move(contact));
    if (!frame.license.empty())
        info.set("license", Json::object().set("name", frame.license).set("identifier", frame.license));
    return info;
}

// Every tag with the plugins whose routes bear it, in the order of their appearance.
Json tagsOf(const std::vector<RouteNote>& routes) {
    std::vector<std::pair<std::string, std::vector<std::string>>> tags;
    for (const RouteNote& route : routes) {
        for (const std::string& tag : route.tags) {
            auto found = std::find_if(tags.begin(), tags.end(), [&](const auto& entry) { return entry.first == tag; });
            if (found == tags.end()) found = tags.insert(tags.end(), {tag, {}});
            auto& plugins = found->second;
            if (std::find(plugins.begin(), plugins.end(), route.plugin) == plugins.end())
                plugins.push_back(route.plugin);
        }
    }
    Json list = Json::array();
    for (const auto& [tag, plugins] : tags) {
        std::string text = plugins.size() == 1 ? "Plugin `" : "Plugins `";
        for (const std::string& plugin : plugins) {
            if (&plugin != &plugins.front()) text += "`, `";
            text += plugin;
        }
        list.push(Json::object().set("name", tag).set("description", text + "`"));
    }
    return list;
}

bool isDocumented(const RouteNote& route) {
    return route.method != "HEAD" && route.method != "OPTIONS";
}

// Given ids first, so that one that is made never takes one of those.
std::vector<std::string> idsOf(const std::vector<RouteNote>& routes) {
    std::set<std::string> taken;
    std::vector<std::string> ids(routes.size());
    for (const bool given : {true, false}) {
        for (std::size_t i = 0; i < routes.size(); ++i) {
            const RouteNote& route = routes[i];
            if (route.operationId.empty() == given) continue;
            const std::string wanted = given ? route.operationId : operationIdOf(route.method, route.pattern);
            std::string id = wanted;
            for (int number = 2; !taken.insert(id).second; ++number) id = wanted + std::to_string(number);
            ids[i] = std::move(id);
        }
    }
    return ids;
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return text;
}

} // namespace

Json documentOf(const DocumentFrame& frame, const std::vector<RouteNote>& given) {
    std::vector<RouteNote> routes;
    std::copy_if(given.begin(), given.end(), std::back_inserter(routes), isDocumented);
    for (RouteNote& route : routes)
        if (route.tags.empty()) route.tags.push_back(route.plugin);

    Components components(frame.errorSchema);
    const std::vector<std::string> ids = idsOf(routes);
    std::map<std::string, PathTemplate> templates; // by shape: names of the first route count
    Json paths = Json::object();
    for (std::size_t i = 0; i < routes.size(); ++i) {
        PathTemplate own = pathTemplate(routes[i].pattern);
        const PathTemplate& path = templates.try_emplace(own.shape, own).first->second;
        Json operation = Json::object().set("operationId", ids[i]);
        const Json described = operationOf(routes[i], path, components);
        for (const Json::Member& member : described.members()) operation.set(member.key, member.value);
        const Json* const there = paths.find(path.text);
        Json item = there != nullptr ? *there : Json::object();
        paths.set(path.text, item.set(lower(routes[i].method), std::move(operation)));
    }

    Json document = Json::object();
    document.set("openapi", "3.1.0").set("info", infoOf(frame));
    Json servers = Json::array();
    for (const std::string& server : frame.servers) servers.push(Json::object().set("url", server));
    if (!servers.empty()) document.set("servers", std::move(servers));
    if (Json tags = tagsOf(routes); !tags.empty()) document.set("tags", std::move(tags));
    document.set("paths", std::move(paths));
    if (Json shared = components.take(); !shared.empty()) document.set("components", std::move(shared));
    return document;
}

} // namespace mortise::openapi
