// SPDX-License-Identifier: Apache-2.0
#include "schema/sdl_printer.hpp"

#include "language/string_literal.hpp"
#include "schema/standard_types.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace mortise::graphql {

namespace {

// One schema on its way into a text.
class SdlPrinter {
public:
    explicit SdlPrinter(const Schema& schema) : schema_(schema) {}

    std::string print() {
        printRoots();
        for (const Directive& directive : schema_.directives())
            if (!isSpecifiedDirective(directive.name)) printDirective(directive);
        for (const Type& type : schema_.types())
            if (!isStandardType(type.name)) printType(type);
        return std::move(out_);
    }

private:
    void beginDefinition(const std::optional<std::string>& description) {
        if (!out_.empty()) out_ += "\n\n";
        printDescription(description, "", true);
    }

    void printDescription(const std::optional<std::string>& description, std::string_view indentation, bool isFirst) {
        if (!description) return;
        if (!indentation.empty() && !isFirst) out_ += '\n';
        out_ += indentation;
        for (const char c :
             isPrintableAsBlockString(*description) ? printBlockString(*description) : printString(*description)) {
            out_ += c;
            if (c == '\n') out_ += indentation;
        }
        out_ += '\n';
    }

    void printDeprecated(const std::optional<std::string>& reason) {
        if (!reason) return;
        out_ += " @deprecated";
        if (*reason != noReason) out_ += "(reason: " + printString(*reason) + ")";
    }

    void printRoots() {
        bool areCommon = true;
        for (std::size_t at = 0; at < commonRootNames.size(); ++at) {
            const TypeId root = schema_.root(static_cast<OperationKind>(at));
            areCommon = areCommon && (root == noType || schema_[root].name == commonRootNames[at]);
        }
        if (areCommon && !schema_.description()) return;
        beginDefinition(schema_.description());
        out_ += "schema {\n";
        for (std::size_t at = 0; at < operationKeywords.size(); ++at) {
            const TypeId root = schema_.root(static_cast<OperationKind>(at));
            if (root != noType) out_.append("  ").append(operationKeywords[at]) += ": " + schema_[root].name + "\n";
        }
        out_ += '}';
    }

    void printDirective(const Directive& directive) {
        beginDefinition(directive.description);
        out_ += "directive @" + directive.name;
        printArguments(directive.arguments, "");
        if (directive.repeatable) out_ += " repeatable";
        out_ += " on ";
        for (const std::string& location : directive.locations) {
            if (&location != directive.locations.data()) out_ += " | ";
            out_ += location;
        }
    }

    void printType(const Type& type) {
        beginDefinition(type.description);
        switch (type.kind) {
        case TypeKind::scalar:
            out_ += "scalar " + type.name;
            if (type.specifiedBy) out_ += " @specifiedBy(url: " + printString(*type.specifiedBy) + ")";
            break;
        case TypeKind::object:
            printFields("type ", type);
            break;
        case TypeKind::interface:
            printFields("interface ", type);
            break;
        case TypeKind::unionType:
            out_ += "union " + type.name;
            printNames(" = ", " | ", type.possible);
            break;
        case TypeKind::enumeration:
            out_ += "enum " + type.name;
            printBlock(type.values, [&](const EnumValue& value) {
                out_ += value.name;
                printDeprecated(value.deprecated);
            });
            break;
        case TypeKind::input:
            out_ += "input " + type.name;
            if (type.oneOf) out_ += " @oneOf";
            printBlock(type.inputs, [&](const InputValue& input) { printInput(input); });
            break;
        }
    }

    void printNames(std::string_view before, std::string_view between, const std::vector<TypeId>& types) {
        for (const TypeId& id : types) out_.append(&id == types.data() ? before : between) += schema_[id].name;
    }

    void printFields(std::string_view keyword, const Type& type) {
        out_.append(keyword) += type.name;
        printNames(" implements ", " & ", type.interfaces);
        printBlock(type.fields, [&](const Field& field) {
            out_ += field.name;
            printArguments(field.arguments, "  ");
            out_ += ": " + schema_.text(field.type);
            printDeprecated(field.deprecated);
        });
    }

    template<typename Part, typename Print>
    void printBlock(const std::vector<Part>& parts, const Print& print) {
        if (parts.empty()) return;
        out_ += " {\n";
        for (const Part& part : parts) {
            printDescription(part.description, "  ", &part == parts.data());
            out_ += "  ";
            print(part);
            out_ += '\n';
        }
        out_ += '}';
    }

    void printArguments(const std::vector<InputValue>& arguments, const std::string& indentation) {
        if (arguments.empty()) return;
        const bool isOneLine = std::all_of(arguments.begin(), arguments.end(), [](const InputValue& argument) {
            return !argument.description || argument.description->empty();
        });
        out_ += isOneLine ? "(" : "(\n";
        for (const InputValue& argument : arguments) {
            const bool isFirst = &argument == arguments.data();
            if (!isFirst) out_ += isOneLine ? ", " : "\n";
            if (!isOneLine) {
                printDescription(argument.description, "  " + indentation, isFirst);
                out_ += "  " + indentation;
            }
            printInput(argument);
        }
        out_ += isOneLine ? ")" : "\n" + indentation + ")";
    }

    void printInput(const InputValue& input) {
        out_ += input.name + ": " + schema_.text(input.type);
        if (input.defaultText) out_ += " = " + *input.defaultText;
        printDeprecated(input.deprecated);
    }

    const Schema& schema_;
    std::string out_;
};

} // namespace

std::string printSchema(const Schema& schema) {
    return SdlPrinter(schema).print();
}

} // namespace mortise::graphql
