// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "base/running_code.hpp"
#include "config/settings.hpp"
#include "host/contribution.hpp"
#include "host/instance_folders.hpp"
#include "host/module_names.hpp"
#include "host/opened_services.hpp"
#include "host/route.hpp"
#include "http/constant_fields.hpp"

#include <mortise/abi/plugin.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Runtime;

// A setting that a plugin's `configure` cannot use, and why.
struct RefusedSetting {
    std::string key;
    std::string message;
};

// A route that a plugin's setting names, see mortise_routes_table.expect.
struct ExpectedRoute {
    std::string setting;
    std::string method; // also "*"
    std::string pattern;
    std::uint32_t flags; // MORTISE_ROUTE_ …, which it must have

    bool names(const Route& route) const noexcept;
};

// One plugin at work: the object behind mortise_plugin, the legal steps of its life, and what it declared.
//
//   created → configured → started → active → drained → stopping → stopped → destroyed
//   (failed: any step that did not succeed)
//
// Control calls run on a thread of their own under the runtime's deadline. One that misses it leaves the instance
// quarantined: nothing of it is called again, and its memory stays. While such a call runs, it may look at what others
// had lent it (services, contributions, migrations): these are stopped, but not destroyed, and their memory stays, too.
// One for which no thread can be made has failed.
// Thread: control calls one at a time, [any] as said.
class Instance : public std::enable_shared_from_this<Instance> {
public:
    enum class Stage : std::uint8_t {
        created,
        configured,
        started,
        active,
        drained,
        stopping,
        stopped,
        destroyed,
        kept, // as long as the process: never destroyed
        failed
    };
    using Clock = std::chrono::steady_clock;
    using Providers = std::map<std::string, std::shared_ptr<Instance>, std::less<>>; // by service id
    // For a plugin to return from a drain that took all the time it was given.
    static constexpr std::chrono::seconds drainMargin{2};

    // Calls the module's `create`. A fault starts with the plugin's name.
    static base::Outcome<std::shared_ptr<Instance>> create(Runtime& runtime, std::string name,
                                                           std::shared_ptr<const Module> module,
                                                           config::Section settings, Providers providers);
    Instance(Runtime& runtime, std::string name, std::shared_ptr<const Module> module, config::Section settings,
             Providers providers);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    // [any] As in the configuration; the reference outlives the instance, see Runtime::kept().
    const std::string& name() const noexcept { return owner_.name; }
    const base::CodeOwner& owner() const noexcept { return owner_; } // [any] likewise
    const Module& module() const noexcept { return *module_; }       // [any]
    const config::Section& settings() const noexcept { return settings_; }
    const Providers& providers() const noexcept { return providers_; }
    Runtime& runtime() const noexcept { return runtime_; }                                     // [any]
    bool developmentMode() const noexcept { return developmentMode_; }                         // as it was configured
    std::uint64_t number() const noexcept { return number_; }                                  // [any] no other has it
    Stage stage() const noexcept { return stage_.load(std::memory_order_acquire); }            // [any]
    bool quarantined() const noexcept { return quarantined_.load(std::memory_order_acquire); } // [any]
    // Its calls may wait for a database of which there is only so much, see Runtime::submit; with another database it
    // is another instance. [any]
    void setWaitsForDatabase() noexcept { waitsForDatabase_.store(true, std::memory_order_relaxed); }
    bool waitsForDatabase() const noexcept { return waitsForDatabase_.load(std::memory_order_relaxed); }

    // Steps of life. Nothing when it went well, otherwise a sentence that names plugin and step.
    std::optional<std::string> configure(bool checkOnly);
    // The services of others, before `start` for a migrator, whose providers were started. As the steps.
    std::optional<std::string> openServices();
    // After making its folders and opening the services of others, which are closed again when it fails.
    std::optional<std::string> start();
    std::optional<std::string> activate();
    // Has it finish what is open until `deadline`; its timers go on. beginDrain() does not wait: `returned` is called,
    // on some thread, when the plugin is done or was not called because no time is left. endDrain() is due then, or at
    // drainLimit(): a plugin that is not done by then is quarantined.
    void drain(Clock::time_point deadline);
    void beginDrain(Clock::time_point deadline, const std::function<void()>& returned);
    bool drainReturned() const noexcept { return drainReturned_.load(std::memory_order_acquire); }
    Clock::time_point drainLimit() const noexcept { return drainLimit_; }
    void endDrain();
    // Cancels and releases its timers, waits up to `patience` until no call into the plugin is running or due, stops
    // it, and closes the services it had of others. False: there still is one; to be called again, no further call
    // begins meanwhile.
    bool stop(std::chrono::milliseconds patience);
    // Waits for calls into it that were kept; quarantines it instead when one does not return. Keeps it when a late
    // call of another may look at it.
    void destroy();
    // [any] Of one that is quarantined: whether the call that missed its deadline, or another, is running still.
    bool mayBeRunning() const;

    // [any] From `configured` on: the table of an extension, or null.
    const void* extension(std::string_view id) const;
    // The same as a copy whose tail is zeroed where the plugin's is shorter.
    template<class Table>
    std::optional<Table> extensionTable(std::string_view id) const {
        const void* const table = extension(id);
        return table == nullptr ? std::nullopt : std::optional<Table>(readTable<Table>(table));
    }
    void* self() const noexcept { return plugin_.self; }
    const mortise_plugin_table& table() const noexcept { return table_; }

    // What its `configure` found wrong with its settings; not to be read while that is running.
    const std::vector<RefusedSetting>& refusedSettings() const noexcept { return refusedSettings_; }
    // What it declared in `configure`; unchanged afterwards.
    const std::vector<Route>& routes() const noexcept { return routes_; }
    const std::vector<ExpectedRoute>& expectedRoutes() const noexcept { return expectedRoutes_; }
    const std::vector<Contribution>& contributions() const noexcept { return contributions_; }
    // [any] Null for 0 or a number that was never given out.
    const http::ConstantFields* headerBlock(std::uint64_t number) const noexcept {
        return number == 0 || number > headerBlocks_.size() ? nullptr : headerBlocks_[number - 1].get();
    }

    // For the services, while `configure` runs.
    bool configuring() const noexcept { return configuring_.load(std::memory_order_acquire); }
    void addRoute(Route route) { routes_.push_back(std::move(route)); }
    void addContribution(Contribution contribution) { contributions_.push_back(std::move(contribution)); }
    // As required or optional: a service, or an extension point that it contributes to.
    bool declares(std::string_view id) const;
    bool expectRoute(ExpectedRoute route); // false: not in `configure`, no such setting, or too many
    std::uint64_t addHeaderBlock(std::string block);

    // Has it build the object of `point`, which it defines, for `generation`. A message; what it refused, each with its
    // own, is in `refused`.
    struct Collected {
        const Instance* plugin = nullptr;
        const Contribution* contribution = nullptr;
    };
    base::Outcome<std::unique_ptr<PointObject>> buildPoint(const std::string& point,
                                                           const std::vector<Collected>& collected,
                                                           std::uint64_t generation,
                                                           std::vector<RefusedContribution>& refused);
    bool refuseContribution(RefusedContribution refusal); // false: no such point is being built

    // Runs `call` as a control call of this plugin, after any that is running, under `timeout`; `step` is a literal.
    // False when it missed that (now quarantined), could not be made (logged) or is not to be made any more.
    bool control(const char* step, std::chrono::milliseconds timeout, std::function<void(Instance& instance)> call);

    // Requests that have ended and that the plugin still holds. beginOrphan() is true the first time that there are
    // more than `maximum`. Thread: any.
    std::uint32_t orphans() const noexcept { return orphans_.load(std::memory_order_relaxed); }
    bool beginOrphan(std::uint32_t maximum) noexcept {
        return orphans_.fetch_add(1, std::memory_order_relaxed) == maximum && !orphansReported_.exchange(true);
    }
    void endOrphan() noexcept { orphans_.fetch_sub(1, std::memory_order_relaxed); }
    // Terminal calls that came after the host had ended the request. Thread: any.
    void countLate() noexcept { late_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t lateCalls() const noexcept { return late_.load(std::memory_order_relaxed); }
    // [any] Whether a warning about a misused handle is still to be logged: a few a second.
    bool mayWarn() const noexcept;
    // [any] Started, not stopped and not quarantined.
    bool mayBeCalled() const noexcept {
        const Stage now = stage();
        return !quarantined() && (now == Stage::started || now == Stage::active || now == Stage::drained);
    }

    // [any] Whether services keep calls for it: from `start` on, until its stop begins. Asked by who has a Pin of it
    // already, so that stop() either waits for that or has begun before.
    bool takesCalls() const noexcept {
        return startBegan_.load(std::memory_order_acquire) && stage() < Stage::stopping;
    }

    // Marks, while it lives, a call into the plugin that no request makes. `function` is a literal. Thread: any.
    class Calling {
    public:
        Calling(const Instance& instance, const char* function);

    private:
        const base::RunningCode running_;
    };

    // Of the calls that services keep for it (KeptCall). False: there are as many as may be. Thread: any.
    bool countCall() noexcept {
        if (calls_.fetch_add(1, std::memory_order_relaxed) < maxCalls) return true;
        uncountCall();
        return false;
    }
    void uncountCall() noexcept { calls_.fetch_sub(1, std::memory_order_relaxed); }

    // Keeps stop() waiting while a call outside of any exchange is running or due (timers, hashes). Thread: any.
    class Pin {
    public:
        explicit Pin(std::shared_ptr<Instance> instance) noexcept;
        Pin(Pin&&) noexcept = default;
        Pin& operator=(Pin&&) = delete;
        ~Pin();

    private:
        std::shared_ptr<Instance> instance_;
    };

private:
    void announce(const char* function) const;
    static mortise_status getService(void* context, mortise_view id, mortise_service* service,
                                     mortise_error* error) noexcept;
    static mortise_status refuseSetting(void* context, mortise_view key, mortise_view message) noexcept;
    std::optional<std::string> controlStatus(const char* step,
                                             mortise_status (*call)(Instance& instance, mortise_error* error));
    mortise_status callConfigure(bool checkOnly, mortise_error* error);
    mortise_status callCreate(mortise_error* error);
    bool declaresSetting(std::string_view key) const;
    std::string sentence(std::string_view step, std::string_view what) const;
    void quarantine(std::string_view step, std::chrono::milliseconds timeout);
    bool awaitUnpinned(std::chrono::milliseconds patience);
    bool cancelTimers();
    void callFailed(std::string_view step, std::string_view why);
    void releaseRoutes() noexcept; // gives the contexts of the routes back; no call into them is left

    Runtime& runtime_;
    const std::shared_ptr<const Module> module_;
    const base::CodeOwner& owner_; // kept by the runtime
    const config::Section settings_;
    const Providers providers_;
    const bool developmentMode_;
    const std::uint64_t number_;
    const Clock::time_point made_ = Clock::now();
    const InstanceFolders folders_;
    mortise_host host_{};
    mortise_plugin plugin_{};
    mortise_plugin_table table_{};
    OpenedServices services_;
    std::mutex controlMutex_; // of who waits for a control call: one at a time
    std::vector<RefusedSetting> refusedSettings_;
    std::vector<Route> routes_;
    std::vector<ExpectedRoute> expectedRoutes_;
    std::vector<Contribution> contributions_;
    std::mutex buildingMutex_;
    std::string building_;                          // under buildingMutex_: the point; empty: none
    std::vector<RefusedContribution> refusedNames_; // likewise
    std::vector<std::unique_ptr<const http::ConstantFields>> headerBlocks_;
    std::atomic<Stage> stage_{Stage::created};
    std::atomic<bool> configuring_{false};
    std::atomic<bool> startBegan_{false};
    std::atomic<bool> quarantined_{false};
    std::atomic<bool> waitsForDatabase_{false};
    std::atomic<bool> drainReturned_{true};
    std::atomic<std::uint32_t> controlCalls_{0}; // that have not returned
    Clock::time_point drainLimit_{};
    std::atomic<std::uint32_t> orphans_{0};
    std::atomic<bool> orphansReported_{false};
    std::atomic<std::uint64_t> late_{0};
    mutable std::atomic<std::uint64_t> warned_{0}; // second << 8 | warnings in it
    mutable std::mutex pinMutex_;
    std::condition_variable unpinned_;
    std::size_t pins_ = 0; // under pinMutex_
    static constexpr std::size_t maxCalls = 1024;
    std::atomic<std::size_t> calls_{0};
};

} // namespace mortise::host
