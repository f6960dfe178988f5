// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_assembly.hpp>
#include <mortise/detail/graphql_field_declaration.hpp>
#include <mortise/graphql_types.hpp>
#include <mortise/setup.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// All types and fields of an instance: one contribution to the point of the plugin `graphql`, made once `configure` has
// returned.
class GraphQlDeclarations final : public Declarations {
public:
    static constexpr std::string_view id = MORTISE_GRAPHQL_POINT;

    explicit GraphQlDeclarations(Runtime& runtime) noexcept : runtime_(runtime) {}

    std::string_view extension() const noexcept override { return id; }
    const void* table() const noexcept override { return nullptr; } // it is no extension
    // Throws Invalid with everything that is wrong.
    void seal() override {
        GraphQlAssembly assembly(runtime_, names);
        for (const auto& one : definitions) one->define(assembly);
        for (const auto& one : definitions) one->extend(assembly);
        for (std::string& one : faults) assembly.faults.push_back(std::move(one));
        if (!assembly.faults.empty()) throw Invalid(joined(assembly.faults));
        fields_ = std::move(assembly.fields);
        checks_ = std::move(assembly.checks);
        types_ = std::move(assembly.types);
        typeNames_ = std::move(assembly.typeNames);
        inC_ = mortise_init<mortise_graphql_types>();
        inC_.sdl = runtime_.keep(assembly.sdl());
        inC_.fields = fields_.data();
        inC_.field_count = static_cast<std::uint32_t>(fields_.size());
        inC_.field_size = sizeof(mortise_graphql_field);
        inC_.types = types_.data();
        inC_.type_count = static_cast<std::uint32_t>(types_.size());
        inC_.type_size = sizeof(mortise_graphql_type);
        inC_.type_names = typeNames_.data();
        inC_.type_name_count = static_cast<std::uint32_t>(typeNames_.size());
        Setup(runtime_).contribute<GraphQlTypes>(text(runtime_.host->instance_name), inC_, this);
    }

    // The definition stays where it is.
    template<class Definition>
    Definition& add() {
        auto made = Owned<Definition>::make();
        Definition& stays = *made;
        definitions.push_back(std::move(made));
        return stays;
    }
    // Gives a C++ type its name.
    void name(GraphQlUse use, const char* mark, std::string_view name) {
        if (!names.add(use, mark, name))
            faults.push_back(std::string(name) + ": its C++ type is '" + std::string(names.find(use, mark)) +
                             "' already");
    }

    GraphQlNames names;
    GraphQlFaults faults;
    std::vector<Owned<GraphQlDefinition>> definitions;

private:
    static std::string joined(const GraphQlFaults& faults) {
        std::string all = "GraphQL: ";
        for (const std::string& one : faults) all.append(&one == faults.data() ? "" : "; ").append(one);
        return all;
    }

    Runtime& runtime_;
    std::vector<mortise_graphql_field> fields_;
    std::vector<std::vector<mortise_graphql_check>> checks_;
    std::vector<mortise_graphql_type> types_;
    std::vector<mortise_view> typeNames_;
    mortise_graphql_types inC_{};
};

} // namespace detail
} // namespace v1
} // namespace mortise
