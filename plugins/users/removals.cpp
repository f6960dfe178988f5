// SPDX-License-Identifier: Apache-2.0
#include "removals.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace users {
namespace {

/// Rows of other plugins that one transaction deletes at most.
constexpr std::int64_t batch = 500;

} // namespace

struct Removals::Removal {
    mortise::Deferred later;
    std::string id;
    const Relations* relations; ///< lives until the turn is over
};

/// What is to be deleted until the next look, the last one first.
struct Removals::Abandoned {
    std::vector<std::string> ids;
    std::chrono::milliseconds interval;
};

mortise::Reply Removals::remove(mortise::Request& request, std::string_view id, const mortise::EntityTagList& condition,
                                const Relations* relations) const {
    if (begin(request, id, condition, relations)) return mortise::noContent();
    proceed(std::make_shared<Removal>(Removal{request.defer(), std::string(id), relations}));
    return mortise::Reply::later();
}

bool Removals::begin(mortise::Turn turn, std::string_view id, const mortise::EntityTagList& condition,
                     const Relations* relations) const {
    return store_.remove(turn, id, condition,
                         [&] { return relations != nullptr && relations->removeSome(turn, id, batch); });
}

void Removals::finish(const std::string& id) const noexcept {
    try {
        tasks_.run([this, id] {
            try {
                if (!finishSome(id)) finish(id);
            } catch (const std::exception& failure) {
                leave(id, failure.what());
            }
        });
    } catch (const std::exception& failure) {
        leave(id, failure.what());
    }
}

bool Removals::finishSome(const std::string& id) const {
    const mortise::HeldObject<Relations> relations = holdRelations_();
    // Of plugins that are off the rows go at once, by the foreign keys.
    return store_.removeMarked(
        id, [&] { return relations.get() != nullptr && relations.get()->removeSome(mortise::Turn(), id, batch); });
}

void Removals::proceed(const std::shared_ptr<Removal>& removal) const {
    try {
        tasks_.run([this, removal] {
            try {
                const auto removeSome = [&] {
                    return removal->relations->removeSome(mortise::Turn(), removal->id, batch);
                };
                if (!store_.removeMarked(removal->id, removeSome)) return proceed(removal);
                removal->later.reply(mortise::noContent());
            } catch (const std::exception& failure) {
                giveUp(*removal, failure.what());
            }
        });
    } catch (const std::exception& failure) {
        giveUp(*removal, failure.what());
    }
}

void Removals::giveUp(Removal& removal, const char* reason) const {
    leave(removal.id, reason);
    removal.later.reply(mortise::noContent());
}

void Removals::leave(const std::string& id, const char* reason) const noexcept {
    try {
        log_.warn("What a deleted user left is deleted later", {{"userId", id}, {"error", reason}});
    } catch (...) { // without memory: watch() comes to it all the same
    }
}

void Removals::watch(std::chrono::milliseconds interval) const {
    try {
        if (timers_) timers_.after(interval, [this, interval] { findAbandoned(interval); });
    } catch (const mortise::Error&) { // stopping
    }
}

void Removals::findAbandoned(std::chrono::milliseconds interval) const {
    // What was continued since is under way, here or in another process.
    const mortise::DateTime before{mortise::DateTime::now().unixMilliseconds - interval.count()};
    auto abandoned = std::make_shared<Abandoned>(Abandoned{{}, interval});
    try {
        abandoned->ids = store_.abandonedBefore(before, 100);
    } catch (const std::exception& failure) {
        log_.warn("What deleted users left could not be deleted", {{"error", failure.what()}});
    }
    finishAll(abandoned);
}

void Removals::finishAll(const std::shared_ptr<Abandoned>& abandoned) const {
    if (abandoned->ids.empty()) return watch(abandoned->interval);
    try {
        tasks_.run([this, abandoned] {
            try {
                if (finishSome(abandoned->ids.back())) abandoned->ids.pop_back();
            } catch (const std::exception& failure) {
                log_.warn("What deleted users left could not be deleted", {{"error", failure.what()}});
                abandoned->ids.clear();
            }
            finishAll(abandoned);
        });
    } catch (const std::exception&) { // stopping, or too much to do
        watch(abandoned->interval);
    }
}

} // namespace users
