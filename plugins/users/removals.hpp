// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "include.hpp"
#include "user_store.hpp"

#include <mortise/entity_tag.hpp>
#include <mortise/plugin.hpp>
#include <mortise/tasks.hpp>
#include <mortise/timers.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace users {

/// Deletes users, those of whom other plugins keep many rows in parts: each transaction is short, so that no other
/// writer waits for long. Lives as long as the instance.
class Removals {
public:
    /// What other plugins keep for users now; null: nothing is known of them.
    using HoldRelations = std::function<mortise::HeldObject<Relations>()>;

    Removals(const UserStore& store, HoldRelations holdRelations, mortise::Tasks tasks, mortise::Timers timers,
             mortise::Log log) noexcept
        : store_(store), holdRelations_(std::move(holdRelations)), tasks_(tasks), timers_(timers), log_(log) {}

    /// [worker] 204 for the request, at once or, where it takes more than one transaction, later. Throws what is a 404
    /// or 412, and what writes throw.
    mortise::Reply remove(mortise::Request& request, std::string_view id, const mortise::EntityTagList& condition,
                          const Relations* relations) const;

    /// [worker] From now on looks every `interval` for users whose removal another process began and did not finish,
    /// and deletes what they left, in parts, too.
    void watch(std::chrono::milliseconds interval) const;

private:
    struct Removal;
    void proceed(const std::shared_ptr<Removal>& removal) const;
    /// The user is gone for everybody; the rest goes when watch() comes to it.
    void giveUp(Removal& removal, const char* reason) const;
    void findAbandoned(std::chrono::milliseconds interval) const;
    struct Abandoned;
    void finish(const std::shared_ptr<Abandoned>& abandoned) const;

    const UserStore& store_;
    HoldRelations holdRelations_;
    mortise::Tasks tasks_;
    mortise::Timers timers_;
    mortise::Log log_;
};

} // namespace users
