// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cell_check.hpp"
#include "contribution.hpp"
#include "field_call.hpp"

#include "execution/field_resolver.hpp"
#include "schema/schema.hpp"

#include <mortise/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

class ContributedSchema;

// The arguments of a field, or one of them, against the JSON Schema of the field's REST twin.
struct ArgumentCheck {
    std::string argument; // empty: all of them
    std::string in;
    JsonSchema schema;
};

// Calls what a plugin contributed for one field: rules before, checks of what comes back after it. The objects that a
// field refers to by key are loaded here, too. See FieldCall for who writes where.
class ContributedResolver final : public FieldResolver {
public:
    ContributedResolver(const ContributedSchema& schema, const Contribution& contribution,
                        const ContributedField& field, const Field& declared, std::vector<ArgumentCheck> checks);

    Progress resolve(Batch& batch) const override;
    // The operation's thread: does what is to be done next with a call, as far as it goes. False: it is pending.
    bool proceed(FieldCall& call) const;
    // Within the transaction of a mutation's field: calls the plugin's function. False: the cell is an error, so that
    // the transaction is to be rolled back.
    bool resolveInTransaction(FieldCall& call) const;
    // A call that was pending is complete: what its outcome is. Of one that loads, its owner's keys.
    void take(FieldCall& call) const;

    // In the log, once a call: what the client does not read of its failures.
    void report(FieldCall& call) const;

    const Contribution& contribution() const { return contribution_; }
    const ContributedField& field() const { return field_; }
    bool needsTransaction() const { return field_.has(MORTISE_GRAPHQL_TRANSACTION); }

private:
    Progress begin(Batch& batch) const;
    // Why nobody may call it on behalf of this caller; null: somebody may.
    const FieldFailure* refusal(const Operation& operation) const;
    bool hasRole(const Operation& operation) const;
    bool pass(FieldCall& call) const;
    void fill(FieldCall& call, Batch& batch) const;
    void select(FieldCall& call, const SelectionPlan* selection, TypeId only) const;
    void refuseNul(FieldCall& call, std::vector<Detail>& details) const;
    bool needKeys(FieldCall& call) const;
    // False: it is pending.
    bool invoke(FieldCall& call, mortise_graphql_function function, void* context) const;
    void finish(FieldCall& call, mortise_status status) const;
    void check(FieldCall& call) const;
    bool load(FieldCall& call) const;
    void takeLoaded(FieldCall& loading) const;
    void write(FieldCall& call) const;
    static Progress failAll(Batch& batch, const FieldFailure& failure);
    void misbehaves(FieldCall& call, std::string_view how) const;

    const ContributedSchema& schema_;
    const Contribution& contribution_;
    const ContributedField& field_;
    const Field& declared_;
    std::vector<ArgumentCheck> checks_;
    CellCheck check_;
    std::vector<TypeId> types_; // of the contribution's type names
    bool isMutation_;
    bool isRoot_;
};

} // namespace mortise::graphql
