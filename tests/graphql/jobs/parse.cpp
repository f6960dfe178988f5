// SPDX-License-Identifier: Apache-2.0
// {"job": "parse", "document": text} → {"errors": […]} or {"printed": text, "nodes": ["field 1:3 id", …], "errors": []}
#include "shell_job.hpp"

#include "language/line_index.hpp"
#include "language/parser.hpp"
#include "language/printer.hpp"
#include "language/tests/document_shape.hpp"

namespace mortise::graphql::shell {

namespace {

// Each node's kind, where it stands and its name.
Poco::JSON::Array::Ptr nodesOf(const Document& document) {
    const LineIndex lines(document.source());
    Poco::JSON::Array::Ptr nodes = new Poco::JSON::Array;
    for (NodeId id = 0; id < document.size(); ++id) {
        const Location at = lines.locate(document[id].offset);
        nodes->add(std::string(nameOfKind(document.kind(id))) + ' ' + std::to_string(at.line) + ':' +
                   std::to_string(at.column) + ' ' + std::string(document.name(id)));
    }
    return nodes;
}

} // namespace

Poco::JSON::Object::Ptr runParse(const Poco::JSON::Object& asked, Schemas&) {
    Poco::JSON::Object::Ptr said = new Poco::JSON::Object;
    const auto source = asked.getValue<std::string>("document");
    const ParseResult parsed = parseDocument(source);
    if (parsed.error) {
        said->set("errors", errorsOf({*parsed.error}, source));
    } else {
        said->set("printed", printDocument(parsed.document));
        said->set("nodes", nodesOf(parsed.document));
        said->set("errors", errorsOf({}, source));
    }
    return said;
}

} // namespace mortise::graphql::shell
