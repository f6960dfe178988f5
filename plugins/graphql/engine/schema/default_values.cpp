// SPDX-License-Identifier: Apache-2.0
#include "schema/default_values.hpp"

#include "language/parser.hpp"
#include "schema/literal_values.hpp"
#include "schema/name_rules.hpp"
#include "schema/value_text.hpp"

#include <cstddef>
#include <unordered_set>
#include <utility>

namespace mortise::graphql {

namespace {

// Of a default's text; whoever writes a schema is trusted with more than a client.
constexpr TextLimits defaultLimits{1'000'000, 100'000, 100};
// Of one default with those it is made of, which could double from one to the next.
constexpr std::uint32_t maximumValues = 10'000;

// Defaults that wait for others.
class PendingDefaults {
public:
    PendingDefaults(const Schema& schema, std::vector<DefaultSlot> slots, std::vector<Error>& errors)
        : schema_(schema), errors_(errors) {
        for (DefaultSlot& slot : slots) {
            ParseResult parsed = parseValue(*slot.definition->defaultValue, true, defaultLimits);
            if (parsed.error) {
                refuse(slot, parsed.error->message);
                continue;
            }
            unresolved_.insert(slot.target);
            waiting_.push_back({std::move(slot), std::move(parsed.document)});
        }
    }

    void coerceAll() {
        while (!waiting_.empty()) {
            std::vector<Waiting> later;
            for (Waiting& waiting : waiting_) {
                if (isReady(waiting.document, 1, waiting.slot.target->type))
                    coerce(waiting);
                else
                    later.push_back(std::move(waiting));
            }
            const bool isStuck = later.size() == waiting_.size();
            waiting_ = std::move(later);
            if (isStuck) break;
        }
        for (const Waiting& waiting : waiting_)
            refuse(waiting.slot, "Invalid circular reference, the default value is made of itself.");
    }

private:
    struct Waiting {
        DefaultSlot slot;
        Document document;
    };

    void refuse(const DefaultSlot& slot, const std::string& why) {
        errors_.push_back(schemaError(slot.coordinate + " has invalid default value: " + why, slot.definition->offset));
    }

    // Whether the defaults are there that this literal leaves to the schema. Recursion ends with defaultLimits.nesting.
    bool isReady(const Document& document, NodeId node, TypeRef type) const {
        const Type& named = schema_[type.named];
        if (named.kind != TypeKind::input) return true;
        if (document.kind(node) == NodeKind::listValue) {
            const TypeRef item = type.isList() ? type.item() : type;
            for (const NodeId below : document.children(node))
                if (!isReady(document, below, item)) return false;
        }
        if (document.kind(node) != NodeKind::objectValue) return true;
        for (const InputValue& input : named.inputs) {
            NodeId given = noNode;
            for (const NodeId below : document.children(node))
                if (document.name(below) == input.name) given = below;
            if (given == noNode ? unresolved_.count(&input) != 0 : !isReady(document, given + 1, input.type))
                return false;
        }
        return true;
    }

    void coerce(const Waiting& waiting) {
        InputValue& target = *waiting.slot.target;
        unresolved_.erase(&target);
        if (!schema_[target.type.named].isInput()) return;
        Values values;
        values.limitTo(maximumValues);
        const bool fits = coerceLiteral(schema_, waiting.document, 1, target.type, nullptr, values, {});
        if (values.isExceeded()) {
            refuse(waiting.slot, "It has more than " + std::to_string(maximumValues) + " values.");
            return;
        }
        if (!fits) {
            refuse(waiting.slot, "Expected value of type \"" + schema_.text(target.type) + "\", found " +
                                     *waiting.slot.definition->defaultValue + ".");
            return;
        }
        // The document goes; the schema stays.
        for (std::uint32_t at = 0; at < values.size(); ++at) {
            values[at].text = values.keep(std::string(values[at].text));
            values[at].name = values.keep(std::string(values[at].name));
        }
        target.defaultText = valueText(schema_, values, 0, target.type);
        target.defaultValue = std::move(values);
    }

    const Schema& schema_;
    std::vector<Error>& errors_;
    std::vector<Waiting> waiting_;
    std::unordered_set<const InputValue*> unresolved_;
};

} // namespace

void coerceDefaults(const Schema& schema, std::vector<DefaultSlot> slots, std::vector<Error>& errors) {
    PendingDefaults(schema, std::move(slots), errors).coerceAll();
}

} // namespace mortise::graphql
