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
#include <string>
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
    /// [worker] Within a transaction of the caller's. False: the user is only marked, and gone for everybody with that
    /// transaction; finish() is due once it is over.
    bool begin(mortise::Turn turn, std::string_view id, const mortise::EntityTagList& condition,
               const Relations* relations) const;
    /// [any] Deletes what a user left who is marked by then, and nobody else.
    void finish(const std::string& id) const noexcept;

    /// [worker] From now on looks every `interval` for users whose removal another process began and did not finish,
    /// and deletes what they left, in parts, too.
    void watch(std::chrono::milliseconds interval) const;

private:
    struct Removal;
    void proceed(const std::shared_ptr<Removal>& removal) const;
    /// The user is gone for everybody; the rest goes when watch() comes to it.
    void giveUp(Removal& removal, const char* reason) const;
    void leave(const std::string& id, const char* reason) const noexcept;
    void findAbandoned(std::chrono::milliseconds interval) const;
    struct Abandoned;
    void finishAll(const std::shared_ptr<Abandoned>& abandoned) const;
    /// One transaction of it; whether that was the last one. Looks for what plugins keep for the user now.
    bool finishSome(const std::string& id) const;

    const UserStore& store_;
    HoldRelations holdRelations_;
    mortise::Tasks tasks_;
    mortise::Timers timers_;
    mortise::Log log_;
};

} // namespace users
