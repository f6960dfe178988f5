// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contributed_schema.hpp"

#include "language/document.hpp"
#include "schema/schema_definition.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::graphql {

// Joins contributions to one schema; one use. Every fault is reported to whoever is at fault, or to both.
class SchemaAssembly {
public:
    SchemaAssembly(std::vector<Contribution> contributions, const Json& json, OperationServices& services,
                   const ContributedSchema::Refuse& refuse);

    std::unique_ptr<ContributedSchema> run(const SchemaSettings& settings);

private:
    // Where a contribution's SDL stands in the joined text.
    struct Part {
        std::size_t start;
        std::size_t end;
    };

    void refuse(std::size_t contribution, const std::string& reason);
    void join();
    bool readSdl(SchemaDefinition& definition);
    void report(std::span<const Error> errors);
    // `none` for what the plugin graphql has itself.
    std::size_t ownerOf(std::uint32_t offset) const;
    void findOwners(const SchemaDefinition& definition);
    std::string nameOf(std::size_t owner) const;
    void readWeights(std::size_t contribution, const Document& document);
    void weigh(SchemaDefinition& definition) const;
    void addTypes();
    void addFields();
    void addField(std::size_t index, const ContributedField& field);
    void needAllFields();
    std::vector<ArgumentCheck> compile(std::size_t index, const ContributedField& field, const Field& declared);

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::unique_ptr<ContributedSchema> made_;
    const Json& json_;
    const ContributedSchema::Refuse& refuse_;
    std::string text_;
    std::vector<Part> parts_;
    std::unordered_map<std::string, std::size_t> typeOwners_;  // of object types
    std::unordered_map<std::string, std::size_t> fieldOwners_; // "User.posts"
    std::unordered_map<std::string, std::uint32_t> weights_;   // likewise, by @cost
    std::set<std::pair<std::size_t, std::string>> said_;
    bool isRefused_ = false;
};

} // namespace mortise::graphql
