// SPDX-License-Identifier: Apache-2.0
// {"job": "print_schema", "schema": SDL} → {"errors": […]} or {"printed": SDL, "errors": []}
#include "shell_job.hpp"

#include "schema/sdl_printer.hpp"

namespace mortise::graphql::shell {

Poco::JSON::Object::Ptr runPrintSchema(const Poco::JSON::Object& asked, Schemas& schemas) {
    Poco::JSON::Object::Ptr said = new Poco::JSON::Object;
    const Schemas::Entry& entry = schemas.of(asked);
    said->set("errors", errorsOf(entry.errors, entry.sdl));
    if (entry.schema) said->set("printed", printSchema(*entry.schema));
    return said;
}

} // namespace mortise::graphql::shell
