// SPDX-License-Identifier: Apache-2.0
// {"job": "execute", "schema": SDL, "document": text, "operation": name or "", "variables": JSON text} →
// {"text": the response}. Data are derived from hashes (derived_values.hpp), as checks/execution.mjs does.
#include "shell_job.hpp"

#include "derived_values.hpp"
#include "execution/engine.hpp"
#include "execution/execution.hpp"
#include "execution/response_document.hpp"
#include "given_values.hpp"

#include <limits>

namespace mortise::graphql::shell {

namespace {

// Everything that one schema needs, kept for the jobs that follow.
struct Served {
    std::shared_ptr<const Schema> schema;
    std::unique_ptr<ResolverTable> table;
    std::unique_ptr<Engine> engine;
};

Served serve(const Schema& schema) {
    constexpr std::uint32_t unbounded = std::numeric_limits<std::uint32_t>::max();
    Served served;
    served.schema = std::shared_ptr<const Schema>(&schema, [](const Schema*) {}); // the shell's
    served.table = std::make_unique<ResolverTable>(served.schema);
    for (const Type& type : schema.types()) {
        if (type.kind != TypeKind::object || type.name.starts_with("__")) continue;
        for (const Field& field : type.fields)
            served.table->own(type.name, field.name, std::make_unique<DerivedResolver>(schema));
    }
    EngineSettings settings;
    settings.subscriptions = true; // as graphql-js's execute()
    settings.document = {unbounded, unbounded, unbounded, unbounded, std::numeric_limits<std::uint64_t>::max()};
    served.engine = std::make_unique<Engine>(served.schema, settings);
    return served;
}

} // namespace

Poco::JSON::Object::Ptr runExecute(const Poco::JSON::Object& asked, Schemas& schemas) {
    static std::map<const Schema*, Served> all;
    const Schema& schema = schemas.of(asked).schema.value();
    auto known = all.find(&schema);
    if (known == all.end()) known = all.emplace(&schema, serve(schema)).first;
    const Served& served = known->second;

    PlanCache cache(1 << 20);
    PreparedRequest request;
    const Values given = valuesOfJson(asked.optValue<std::string>("variables", "{}"));
    served.engine->prepare(cache, asked.getValue<std::string>("document"), asked.optValue<std::string>("operation", ""),
                           given, request);
    JsonOutput output(std::size_t{1} << 28);
    Poco::JSON::Object::Ptr said = new Poco::JSON::Object;
    if (request.plan == nullptr) {
        writeResponse(output, request.document->text(), request.errors, std::nullopt);
        said->set("text", std::string(output.view()));
        return said;
    }
    ExecutionLimits limits;
    limits.bytes = limits.responseBytes = std::size_t{1} << 28;
    limits.rows = limits.errors = std::numeric_limits<std::uint32_t>::max();
    const Clock clock;
    Execution execution(*served.table, limits, clock);
    execution.start({request.plan, &request.variables, nullptr, 1, std::nullopt});
    writeResponse(output, request.document->text(), execution.errors(), execution.data());
    said->set("text", std::string(output.view()));
    return said;
}

} // namespace mortise::graphql::shell
