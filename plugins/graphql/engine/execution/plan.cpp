// SPDX-License-Identifier: Apache-2.0
#include "execution/plan.hpp"

#include <algorithm>

namespace mortise::graphql {

const ObjectPlan* SelectionPlan::find(TypeId type) const {
    if (objects.size() == 1) return objects.front().type == type ? objects.data() : nullptr;
    const auto at = std::lower_bound(objects.begin(), objects.end(), type,
                                     [](const ObjectPlan& object, TypeId id) { return object.type < id; });
    return at != objects.end() && at->type == type ? &*at : nullptr;
}

std::size_t Plan::bytes() const {
    std::size_t bytes = sizeof(*this) + arena_.bytes() + arguments_.capacity() * sizeof(PlannedArguments) +
                        faults_.size() * (sizeof(Error) + 128);
    for (const PlannedArguments& arguments : arguments_)
        bytes += arguments.values.bytes() + (arguments.error ? arguments.error->message.capacity() : 0);
    return bytes;
}

} // namespace mortise::graphql
