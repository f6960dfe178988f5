// SPDX-License-Identifier: Apache-2.0
#include "host/contribution.hpp"

#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"

namespace mortise::host {

PointObject::~PointObject() {
    if (release_ == nullptr || definer_->quarantined()) return;
    const Instance::Calling calling(*definer_, "free");
    release_(definer_->self(), view(point_), object_);
}

base::Outcome<std::unique_ptr<PointObject>> Instance::buildPoint(const std::string& point,
                                                                 const std::vector<Collected>& collected,
                                                                 std::uint64_t generation,
                                                                 std::vector<RefusedContribution>& refused) {
    const auto offered = extensionTable<mortise_plugin_contributions>(MORTISE_CONTRIBUTIONS_EXTENSION);
    if (!offered || offered->build == nullptr)
        return base::Fault{"it does not offer '" MORTISE_CONTRIBUTIONS_EXTENSION "' with a build"};
    // Kept by the call, should it miss its deadline. The contributions are their instances', which are kept as well.
    struct Building {
        std::string point;
        std::vector<mortise_contribution> list;
        std::vector<std::shared_ptr<const Instance>> owners;
        mortise_status status = MORTISE_ERROR;
        void* object = nullptr;
        CallError error;
    };
    const auto building = std::make_shared<Building>();
    building->point = point;
    for (const Collected& one : collected) {
        building->list.push_back(
            {view(one.plugin->name()), view(one.contribution->name), one.contribution->table, one.contribution->self});
        building->owners.push_back(one.plugin->shared_from_this());
    }
    {
        const std::lock_guard lock(buildingMutex_);
        building_ = point;
    }
    const auto timeout = runtime_.settings().controlTimeout;
    const bool made = control("build", timeout, [building, table = *offered, generation](Instance& self) {
        building->status = table.build(self.self(), view(building->point), building->list.data(),
                                       static_cast<std::uint32_t>(building->list.size()), sizeof(mortise_contribution),
                                       generation, &building->object, building->error.get());
    });
    {
        const std::lock_guard lock(buildingMutex_);
        building_.clear();
        refused = std::move(refusedNames_);
        refusedNames_.clear();
    }
    if (!made)
        return base::Fault{
            quarantined() ? "build did not return within server.control_timeout; it stays quarantined until restart"
                          : "build could not be called"};
    if (peerStatus(building->status) != MORTISE_OK) return base::Fault{building->error.text()};
    auto object = std::make_unique<PointObject>(point, *this, offered->free, building->object);
    if (!refused.empty()) return base::Fault{"it refused contributions"};
    return object;
}

bool Instance::refuseContribution(RefusedContribution refusal) {
    const std::lock_guard lock(buildingMutex_);
    if (building_.empty() || building_ != refusal.point) return false;
    refusedNames_.push_back(std::move(refusal));
    return true;
}

} // namespace mortise::host
