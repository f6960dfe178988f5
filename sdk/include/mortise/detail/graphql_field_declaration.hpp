// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/body_field.hpp>
#include <mortise/detail/function.hpp>
#include <mortise/detail/graphql_assembly.hpp>
#include <mortise/detail/graphql_resolver.hpp>
#include <mortise/detail/route_declaration.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// A field with a resolver, being declared.
struct GraphQlFieldDeclaration final : GraphQlDefinition {
    // "id: String!", …; `of` is the field, for faults.
    using Arguments = Function<std::vector<std::string>(GraphQlAssembly& assembly, std::string_view of)>;
    struct Check {
        std::string argument;
        std::string in;
        std::string schema;
    };

    std::string type;
    std::string name;
    std::string text;
    bool isDeprecated = false;
    std::string deprecation; // why, or empty
    std::string scalar;      // of the result
    std::string keyed;       // whose keys the result has
    std::string role;
    std::uint32_t flags = 0;
    std::uint32_t cost = 1;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    bool isPlaced = false; // placement was said
    const RouteDeclaration* twin = nullptr;
    Shared<RouteRules> rules; // beside the twin's, or null
    std::vector<Arguments> arguments;
    std::vector<std::string> argumentNames; // of those by themselves
    std::vector<Check> checks;
    BodyField bodyField = nullptr;
    Function<std::string(const GraphQlReader&)> result; // with its `!`
    const char* rowsMark = nullptr;                     // of the C++ type of the parents, where they are rows
    std::uint64_t columns = 0;                          // of them, that it is made from
    bool isMutation = false;

    // By resolve().
    Owned<GraphQlRecord> record;
    void* context = nullptr;
    mortise_graphql_function resolve = nullptr;
    mortise_graphql_function prepare = nullptr;
    bool hasPreparation = false; // more than checks and rules

    std::string place() const { return type + "." + name; }
    RouteRules& ownRules() {
        if (!rules) rules = Shared<RouteRules>::make();
        return *rules;
    }

    void extend(GraphQlAssembly& assembly) override {
        if (resolve == nullptr) assembly.fault(place(), "it was declared without resolve()");
        GraphQlAssembly::Definition& object = assembly.object(type);
        assembly.addField(object, name, line(assembly));
        if (rowsMark != nullptr) assembly.names.addSelected(rowsMark, name, columns);
        const std::string_view wanted = takeTwin(assembly);
        if (record) {
            record->fields = bodyField;
            record->ownRules = rules;
            if (twin != nullptr) record->twinsRules = twin->rules;
        }
        mortise_graphql_field made{};
        made.type = assembly.runtime.keep(type);
        made.name = assembly.runtime.keep(name);
        made.flags = flags;
        made.placement = placement;
        made.role = assembly.runtime.keep(wanted);
        if (twin != nullptr) made.twin = assembly.runtime.keep(twin->name());
        putChecks(assembly, made);
        made.context = context;
        made.resolve = resolve;
        // What writes is checked before its transaction.
        const bool isRuled = rules || (twin != nullptr && twin->rules);
        if (hasPreparation || (isMutation && (isRuled || !checks.empty()))) {
            made.prepare = prepare;
            if (record) record->isPrepared = true;
        }
        assembly.fields.push_back(made);
    }

private:
    std::string line(GraphQlAssembly& assembly) const {
        std::string out;
        putGraphQlText(out, text, " ");
        out.append(name);
        std::string list;
        for (const Arguments& some : arguments)
            for (const std::string& one : some(assembly, place())) list.append(list.empty() ? "" : ", ").append(one);
        if (!list.empty()) out.append("(").append(list).append(")");
        out.append(": ").append(result ? result(assembly.reader(GraphQlUse::outgoing, place(), scalar, keyed))
                                       : std::string("String"));
        if (isDeprecated) {
            out.append(" @deprecated");
            if (!deprecation.empty()) {
                out.append("(reason: ");
                encodeText(out, deprecation);
                out.append(")");
            }
        }
        putGraphQlCost(out, cost);
        return out;
    }
    // What the route asks for the field asks for, too. Returns the role.
    std::string_view takeTwin(GraphQlAssembly& assembly) {
        const auto needArguments = [&](const RouteRules& list) {
            list.visitOwners([&](std::string_view parameter) {
                for (const std::string& one : argumentNames)
                    if (one == parameter) return;
                assembly.fault(place(), "owner(\"" + std::string(parameter) +
                                            "\") needs an argument of that name, which is text");
            });
        };
        if (rules) needArguments(*rules);
        if (isMutation) placement = MORTISE_PLACEMENT_WORKER;
        if (twin == nullptr) return role;
        if (twin->rules) needArguments(*twin->rules);
        if (!isPlaced && !isMutation) placement = twin->placement;
        if (twin->authentication == MORTISE_AUTHENTICATION_REQUIRED) flags |= MORTISE_GRAPHQL_AUTHENTICATED;
        if (!role.empty() && !twin->role.empty() && role != twin->role)
            assembly.fault(place(), "its role is not that of its twin");
        return role.empty() ? std::string_view(twin->role) : std::string_view(role);
    }
    void putChecks(GraphQlAssembly& assembly, mortise_graphql_field& made) const {
        std::vector<mortise_graphql_check> list;
        for (const Check& one : checks)
            list.push_back({assembly.runtime.keep(one.argument), assembly.runtime.keep(one.in),
                            assembly.runtime.keep(one.schema)});
        assembly.checks.push_back(std::move(list)); // its elements stay where they are
        made.checks = assembly.checks.back().data();
        made.check_count = static_cast<std::uint32_t>(assembly.checks.back().size());
        made.check_size = sizeof(mortise_graphql_check);
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
