// SPDX-License-Identifier: Apache-2.0
#include "docs_page.hpp"
#include "document.hpp"
#include "openapi_settings.hpp"
#include "page_assets.hpp"
#include "route_additions.hpp"
#include "tape_json.hpp"
#include "yaml_text.hpp"

#include <mortise/asset_page.hpp>
#include <mortise/declared_routes.hpp>
#include <mortise/entity_tag.hpp>
#include <mortise/extension_point.hpp>
#include <mortise/json.hpp>
#include <mortise/plugin.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace mortise::openapi {
namespace {

// The document of one generation.
struct Built {
    std::uint64_t generation = 0;
    std::string json;
    std::string yaml;
    std::string tag; // of the JSON; the YAML's has another letter in front
};

std::vector<std::string> listOf(std::string_view commaList) {
    std::vector<std::string> items;
    while (!commaList.empty()) {
        const std::size_t comma = std::min(commaList.find(','), commaList.size());
        std::string_view item = commaList.substr(0, comma);
        commaList.remove_prefix(std::min(comma + 1, commaList.size()));
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
    }
    return items;
}

class OpenApi : public Plugin<Settings>, public ExtensionPoint<RouteDocumentation, RouteAdditions> {
public:
    void configure(Setup& setup) override;
    std::unique_ptr<RouteAdditions> build(const Contributions<RouteDocumentation>& list) override {
        return std::make_unique<RouteAdditions>(list);
    }

private:
    void checkPaths(Setup& setup);
    void declarePage(Setup& setup);

    std::shared_ptr<const Built> built(const Request& request);
    std::shared_ptr<const Built> documentFor(const Request& request) const;
    std::optional<Json> schemaOf(std::string_view text) const;
    RouteNote noteOf(const DeclaredRoute& route) const;
    void extendBy(const RouteAdditions& additions, const DeclaredRoute& route, RouteNote& note) const;

    Reply document(const Request& request, bool yaml);

    AssetPage page_{pageAssets()};
    std::mutex mutex_;
    std::shared_ptr<const Built> built_; // of the newest generation that asked; under mutex_
};

void OpenApi::checkPaths(Setup& setup) {
    const Settings& given = settings();
    const auto check = [&](std::string_view key, std::string_view path, bool optional) {
        if (!AssetPage::isPath(path) && !(optional && path.empty()))
            setup.refuseSetting(key, "'" + std::string(path) + "' is no path; write one such as /openapi.json");
    };
    check("json_path", given.jsonPath, false);
    check("yaml_path", given.yamlPath, true);
    check("docs_path", given.docsPath, true);
    if (given.yamlPath == given.jsonPath) setup.refuseSetting("yaml_path", "json_path is the same");
}

void OpenApi::configure(Setup& setup) {
    checkPaths(setup);
    const Settings& given = settings();
    if (given.docs == "off" || (given.docs == "auto" && !developmentMode())) return;
    setup.get(given.jsonPath).hidden().handle([this](Request& request) { return document(request, false); });
    if (!given.yamlPath.empty())
        setup.get(given.yamlPath).hidden().handle([this](Request& request) { return document(request, true); });
    if (!given.docsPath.empty()) declarePage(setup);
}

void OpenApi::declarePage(Setup& setup) {
    const Settings& given = settings();
    page_.declare(setup, given.docsPath,
                  pageHtml(page_, given.title, AssetPage::relativeTo(given.docsPath, given.jsonPath)),
                  pagePolicy(given.servers));
}

Reply OpenApi::document(const Request& request, bool yaml) {
    const std::shared_ptr<const Built> made = built(request);
    const std::string tag = yaml ? "\"y" + made->tag.substr(1) : made->tag;
    Reply reply = AssetPage::isKnown(request, tag) ? Reply::empty(304)
                  : yaml                           ? Reply::bytes(200, "application/yaml", made->yaml)
                                                   : Reply::rawJson(200, made->json);
    return std::move(reply).field("Cache-Control", "no-cache").field("ETag", tag);
}

// An instance may be carried over a reload that changes other plugins: what counts is the generation that serves.
std::shared_ptr<const Built> OpenApi::built(const Request& request) {
    const std::lock_guard lock(mutex_); // who asks meanwhile needs the same document
    if (built_ && built_->generation == request.generation()) return built_;
    std::shared_ptr<const Built> made = documentFor(request);
    // Requests that the generation before still serves do not push out the newer one.
    if (made->generation != 0 && (!built_ || made->generation > built_->generation)) built_ = made;
    return made;
}

std::shared_ptr<const Built> OpenApi::documentFor(const Request& request) const {
    const Settings& given = settings();
    const DocumentFrame frame{std::string(given.title),        std::string(given.version),
                              std::string(given.description),  std::string(given.license),
                              std::string(given.contactName),  std::string(given.contactUrl),
                              std::string(given.contactEmail), given.servers,
                              *schemaOf(detail::errorSchema)};
    std::vector<RouteNote> routes;
    const RouteAdditions* const additions = collected(request);
    request.visitRoutes([&](const DeclaredRoute& route) {
        if (route.has(MORTISE_ROUTE_HIDDEN)) return;
        routes.push_back(noteOf(route));
        if (additions != nullptr) extendBy(*additions, route, routes.back());
    });
    const Json document = documentOf(frame, routes);
    auto made = std::make_shared<Built>();
    made->generation = request.generation();
    made->json = toJson(document);
    made->yaml = toYaml(document);
    made->tag = entityTagText(AssetPage::fingerprint(made->json));
    return made;
}

std::optional<Json> OpenApi::schemaOf(std::string_view text) const {
    std::optional<Json> schema;
    if (text.empty()) return schema;
    json().visit(text, {}, [&](const mortise_json_tape& tape) { schema = jsonOf(tape); });
    return schema;
}

RouteNote OpenApi::noteOf(const DeclaredRoute& route) const {
    RouteNote note;
    note.plugin = route.plugin();
    note.method = route.method();
    note.pattern = route.pattern();
    note.operationId = route.operationId();
    note.summary = route.summary();
    note.description = route.description();
    note.tags = listOf(route.tags());
    note.role = route.role();
    note.caller = route.authentication() == MORTISE_AUTHENTICATION_REQUIRED   ? RouteNote::Caller::required
                  : route.authentication() == MORTISE_AUTHENTICATION_OPTIONAL ? RouteNote::Caller::optional
                                                                              : RouteNote::Caller::anyone;
    note.body = schemaOf(route.bodySchema());
    note.path = schemaOf(route.pathSchema());
    note.query = schemaOf(route.querySchema());
    note.headers = schemaOf(route.headerSchema());
    note.cookies = schemaOf(route.cookieSchema());
    note.bodyMediaTypes = listOf(route.bodyMediaTypes());
    note.rawBody = route.has(MORTISE_ROUTE_RAW_BODY);
    note.bodyOptional = route.has(MORTISE_ROUTE_BODY_OPTIONAL);
    note.forms = route.has(MORTISE_ROUTE_ALSO_FORMS);
    note.multipart = route.has(MORTISE_ROUTE_MULTIPART);
    note.deprecated = route.has(MORTISE_ROUTE_DEPRECATED);
    for (std::uint32_t i = 0; i < route.responseCount(); ++i) {
        const DeclaredResponse response = route.response(i);
        ResponseNote& one = note.responses.emplace_back(ResponseNote{response.status,
                                                                     schemaOf(response.schema),
                                                                     std::string(response.message),
                                                                     std::string(response.mediaType),
                                                                     {}});
        for (std::size_t j = 0; j < response.fieldCount(); ++j) {
            const DeclaredField field = response.field(j);
            one.fields.push_back({std::string(field.name), std::string(field.text), schemaOf(field.schema)});
        }
    }
    return note;
}

void OpenApi::extendBy(const RouteAdditions& additions, const DeclaredRoute& route, RouteNote& note) const {
    for (const RouteAdditions::One& one : additions.all()) {
        try {
            if (const std::optional<RouteAddition> addition =
                    one.methods.addTo(route.method(), route.pattern(), route.flags()))
                extend(note, *addition, [this](std::string_view text) { return schemaOf(text); });
        } catch (const std::exception& failure) {
            log().warn("What a plugin does to a route is not documented", {{"plugin", one.plugin},
                                                                           {"method", route.method()},
                                                                           {"route", route.pattern()},
                                                                           {"reason", failure.what()}});
        }
    }
}

} // namespace
} // namespace mortise::openapi

MORTISE_PLUGIN(mortise::openapi::OpenApi, "org.mortise.openapi", "1.0.0", licence("Apache-2.0"), inExample(),
               defines<mortise::RouteDocumentation>())
