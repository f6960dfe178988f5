// SPDX-License-Identifier: Apache-2.0
#include "language/printer.hpp"

#include "language/document_printer.hpp"

namespace mortise::graphql {

std::string printNode(const Document& document, NodeId id) {
    DocumentPrinter printer(document);
    printer.print(id);
    return printer.take();
}

std::string printDocument(const Document& document) {
    return document.size() == 0 ? std::string() : printNode(document, 0);
}

} // namespace mortise::graphql
