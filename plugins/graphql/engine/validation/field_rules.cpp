// SPDX-License-Identifier: Apache-2.0
#include "validation/field_rules.hpp"

#include "schema/suggestion_list.hpp"

#include <algorithm>
#include <span>

namespace mortise::graphql {

namespace {

constexpr std::uint8_t introspectionLists = 3; // so many within each other are refused

struct SuggestedType {
    TypeId type;
    std::uint32_t uses;
};

// Whether one is suggested before the other: used by more types, a type before those that implement it, by name.
bool isSuggestedBefore(const Schema& schema, const SuggestedType& left, const SuggestedType& right) {
    if (left.uses != right.uses) return left.uses > right.uses;
    const auto isSubType = [&](TypeId super, TypeId type) {
        const auto& interfaces = schema[type].interfaces;
        return schema[super].kind == TypeKind::interface &&
               std::find(interfaces.begin(), interfaces.end(), super) != interfaces.end();
    };
    if (isSubType(left.type, right.type)) return true;
    if (isSubType(right.type, left.type)) return false;
    return naturallyBefore(schema[left.type].name, schema[right.type].name);
}

// The object types an abstract one can be, and their interfaces, that have the field.
std::vector<std::string_view> typesWithField(const Schema& schema, TypeId abstract, std::string_view field) {
    std::vector<SuggestedType> found;
    std::vector<std::uint32_t> placeOf(schema.types().size(), NameSet::none);
    const auto count = [&](TypeId type) {
        if (schema[type].field(field) == nullptr) return false;
        if (placeOf[type] == NameSet::none) {
            placeOf[type] = static_cast<std::uint32_t>(found.size());
            found.push_back({type, 0});
        }
        ++found[placeOf[type]].uses;
        return true;
    };
    for (const TypeId possible : schema[abstract].possible) {
        if (!count(possible)) continue;
        for (const TypeId interface : schema[possible].interfaces) count(interface);
    }
    // Insertion by halving: the order is no strict weak one, and the result must be graphql-js's.
    std::vector<SuggestedType> sorted;
    sorted.reserve(found.size());
    for (const SuggestedType& one : found) {
        const auto at = std::upper_bound(sorted.begin(), sorted.end(), one, [&](const auto& left, const auto& right) {
            return isSuggestedBefore(schema, left, right);
        });
        sorted.insert(at, one);
    }
    std::vector<std::string_view> names;
    names.reserve(sorted.size());
    for (const SuggestedType& one : sorted) names.push_back(schema[one.type].name);
    return names;
}

std::string fieldSuggestion(const Schema& schema, TypeId parent, std::string_view field) {
    const Type& type = schema[parent];
    if (type.isAbstract()) {
        std::string types = didYouMean("to use an inline fragment on", typesWithField(schema, parent, field));
        if (!types.empty()) return types;
    }
    std::vector<std::string_view> names;
    names.reserve(type.fields.size());
    for (const Field& one : type.fields) names.push_back(one.name);
    return suggestion({}, field, names);
}

} // namespace

void checkLeaf(RuleContext& context, NodeId field, NodeId selectionSet) {
    const TypeRef type = context.resolution[field].type;
    if (type.named == noType || context.schema[type.named].isLeaf() == (selectionSet == noNode)) return;
    const std::string name = shortened(context.document.name(field));
    const std::string text = quoted(context.schema.text(type));
    if (selectionSet != noNode) {
        context.report("Field " + quoted(name) + " must not have a selection since type " + text + " has no subfields.",
                       context.offset(selectionSet));
    } else {
        context.report("Field " + quoted(name) + " of type " + text +
                           " must have a selection of subfields. Did you mean \"" + name + " { ... }\"?",
                       context.offset(field));
    }
}

void checkFieldIsDefined(RuleContext& context, NodeId field) {
    const Resolved& resolved = context.resolution[field];
    if (resolved.parent == noType || resolved.field() != nullptr) return;
    const std::string_view name = context.document.name(field);
    std::string message =
        "Cannot query field " + quoted(name) + " on type " + quoted(context.schema[resolved.parent].name) + ".";
    if (context.options.suggestions) message += fieldSuggestion(context.schema, resolved.parent, name);
    context.report(std::move(message), context.offset(field));
}

void checkNoIntrospection(RuleContext& context, NodeId field) {
    const TypeId type = context.resolution[field].type.named;
    if (type == noType || !context.schema[type].name.starts_with("__")) return;
    context.report("GraphQL introspection has been disabled, but the requested query contained the field " +
                       quoted(context.document.name(field)) + ".",
                   context.offset(field));
}

bool IntrospectionDepth::check(NodeId field) {
    const std::string_view name = context_.document.name(field);
    if (name != "__schema" && name != "__type") return true;
    if (entered_.empty()) entered_.resize(context_.resolution.definitions().size());
    if (!isTooDeep(field)) return true;
    entered_.assign(entered_.size(), 0); // that walk was not finished
    context_.report("Maximum introspection depth exceeded", context_.offset(field));
    return false;
}

bool IntrospectionDepth::isTooDeep(NodeId field) {
    struct Range {
        NodeId next;
        NodeId end;
        std::uint8_t lists;
    };
    const Document& document = context_.document;
    const Resolution& resolution = context_.resolution;
    std::vector<Range> open{{field, document[field].end, 0}};
    while (!open.empty()) {
        if (open.back().next == open.back().end) {
            open.pop_back();
            continue;
        }
        const NodeId node = open.back().next;
        std::uint8_t lists = open.back().lists;
        open.back().next = document[node].end;
        switch (document.kind(node)) {
        case NodeKind::fragmentSpread: {
            const std::uint32_t fragment = resolution.fragment(document.name(node));
            if (fragment == NameSet::none || entered_[fragment] > lists) continue;
            entered_[fragment] = static_cast<std::uint8_t>(lists + 1);
            const NodeId definition = resolution.definitions()[fragment].node;
            open.push_back({definition + 1, document[definition].end, lists});
            continue;
        }
        case NodeKind::field: {
            const std::string_view name = document.name(node);
            if (name == "fields" || name == "interfaces" || name == "possibleTypes" || name == "inputFields") ++lists;
            if (lists >= introspectionLists) return true;
            break;
        }
        case NodeKind::inlineFragment:
        case NodeKind::selectionSet:
            break;
        default:
            continue;
        }
        open.push_back({node + 1, document[node].end, lists});
    }
    return false;
}

} // namespace mortise::graphql
