// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "allowed_operations.hpp"
#include "contributed_resolver.hpp"
#include "contribution.hpp"
#include "operation_pool.hpp"
#include "operation_services.hpp"
#include "placement_marks.hpp"

#include "execution/engine.hpp"
#include "execution/resolver_table.hpp"
#include "schema/schema.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mortise::graphql {

struct SchemaSettings {
    EngineSettings engine;
    ExecutionLimits execution;
    std::size_t planBytes = 0; // of each cache
    std::uint32_t loops = 0;
};

// An object type whose rows have keys, and who contributed it.
struct KeyedType {
    const Contribution* contribution = nullptr; // null: it has none
    const ContributedType* type = nullptr;
};

// What serves the requests of a generation: the schema that all contributions make together, and whoever gives its
// values. Immutable beside the pool: any thread.
class ContributedSchema {
public:
    // A contribution, by its index, that cannot be used, and why.
    using Refuse = std::function<void(std::size_t contribution, const std::string& reason)>;

    // Null where a contribution was refused. Throws mortise::Invalid with a text for the operator where there is no
    // schema though none is at fault.
    static std::unique_ptr<ContributedSchema> make(std::vector<Contribution> contributions, const Json& json,
                                                   OperationServices& services, const SchemaSettings& settings,
                                                   const Refuse& refuse);
    ContributedSchema(const ContributedSchema&) = delete;
    ContributedSchema& operator=(const ContributedSchema&) = delete;

    const Schema& schema() const { return *schema_; }
    const Engine& engine() const { return *engine_; }
    const ResolverTable& resolvers() const { return *resolvers_; }
    const KeyedType& keyed(TypeId type) const { return keyed_[type]; }
    // Null: it is the engine's own, or of an interface.
    const ContributedResolver* resolver(const Field& field) const {
        return field.id < byField_.size() ? byField_[field.id] : nullptr;
    }
    OperationPool& operations() const { return *operations_; }
    const OperationServices& services() const { return *services_; }
    // Null: every operation may be executed.
    const AllowedOperations* allowedOperations() const { return allowed_.get(); }
    // Before it serves.
    void allowOnly(std::shared_ptr<const AllowedOperations> operations) { allowed_ = std::move(operations); }

private:
    friend class SchemaAssembly;

    ContributedSchema() = default;

    OperationServices* services_ = nullptr;
    std::vector<Contribution> contributions_; // never moved from here on: resolvers refer to it
    std::shared_ptr<const Schema> schema_;
    std::unique_ptr<ResolverTable> resolvers_;
    std::vector<const ContributedResolver*> byField_;
    std::vector<KeyedType> keyed_; // by TypeId
    std::unique_ptr<PlacementMarks> marks_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<OperationPool> operations_;
    std::shared_ptr<const AllowedOperations> allowed_;
};

} // namespace mortise::graphql
