// SPDX-License-Identifier: Apache-2.0
#include "contributed_schema.hpp"
#include "contribution_reader.hpp"
#include "graphiql_page.hpp"
#include "graphql_endpoint.hpp"
#include "graphql_settings.hpp"
#include "page_assets.hpp"
#include "schema_document.hpp"

#include <mortise/extension_point.hpp>
#include <mortise/graphql_types.hpp>
#include <mortise/plugin.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::graphql {

namespace {

constexpr std::string_view endpoint = "/graphql";

SchemaSettings settingsOf(const Settings& from, std::uint32_t loops, bool isDevelopment) {
    SchemaSettings settings;
    EngineSettings& engine = settings.engine;
    engine.text.bytes = static_cast<std::uint32_t>(from.maxQuerySize.count);
    engine.text.tokens = from.maxTokens;
    engine.document.depth = from.maxDepth;
    engine.document.aliases = from.maxAliases;
    engine.document.queryRootFields = from.maxRootFields;
    engine.document.mutationRootFields = from.maxMutationFields;
    engine.document.cost = from.maxCost;
    engine.validation.maximumErrors = from.maxErrors;
    engine.validation.suggestions = from.suggestions;
    engine.validation.introspection = from.introspection;
    engine.variables.errors = from.maxErrors;
    engine.variables.values = from.maxVariableValues;
    engine.variables.suggestions = from.suggestions;
    engine.variables.showsValues = isDevelopment; // a password may be among them
    settings.execution.bytes = static_cast<std::size_t>(from.maxExecutionSize.count);
    settings.execution.rows = from.maxObjects;
    settings.execution.responseBytes = static_cast<std::size_t>(from.maxResponseSize.count);
    settings.execution.errors = from.maxErrors;
    settings.planBytes = static_cast<std::size_t>(from.planCacheSize.count);
    settings.loops = loops;
    return settings;
}

class GraphQlPlugin : public Plugin<Settings>, public ExtensionPoint<GraphQlTypes, ContributedSchema> {
public:
    void configure(Setup& setup) override {
        // An aggregate that is not moved. NOLINTNEXTLINE(modernize-make-unique)
        services_.reset(new OperationServices{log(), tasks(), loops(), json()});
        services_->isDevelopment = developmentMode();
        services_->anyText = json().schema("{}");
        if (settings().anonymousMaxAge.count() % 1000 != 0)
            setup.refuseSetting("anonymous_max_age", "it is in whole seconds");
        services_->areQueriesOpen = settings().openQueries;
        endpoint_ = std::make_unique<GraphQlEndpoint>(*services_, settings(), crypto());
        endpoint_->declare(setup, endpoint, isProvided<Database>(),
                           [this](const Request& request) -> const ContributedSchema& { return *collected(request); });
        declarePages(setup);
    }

    void start() override {
        if (isProvided<Database>()) services_->database = service<Database>();
        if (isProvided<RequestLimits>()) services_->limits = std::make_unique<RequestLimits>(service<RequestLimits>());
        if (settings().openQueries)
            log().warn("open_queries = true: fields that may be opened need no token, whatever their REST twins need");
    }

    void stop() override {
        if (const std::size_t open = services_->open.count(); open != 0)
            log().info("Operations wait for fields of other plugins", {{"operations", open}});
        services_->open.wait();
    }

    std::unique_ptr<ContributedSchema> build(const Contributions<GraphQlTypes>& list) override {
        std::vector<const Contributions<GraphQlTypes>::One*> given;
        std::vector<Contribution> contributions;
        bool isWhole = true;
        for (const auto& one : list) {
            std::vector<std::string> faults;
            given.push_back(&one);
            contributions.push_back(readContribution(one.plugin, one.name, one.table, faults));
            for (const std::string& fault : faults) list.refuse(one, fault);
            isWhole = isWhole && faults.empty();
        }
        if (!isWhole) return nullptr;
        auto schema = ContributedSchema::make(
            std::move(contributions), services_->json, *services_,
            settingsOf(settings(), loops().count(), developmentMode()),
            [&](std::size_t index, const std::string& reason) { list.refuse(*given[index], reason); });
        if (schema) endpoint_->readAllowList(*schema);
        return schema;
    }

private:
    void declarePages(Setup& setup) {
        const Settings& given = settings();
        const auto check = [&](std::string_view key, std::string_view path, std::string_view other) {
            if (path.empty()) return;
            if (!AssetPage::isPath(path))
                setup.refuseSetting(key, "'" + std::string(path) + "' is no path; write one such as /graphiql");
            if (path == endpoint || path == other) setup.refuseSetting(key, "another route has this path");
        };
        check("graphiql_path", given.graphiqlPath, {});
        check("schema_path", given.schemaPath, given.graphiqlPath);
        if (given.docs == "off" || (given.docs == "auto" && !developmentMode())) return;
        if (!given.schemaPath.empty())
            setup.get(given.schemaPath).hidden().handle([this](Request& request) {
                return schemaDocument_.reply(request, collected(request)->schema());
            });
        if (!given.graphiqlPath.empty()) page_.declare(setup, given.graphiqlPath, endpoint, given.schemaPath);
    }

    std::unique_ptr<OperationServices> services_; // from `configure` on
    std::unique_ptr<GraphQlEndpoint> endpoint_;   // likewise
    GraphiqlPage page_{pageAssets()};
    SchemaDocument schemaDocument_;
};

} // namespace
} // namespace mortise::graphql

MORTISE_PLUGIN(mortise::graphql::GraphQlPlugin, "org.mortise.graphql", "1.0.0", licence("Apache-2.0"), inExample(),
               mayUse<mortise::Database, mortise::RequestLimits>(), defines<mortise::GraphQlTypes>())
