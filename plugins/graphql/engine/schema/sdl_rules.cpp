// SPDX-License-Identifier: Apache-2.0
#include "schema/sdl_rules.hpp"

#include "schema/name_rules.hpp"
#include "schema/sdl_directive_rules.hpp"
#include "schema/suggestion_list.hpp"

#include <array>
#include <string>
#include <unordered_map>
#include <utility>

namespace mortise::graphql {

namespace {

const char* kindWord(NodeKind kind) {
    switch (kind) {
    case NodeKind::scalarType:
        return "scalar";
    case NodeKind::interfaceType:
        return "interface";
    case NodeKind::unionType:
        return "union";
    case NodeKind::enumType:
        return "enum";
    case NodeKind::inputType:
        return "input object";
    default:
        return "object";
    }
}

// One run over a document.
class SdlRules {
public:
    SdlRules(const Document& document, std::vector<Error>& errors) : document_(document), errors_(errors) {}

    void check() {
        for (const NodeId node : document_.children(0))
            if (isTypeDefinition(document_.kind(node)) && document_[node].flags != Node::isExtension)
                defined_[document_.name(node)] = node;
        for (const NodeId node : document_.children(0)) checkDefinition(node);
        for (NodeId node = 0; node < document_.size(); ++node)
            if (document_.kind(node) == NodeKind::objectValue) checkMembers(node);
    }

private:
    void report(std::string message, std::uint32_t offset) {
        errors_.push_back(schemaError(std::move(message), offset));
    }

    void checkDefinition(NodeId node) {
        const NodeKind kind = document_.kind(node);
        const bool isExtension = document_[node].flags == Node::isExtension;
        if (kind == NodeKind::operation || kind == NodeKind::fragmentDefinition) {
            report("A schema has no operations and fragments.", document_[node].offset);
        } else if (kind == NodeKind::schemaDefinition) {
            if (!isExtension && schemas_++ > 0)
                report("Must provide only one schema definition.", document_[node].offset);
            checkRoots(node);
        } else if (isTypeDefinition(document_.kind(node)) && isExtension) {
            checkExtension(node);
        }
    }

    void checkRoots(NodeId node) {
        for (const NodeId root : document_.children(node)) {
            if (document_.kind(root) != NodeKind::rootOperation) continue;
            NodeId& first = roots_[document_[root].flags];
            if (first != noNode) {
                report("There can be only one " + std::string(operationKeywords[document_[root].flags]) +
                           " type in schema.",
                       document_[first].offset);
                errors_.back().offsets.push_back(document_[root].offset);
            } else {
                first = root;
            }
        }
    }

    void checkExtension(NodeId node) {
        const std::string name(document_.name(node));
        const auto found = defined_.find(name);
        if (found == defined_.end()) {
            std::vector<std::string_view> names;
            for (const auto& [typeName, definition] : defined_) names.push_back(typeName);
            report("Cannot extend type \"" + name + "\" because it is not defined." + suggestion({}, name, names),
                   document_[node].name.offset);
        } else if (document_.kind(found->second) != document_.kind(node)) {
            report("Cannot extend non-" + std::string(kindWord(document_.kind(node))) + " type \"" + name + "\".",
                   document_[found->second].offset);
            errors_.back().offsets.push_back(document_[node].offset);
        }
    }

    void checkMembers(NodeId object) {
        std::unordered_map<std::string_view, NodeId> seen;
        for (const NodeId member : document_.children(object)) {
            const auto [first, isNew] = seen.emplace(document_.name(member), member);
            if (isNew) continue;
            report("There can be only one input field named \"" + std::string(first->first) + "\".",
                   document_[first->second].name.offset);
            errors_.back().offsets.push_back(document_[member].name.offset);
        }
    }

    const Document& document_;
    std::vector<Error>& errors_;
    std::unordered_map<std::string_view, NodeId> defined_; // the last of each name
    std::array<NodeId, 3> roots_{noNode, noNode, noNode};
    unsigned schemas_ = 0;
};

} // namespace

void checkSdl(const Document& document, std::vector<Error>& errors) {
    SdlRules(document, errors).check();
    SdlDirectiveRules(document, errors).check();
}

} // namespace mortise::graphql
