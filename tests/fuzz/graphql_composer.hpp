// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/schema.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

// Makes a document over a schema of any bytes, each of which is a choice: nearly all documents are valid, some have a
// mistake. Without bytes every choice is the first. What stands behind a NUL are the variables, as a literal.
class GraphqlComposer {
public:
    GraphqlComposer(const mortise::graphql::Schema& schema, std::string_view bytes) : schema_(schema), bytes_(bytes) {}

    std::string compose() {
        using mortise::graphql::OperationKind;
        const bool isMutation = choose(8) == 7;
        const std::string selections =
            selectionSet(schema_.root(isMutation ? OperationKind::mutation : OperationKind::query), 0);
        std::string fragments;
        for (std::size_t i = 0; i < fragments_.size(); ++i)
            fragments += " fragment F" + std::to_string(i) + " on " + schema_[fragments_[i]].name +
                         selectionSet(fragments_[i], 3);
        std::string text = isMutation ? "mutation" : "query";
        if (!definitions_.empty()) text += '(' + definitions_ + ')';
        text += selections + fragments;
        text += '\0';
        return text + '{' + variables_ + '}';
    }

private:
    static constexpr std::size_t deepest = 6;
    static constexpr std::size_t fragmentsHighest = 3;
    static constexpr std::size_t variablesHighest = 8;

    std::size_t choose(std::size_t count) {
        if (at_ == bytes_.size()) return 0;
        return static_cast<unsigned char>(bytes_[at_++]) % count;
    }

    std::string selectionSet(mortise::graphql::TypeId type, std::size_t depth) {
        std::string text = " {";
        for (std::size_t left = choose(4) + 1; left > 0; --left) text += ' ' + selection(type, depth);
        return text + " }";
    }

    std::string selection(mortise::graphql::TypeId type, std::size_t depth) {
        const std::size_t choice = choose(16);
        if (choice == 1) return "__typename";
        if (choice == 2 && depth < deepest) {
            const mortise::graphql::TypeId other = related(type);
            return "... on " + schema_[other].name + directive() + selectionSet(other, depth + 1);
        }
        if (choice == 3 && depth < deepest) return "..." + directive() + selectionSet(type, depth + 1);
        if (choice == 4) {
            if (fragments_.size() < fragmentsHighest) fragments_.push_back(related(type));
            return "...F" + std::to_string(choose(fragments_.size())) + directive();
        }
        return field(type, depth);
    }

    // A type that something of `type` may be.
    mortise::graphql::TypeId related(mortise::graphql::TypeId type) {
        if (choose(8) == 7) return static_cast<mortise::graphql::TypeId>(choose(schema_.types().size()));
        const auto& possible = schema_[type].possible;
        return possible.empty() ? type : possible[choose(possible.size())];
    }

    std::string field(mortise::graphql::TypeId type, std::size_t depth) {
        const auto& fields = schema_[type].fields;
        if (fields.empty()) return "__typename";
        const auto& field = fields[choose(fields.size())];
        const auto named = field.type.named;
        if (schema_[named].isComposite() && depth >= deepest) return "__typename";
        std::string text = choose(8) == 7 ? "a" + std::to_string(choose(3)) + ": " : "";
        text += choose(64) == 63 ? "nothing" : field.name;
        std::string arguments;
        for (const auto& argument : field.arguments)
            if (argument.isRequired() || choose(2) == 1)
                arguments += ' ' + argument.name + ": " + value(argument.type, 0);
        if (!arguments.empty()) text += '(' + arguments + ')';
        text += directive();
        return schema_[named].isComposite() ? text + selectionSet(named, depth + 1) : text;
    }

    std::string directive() {
        static constexpr std::string_view names[] = {" @skip", " @include", " @d"};
        const std::size_t choice = choose(12);
        if (choice == 0 || choice > 3) return {};
        const std::string name(names[choice - 1]);
        if (choice == 3) return name;
        const auto& condition = schema_.directive("skip")->arguments.front();
        return name + "(if: " + value(condition.type, 0) + ')';
    }

    // A literal, or a variable that has one.
    std::string value(mortise::graphql::TypeRef type, std::size_t depth) {
        if (depth != 0 || definedVariables_ == variablesHighest || choose(4) != 3) return literal(type, depth);
        const std::string name = "v" + std::to_string(definedVariables_++);
        definitions_ += " $" + name + ": " + schema_.text(type);
        if (choose(4) == 3) definitions_ += " = " + literal(type, 1);
        if (type.isNonNull() || choose(2) == 0) variables_ += ' ' + name + ": " + literal(type, 1);
        return '$' + name;
    }

    std::string literal(mortise::graphql::TypeRef type, std::size_t depth) {
        if (choose(64) == 63) return "[{x: 1.5}]";
        if (!type.isNonNull() && (depth > 3 || choose(8) == 7)) return "null";
        if (type.isList()) {
            std::string items;
            for (std::size_t left = choose(3); left > 0; --left) items += ' ' + literal(type.item(), depth + 1);
            return '[' + items + ']';
        }
        const auto& named = schema_[type.named];
        if (named.kind == mortise::graphql::TypeKind::input) return object(named, depth);
        if (named.kind == mortise::graphql::TypeKind::enumeration)
            return named.values[choose(named.values.size())].name;
        static constexpr std::string_view texts[] = {"{a: [1 X]}", "2", "2.5", "\"text\"", "true", "\"id\""};
        return std::string(texts[static_cast<std::size_t>(named.scalarKind)]);
    }

    std::string object(const mortise::graphql::Type& type, std::size_t depth) {
        std::string members;
        const std::size_t only = choose(type.inputs.size());
        for (std::size_t i = 0; i < type.inputs.size(); ++i) {
            const auto& input = type.inputs[i];
            const bool isGiven = type.oneOf ? i == only : input.isRequired() || (depth < 3 && choose(3) == 2);
            if (isGiven) members += ' ' + input.name + ": " + literal(input.type, depth + 1);
        }
        return '{' + members + '}';
    }

    const mortise::graphql::Schema& schema_;
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::vector<mortise::graphql::TypeId> fragments_;
    std::string definitions_;
    std::string variables_;
    std::size_t definedVariables_ = 0;
};

} // namespace fuzz
