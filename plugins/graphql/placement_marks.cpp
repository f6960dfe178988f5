// SPDX-License-Identifier: Apache-2.0
#include "placement_marks.hpp"

#include "contributed_schema.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::uint32_t many = 2; // reads: further ones change nothing

// One walk over a plan. What is planned once for several places counts in each of them.
class Walk {
public:
    explicit Walk(const ContributedSchema& schema) : schema_(schema) {}

    std::uint32_t object(const ObjectPlan& plan, bool isBelowList) {
        std::uint32_t reads = 0;
        for (const PlannedField& field : plan.fields) {
            if (field.field == nullptr) continue;
            const ContributedResolver* const resolver = schema_.resolver(*field.field);
            const bool isInList = isBelowList || field.field->type.isList();
            if (resolver != nullptr) reads += place(resolver->field().placement, isBelowList);
            if (field.selection != nullptr) {
                if (resolver != nullptr) reads += loads(*resolver, *field.selection, isInList);
                reads += selection(*field.selection, isInList);
            }
            reads = std::min(reads, many);
        }
        return reads;
    }

    bool needsWorker() const { return needsWorker_; }

private:
    std::uint32_t place(std::uint32_t placement, bool isBelowList) {
        if (placement == MORTISE_PLACEMENT_LOOP) return 0;
        if (placement == MORTISE_PLACEMENT_WORKER || isBelowList) needsWorker_ = true;
        return 1;
    }
    // Objects of other plugins' types come by their keys.
    std::uint32_t loads(const ContributedResolver& resolver, const SelectionPlan& selection, bool isInList) {
        std::uint32_t reads = 0;
        for (const ObjectPlan& object : selection.objects) {
            const KeyedType& keyed = schema_.keyed(object.type);
            if (keyed.type != nullptr && keyed.type->load != nullptr && keyed.contribution != &resolver.contribution())
                reads += place(keyed.type->placement, isInList);
        }
        return reads;
    }
    std::uint32_t selection(const SelectionPlan& plan, bool isBelowList) {
        const auto [found, isNew] = known_.try_emplace({&plan, isBelowList}, 0);
        if (!isNew) return found->second;
        std::uint32_t reads = 0;
        for (const ObjectPlan& one : plan.objects) reads = std::min(reads + object(one, isBelowList), many);
        found->second = reads;
        return reads;
    }

    const ContributedSchema& schema_;
    std::map<std::pair<const SelectionPlan*, bool>, std::uint32_t> known_;
    bool needsWorker_ = false;
};

} // namespace

std::uint32_t PlacementMarks::mark(const Plan& plan) const {
    Walk walk(schema_);
    const std::uint32_t count = walk.object(plan.root(), false);
    const bool isMutation = plan.kind() == OperationKind::mutation;
    return (walk.needsWorker() || count > 1 || isMutation ? worker : 0) | (count != 0 ? reads : 0) |
           (count > 1 ? together : 0);
}

} // namespace mortise::graphql
