// SPDX-License-Identifier: Apache-2.0
// {"job": "coerce", "schema": SDL, "document": text, "variables": JSON text, "suggestions": bool} → {"errors": […]}, or
// {"errors": [], "variables": JSON text, "arguments": [JSON text or {"errors": […]}]} with one for each root field
#include "shell_job.hpp"

#include "given_values.hpp"
#include "language/parser.hpp"
#include "schema/argument_values.hpp"
#include "schema/variable_values.hpp"

namespace mortise::graphql::shell {

Poco::JSON::Object::Ptr runCoerce(const Poco::JSON::Object& asked, Schemas& schemas) {
    Poco::JSON::Object::Ptr said = new Poco::JSON::Object;
    const Schema& schema = schemas.of(asked).schema.value();
    const auto source = asked.getValue<std::string>("document");
    const ParseResult parsed = parseDocument(source);
    if (parsed.error) {
        said->set("errors", errorsOf({*parsed.error}, source));
        return said;
    }
    const Document& document = parsed.document;
    const NodeId operation = document.child(0, NodeKind::operation);
    const Values given = valuesOfJson(asked.getValue<std::string>("variables"));
    VariableLimits limits;
    limits.suggestions = asked.optValue("suggestions", true);
    Values variables;
    std::vector<Error> errors;
    const bool isSound = coerceVariables(schema, document, operation, given, limits, variables, errors);
    said->set("errors", errorsOf(errors, source));
    if (!isSound) return said;
    said->set("variables", jsonOf(variables, 0));
    Poco::JSON::Array::Ptr all = new Poco::JSON::Array;
    for (const NodeId field : document.children(document.child(operation, NodeKind::selectionSet))) {
        const Field* const definition = schema.selectable(schema.root(OperationKind::query), document.name(field));
        Values out;
        Error error;
        if (coerceArguments(schema, document, definition->arguments, field, &variables, out, error)) {
            all->add(jsonOf(out, 0));
        } else {
            Poco::JSON::Object::Ptr failed = new Poco::JSON::Object;
            failed->set("errors", errorsOf({error}, source));
            all->add(failed);
        }
    }
    said->set("arguments", all);
    return said;
}

} // namespace mortise::graphql::shell
