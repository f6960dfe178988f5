// SPDX-License-Identifier: Apache-2.0
#include "schema/variable_values.hpp"

#include "language/parser.hpp"
#include "language/printer.hpp"
#include "schema/inspect.hpp"
#include "schema/literal_values.hpp"
#include "schema/scalar_coercion.hpp"
#include "schema/suggestion_list.hpp"
#include "schema/type_from_node.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::uint32_t highestErrors = 1'000;
constexpr std::uint32_t highestValues = 10'000'000;
constexpr std::uint32_t notGiven = 0xFFFFFFFF;

// Whether no list or object stands deeper than `nesting`.
bool isWithinNesting(const Values& values, std::uint32_t index, std::uint32_t nesting) {
    std::vector<std::uint32_t> ends;
    const std::uint32_t end = values[index].end;
    for (std::uint32_t at = index; at < end; ++at) {
        while (!ends.empty() && ends.back() <= at) ends.pop_back();
        if (values[at].kind != ValueKind::list && values[at].kind != ValueKind::object) continue;
        ends.push_back(values[at].end);
        if (ends.size() > nesting) return false;
    }
    return true;
}

// The variables of one operation.
class VariableCoercion {
public:
    VariableCoercion(const Schema& schema, const Document& document, const Values& in, const VariableLimits& limits,
                     Values& out, std::vector<Error>& errors)
        : schema_(schema), document_(document), in_(in), limits_(limits), out_(out), errors_(errors) {
        limits_.errors = std::min(limits_.errors, highestErrors);
        limits_.values = std::min(limits_.values, highestValues);
        out_.limitTo(limits_.values);
    }

    void coerceAll(NodeId operation) {
        if (in_.size() > limits_.values) return failTooMany(operation);
        sortGiven();
        const std::uint32_t object = out_.begin(ValueKind::object);
        for (const NodeId definition : document_.children(operation)) {
            if (document_.kind(definition) != NodeKind::variableDefinition) continue;
            definition_ = definition;
            coerceVariable();
            if (hasTooMany()) failTooMany(definition);
            if (isFull_) break;
        }
        out_.end(object);
        out_.indexRoot();
    }

private:
    struct Step {
        std::string_view member; // of an object
        std::uint32_t item = notGiven;
    };

    void fail(std::string message, NodeId node, ErrorKind kind = ErrorKind::variables) {
        if (isFull_) return;
        Error error;
        error.kind = kind;
        isFull_ = failures_++ >= limits_.errors;
        if (isFull_) {
            error.message = "Too many errors processing variables, error limit reached. Execution aborted.";
        } else {
            error.message = message.size() > maximumMessage ? shortened(message, maximumMessage) : std::move(message);
            error.offsets = {document_[node].offset};
        }
        errors_.push_back(std::move(error));
    }

    bool hasTooMany() const { return out_.size() > limits_.values || out_.isExceeded(); }

    void failTooMany(NodeId node) {
        fail("The variables have more than " + std::to_string(limits_.values) + " values.", node, ErrorKind::limit);
        isFull_ = true;
    }

    std::string title() const { return "Variable \"$" + shortened(document_.name(definition_)) + "\""; }

    // Both variables that are defined and those that are given may be many.
    void sortGiven() {
        if (in_.empty()) return;
        for (std::uint32_t at = 1; at < in_[0].end; at = in_[at].end) sorted_.push_back(at);
        std::sort(sorted_.begin(), sorted_.end(),
                  [this](std::uint32_t left, std::uint32_t right) { return in_[left].name < in_[right].name; });
    }

    // Null when the request has none of that name.
    const Value* givenValue(std::string_view name) const {
        const auto at =
            std::lower_bound(sorted_.begin(), sorted_.end(), name,
                             [this](std::uint32_t given, std::string_view wanted) { return in_[given].name < wanted; });
        return at != sorted_.end() && in_[*at].name == name ? &in_[*at] : nullptr;
    }

    void coerceVariable() {
        const std::string_view name = document_.name(definition_);
        const NodeId typeNode = definition_ + 1;
        const std::optional<TypeRef> type = typeFromNode(schema_, document_, typeNode);
        if (!type || !schema_[type->named].isInput()) {
            fail(title() + " expected value of type \"" + shortened(printNode(document_, typeNode)) +
                     "\" which cannot be used as an input type.",
                 typeNode);
            return;
        }
        const Value* const given = givenValue(name);
        if (given == nullptr) {
            const NodeId literal = document_.defaultValue(definition_);
            if (literal != noNode)
                coerceLiteral(schema_, document_, literal, *type, nullptr, out_, name);
            else if (type->isNonNull())
                fail(title() + " of required type \"" + schema_.text(*type) + "\" was not provided.", definition_);
            return;
        }
        if (given->kind == ValueKind::null && type->isNonNull()) {
            fail(title() + " of non-null type \"" + schema_.text(*type) + "\" must not be null.", definition_);
            return;
        }
        const auto index = static_cast<std::uint32_t>(given - &in_[0]);
        const std::uint32_t nesting = std::min(limits_.nesting, highestNesting);
        if (!isWithinNesting(in_, index, nesting)) {
            fail(title() + " has lists and objects more than " + std::to_string(nesting) + " deep in each other.",
                 definition_, ErrorKind::limit);
            return;
        }
        path_.clear();
        coerce(index, *type, name);
    }

    // `shown` is a value of in_, or none where a message shows a null that is not there.
    void failValue(std::uint32_t shown, const std::string& why) {
        if (isFull_) return;
        std::string message = title() + " got invalid value";
        if (limits_.showsValues) message.append(" ").append(shown == notGiven ? "null" : inspect(in_, shown));
        if (!path_.empty()) {
            message.append(" at \"").append(shortened(document_.name(definition_)));
            for (const Step& step : path_) {
                if (step.item == notGiven)
                    message.append(".").append(step.member);
                else
                    message.append("[").append(std::to_string(step.item)).append("]");
            }
            message += '"';
        }
        fail(message + "; " + why, definition_);
    }

    void addNull(std::string_view name) {
        Value null;
        null.name = name;
        out_.add(null);
    }

    // Appends one value to `out` in any case, so that its parent has as many.
    void coerce(std::uint32_t index, TypeRef type, std::string_view name) {
        const Value& value = in_[index];
        const std::uint32_t before = out_.size();
        if (isFull_) return addNull(name);
        if (hasTooMany()) {
            failTooMany(definition_);
            return addNull(name);
        }
        if (value.kind == ValueKind::null) {
            if (type.isNonNull())
                failValue(index, "Expected non-nullable type \"" + schema_.text(type) + "\" not to be null.");
            return addNull(name);
        }
        if (type.isList()) return coerceList(index, type.item(), name);
        const Type& named = schema_[type.named];
        if (named.kind == TypeKind::input) {
            if (value.kind == ValueKind::object) return coerceObject(index, named, name);
            failValue(index, "Expected type \"" + named.name + "\" to be an object.");
            return addNull(name);
        }
        std::string message;
        if (coerceLeaf(named, in_, index, limits_.suggestions, out_, name, message)) return;
        out_.truncate(before);
        const bool isPlain = message.empty() || !limits_.showsValues;
        failValue(index, isPlain ? "Expected type \"" + named.name + "\"." : message);
        addNull(name);
    }

    void coerceList(std::uint32_t index, TypeRef item, std::string_view name) {
        const std::uint32_t list = out_.begin(ValueKind::list, name);
        if (in_[index].kind == ValueKind::list) {
            std::uint32_t at = 0;
            for (std::uint32_t below = index + 1; below < in_[index].end; below = in_[below].end) {
                path_.push_back({{}, at++});
                coerce(below, item, {});
                path_.pop_back();
            }
        } else {
            coerce(index, item, {});
        }
        out_.end(list);
    }

    // Members may be many, and so may fields: each is looked at once. The places of the members of this object are a
    // part of given_, above those of the objects around it.
    void coerceObject(std::uint32_t index, const Type& type, std::string_view name) {
        const std::size_t base = given_.size();
        given_.resize(base + type.inputs.size(), notGiven);
        for (std::uint32_t below = index + 1; below < in_[index].end; below = in_[below].end) {
            const std::uint32_t at = type.inputIndex.find(in_[below].name);
            if (at != NameIndex::none) given_[base + at] = below;
        }
        const std::uint32_t object = out_.begin(ValueKind::object, name);
        for (std::size_t at = 0; at < type.inputs.size(); ++at) {
            const InputValue& input = type.inputs[at];
            if (given_[base + at] != notGiven) {
                path_.push_back({input.name, notGiven});
                coerce(given_[base + at], input.type, input.name);
                path_.pop_back();
            } else if (!input.defaultValue.empty()) {
                out_.append(input.defaultValue, 0, input.name);
            } else if (input.type.isNonNull()) {
                failValue(index, "Field \"" + input.name + "\" of required type \"" + schema_.text(input.type) +
                                     "\" was not provided.");
            }
        }
        out_.end(object);
        refuseUnknown(index, type);
        if (type.oneOf) checkOneOf(index, type, object, base);
        given_.resize(base);
    }

    void refuseUnknown(std::uint32_t index, const Type& type) {
        for (std::uint32_t below = index + 1; below < in_[index].end && !isFull_; below = in_[below].end) {
            const std::string_view name = in_[below].name;
            if (type.inputIndex.find(name) != NameIndex::none) continue;
            std::string why = "Field \"" + shortened(name) + "\" is not defined by type \"" + type.name + "\".";
            if (limits_.suggestions) {
                std::vector<std::string_view> names;
                for (const InputValue& input : type.inputs) names.push_back(input.name);
                why += suggestion({}, name, names);
            }
            failValue(index, why);
        }
    }

    // The first member is looked at even where there are more (as graphql-js does).
    void checkOneOf(std::uint32_t index, const Type& type, std::uint32_t object, std::size_t base) {
        if (out_[object].count != 1)
            failValue(index, "Exactly one key must be specified for OneOf type \"" + type.name + "\".");
        if (out_[object].count == 0) return;
        const std::uint32_t at = type.inputIndex.find(out_[object + 1].name);
        if (in_[given_[base + at]].kind != ValueKind::null) return;
        path_.push_back({type.inputs[at].name, notGiven});
        failValue(notGiven, "Field \"" + type.inputs[at].name + "\" must be non-null.");
        path_.pop_back();
    }

    const Schema& schema_;
    const Document& document_;
    const Values& in_;
    VariableLimits limits_;
    Values& out_;
    std::vector<Error>& errors_;
    NodeId definition_ = noNode;
    std::vector<std::uint32_t> sorted_; // what was given, by name
    std::vector<Step> path_;
    std::vector<std::uint32_t> given_;
    std::uint32_t failures_ = 0;
    bool isFull_ = false;
};

} // namespace

bool coerceVariables(const Schema& schema, const Document& document, NodeId operation, const Values& in,
                     const VariableLimits& limits, Values& out, std::vector<Error>& errors) {
    const std::size_t before = errors.size();
    out.clear();
    VariableCoercion(schema, document, in, limits, out, errors).coerceAll(operation);
    return errors.size() == before;
}

} // namespace mortise::graphql
