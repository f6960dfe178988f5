// SPDX-License-Identifier: Apache-2.0
#include "schema/literal_values.hpp"

#include "schema/scalar_coercion.hpp"
#include "schema/untyped_literal.hpp"

#include <string>

namespace mortise::graphql {

namespace {

// One literal on its way into `out`, which is cut back by the caller when it does not fit.
class LiteralCoercion {
public:
    LiteralCoercion(const Schema& schema, const Document& document, const Values* variables, Values& out)
        : schema_(schema), document_(document), variables_(variables), out_(out) {}

    bool coerce(NodeId literal, TypeRef type, std::string_view name) {
        const NodeKind kind = document_.kind(literal);
        if (kind == NodeKind::variable) return takeVariable(document_.name(literal), type, name);
        if (kind == NodeKind::nullValue) {
            addNull(name);
            return !type.isNonNull();
        }
        if (type.isList()) return coerceList(literal, type, name);
        const Type& named = schema_[type.named];
        if (named.kind == TypeKind::input) return coerceObject(literal, named, name);
        std::string ignored;
        return named.isLeaf() && coerceLeafLiteral(named, document_, literal, variables_, false, out_, name, ignored);
    }

private:
    void addNull(std::string_view name) {
        Value null;
        null.name = name;
        out_.add(null);
    }

    bool isMissing(NodeId literal) const {
        return document_.kind(literal) == NodeKind::variable &&
               variableValue(variables_, document_.name(literal)) == nullptr;
    }

    // The variable has been coerced to its own type, which validation has compared with this one.
    bool takeVariable(std::string_view variable, TypeRef type, std::string_view name) {
        const Value* const value = variableValue(variables_, variable);
        if (value == nullptr || (value->kind == ValueKind::null && type.isNonNull())) return false;
        out_.append(*variables_, static_cast<std::uint32_t>(value - &(*variables_)[0]), name);
        return true;
    }

    bool coerceList(NodeId literal, TypeRef type, std::string_view name) {
        const std::uint32_t list = out_.begin(ValueKind::list, name);
        const TypeRef item = type.item();
        if (document_.kind(literal) == NodeKind::listValue) {
            for (const NodeId below : document_.children(literal)) {
                if (isMissing(below)) {
                    if (item.isNonNull()) return false;
                    addNull({});
                } else if (!coerce(below, item, {})) {
                    return false;
                }
            }
        } else if (!coerce(literal, item, {})) {
            return false;
        }
        out_.end(list);
        return true;
    }

    bool coerceObject(NodeId literal, const Type& type, std::string_view name) {
        if (document_.kind(literal) != NodeKind::objectValue) return false;
        const std::uint32_t object = out_.begin(ValueKind::object, name);
        for (const InputValue& input : type.inputs) {
            NodeId given = noNode;
            for (const NodeId member : document_.children(literal))
                if (document_.name(member) == input.name) given = member + 1;
            if (given != noNode && !isMissing(given)) {
                if (!coerce(given, input.type, input.name)) return false;
            } else if (!input.defaultValue.empty()) {
                out_.append(input.defaultValue, 0, input.name);
            } else if (input.type.isNonNull()) {
                return false;
            }
        }
        out_.end(object);
        return !type.oneOf || (out_[object].count == 1 && out_[object + 1].kind != ValueKind::null);
    }

    const Schema& schema_;
    const Document& document_;
    const Values* variables_;
    Values& out_;
};

} // namespace

bool coerceLiteral(const Schema& schema, const Document& document, NodeId literal, TypeRef type,
                   const Values* variables, Values& out, std::string_view name) {
    const std::uint32_t before = out.size();
    if (LiteralCoercion(schema, document, variables, out).coerce(literal, type, name)) return true;
    out.truncate(before);
    return false;
}

} // namespace mortise::graphql
