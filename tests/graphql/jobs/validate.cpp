// SPDX-License-Identifier: Apache-2.0
// {"job": "validate", "schema": SDL, "document": text, "suggestions": bool, "introspection": bool} → {"errors": […]}
#include "shell_job.hpp"

#include "language/parser.hpp"
#include "validation/validator.hpp"

namespace mortise::graphql::shell {

Poco::JSON::Object::Ptr runValidate(const Poco::JSON::Object& asked, Schemas& schemas) {
    Poco::JSON::Object::Ptr said = new Poco::JSON::Object;
    const Schemas::Entry& entry = schemas.of(asked);
    if (!entry.schema) {
        said->set("errors", errorsOf(entry.errors, entry.sdl));
        return said;
    }
    const auto source = asked.getValue<std::string>("document");
    const ParseResult parsed = parseDocument(source);
    if (parsed.error) {
        said->set("errors", errorsOf({*parsed.error}, source));
        return said;
    }
    ValidationOptions options;
    options.suggestions = asked.optValue("suggestions", true);
    options.introspection = asked.optValue("introspection", true);
    said->set("errors", errorsOf(validate(*entry.schema, parsed.document, options), source));
    return said;
}

} // namespace mortise::graphql::shell
