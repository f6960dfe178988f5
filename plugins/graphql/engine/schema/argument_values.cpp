// SPDX-License-Identifier: Apache-2.0
#include "schema/argument_values.hpp"

#include "language/printer.hpp"
#include "schema/inspect.hpp"
#include "schema/literal_values.hpp"
#include "schema/untyped_literal.hpp"

#include <string>
#include <utility>

namespace mortise::graphql {

namespace {

// The arguments of one field or directive on their way into `out`.
class ArgumentCoercion {
public:
    ArgumentCoercion(const Schema& schema, const Document& document, const Values* variables, Values& out, Error& error)
        : schema_(schema), document_(document), variables_(variables), out_(out), error_(error) {}

    bool coerceAll(std::span<const InputValue> arguments, NodeId node) {
        const std::uint32_t object = out_.begin(ValueKind::object);
        for (const InputValue& argument : arguments) {
            NodeId given = noNode;
            for (const NodeId below : document_.children(node))
                if (document_.kind(below) == NodeKind::argument && document_.name(below) == argument.name)
                    given = below + 1;
            if (!(given == noNode ? takeDefault(argument, "was not provided.", node) : coerce(argument, given))) {
                out_.truncate(object);
                return false;
            }
        }
        out_.end(object);
        return true;
    }

private:
    bool fail(const InputValue& argument, const std::string& why, NodeId node) {
        error_ = {};
        error_.kind = ErrorKind::argument;
        error_.message = "Argument \"" + argument.name + "\" " + why;
        error_.offsets = {document_[node].offset};
        return false;
    }

    // An argument without a value; `why` completes the message when it may not be.
    bool takeDefault(const InputValue& argument, const std::string& why, NodeId node) {
        if (!argument.defaultValue.empty())
            out_.append(argument.defaultValue, 0, argument.name);
        else if (argument.type.isNonNull())
            return fail(argument, "of required type \"" + schema_.text(argument.type) + "\" " + why, node);
        return true;
    }

    bool coerce(const InputValue& argument, NodeId given) {
        bool isNull = document_.kind(given) == NodeKind::nullValue;
        if (document_.kind(given) == NodeKind::variable) {
            const std::string_view name = document_.name(given);
            const Value* const value = variableValue(variables_, name);
            if (value == nullptr)
                return takeDefault(argument,
                                   "was provided the variable \"$" + shortened(name) +
                                       "\" which was not provided a runtime value.",
                                   given);
            isNull = value->kind == ValueKind::null;
        }
        if (isNull && argument.type.isNonNull())
            return fail(argument, "of non-null type \"" + schema_.text(argument.type) + "\" must not be null.", given);
        return coerceLiteral(schema_, document_, given, argument.type, variables_, out_, argument.name) ||
               fail(argument, "has invalid value " + shortened(printNode(document_, given)) + ".", given);
    }

    const Schema& schema_;
    const Document& document_;
    const Values* variables_;
    Values& out_;
    Error& error_;
};

} // namespace

bool coerceArguments(const Schema& schema, const Document& document, std::span<const InputValue> arguments, NodeId node,
                     const Values* variables, Values& out, Error& error) {
    return ArgumentCoercion(schema, document, variables, out, error).coerceAll(arguments, node);
}

bool usesVariables(const Document& document, NodeId node) {
    for (const NodeId argument : document.children(node)) {
        if (document.kind(argument) != NodeKind::argument) continue;
        for (NodeId below = argument + 1; below < document[argument].end; ++below)
            if (document.kind(below) == NodeKind::variable) return true;
    }
    return false;
}

} // namespace mortise::graphql
