// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/control_call.hpp"
#include "base/event_loop.hpp"
#include "base/running_code.hpp"
#include "base/uuid.hpp"
#include "base/worker_lane.hpp"
#include "base/worker_pool.hpp"
#include "host/log_hub.hpp"
#include "host/password_pool.hpp"
#include "host/requests.hpp"
#include "host/timer_queue.hpp"
#include "host/upload_store.hpp"
#include "host/waits.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mortise::host {

class Generation;
class Instance;

struct RuntimeSettings {
    // Absolute.
    std::string stateDirectory;
    std::string cacheDirectory;
    std::string runtimeDirectory;
    std::string configurationFolder; // of the main file
    bool development = false;
    bool traceIds = false;                               // in log records that plugins write of requests
    std::chrono::milliseconds controlTimeout{10'000};    // of one control call of a plugin
    std::chrono::milliseconds migrationTimeout{600'000}; // of all migrations together
    std::chrono::milliseconds writeTimeout{30'000};      // of a stream's wait for its client
    std::uint64_t retryAfterSeconds = 1;                 // of the host's own 503 answers
    base::WorkerPoolSettings workers{"worker", 4, 1024, 0};
    base::WorkerPoolSettings hashing{"hash", 1, 256, 10, 1, PasswordPool::maximumCount};
    UploadStore::Settings uploads;
    base::WorkerPoolSettings uploadWorkers{"upload", 2, 1024, 0}; // apart: a disk that hangs holds up nothing else
    PasswordPool::Costs passwordCosts;
    // Told before each call into a plugin that no request makes, if set: for a process that tries plugins. Thread: any.
    std::function<void(const base::CodeOwner& owner, const char* function)> announce;
    Waits* waits = nullptr; // told of waits for plugins, if set; lives longer
};

// What a process has once and every plugin is served from: pools and clocks. Made before the first plugin and destroyed
// after the last. Thread: any.
class Runtime {
public:
    // `log` and `requests` live longer.
    Runtime(LogHub& log, const RuntimeSettings& settings, Requests& requests)
        : settings_(settings),
          log_(log),
          requests_(requests),
          onWorkers_(settings.workers.threads),
          uploads_(settings.uploads, uploadWorkers_),
          uploadWorkers_(settings.uploadWorkers),
          workers_(settings.workers),
          databaseLane_(workers_, settings.workers.queueLimit, 1),
          timers_(workers_),
          passwords_(settings.hashing, workers_, settings.passwordCosts) {}
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    const RuntimeSettings& settings() const noexcept { return settings_; }
    LogHub& log() noexcept { return log_; }
    base::ControlCalls& control() noexcept { return control_; }
    base::WorkerPool& workers() noexcept { return workers_; }
    // On the workers; of those that wait for the database only as many at a time as the generation says, and never all
    // of them. False: as WorkerPool::trySubmit.
    bool submit(base::Task&& task, bool waitsForDatabase) noexcept {
        return waitsForDatabase ? databaseLane_.trySubmit(std::move(task)) : workers_.trySubmit(std::move(task));
    }
    TimerQueue& timers() noexcept { return timers_; }
    UploadStore& uploads() noexcept { return uploads_; }
    base::WorkerPool& uploadWorkers() noexcept { return uploadWorkers_; }
    PasswordPool& passwords() noexcept { return passwords_; }
    Requests& requests() const noexcept { return requests_; }
    base::Uuid7Source& uuids() noexcept { return uuids_; }
    std::uint64_t nextInstance() noexcept { return instances_.fetch_add(1, std::memory_order_relaxed) + 1; }

    // The loops, in order; set once before plugins start, empty while nothing is served.
    void setLoops(std::vector<base::EventLoop*> loops) { loops_ = std::move(loops); }
    const std::vector<base::EventLoop*>& loops() const noexcept { return loops_; }
    // 1 to loops().size() on a loop's thread, 0 on any other.
    std::uint32_t currentLoop() const noexcept;

    // The generation that serves; holding it delays the end of what a reload replaced. Null before the first.
    std::shared_ptr<Generation> generation() const;
    void setGeneration(std::shared_ptr<Generation> generation);

    void setDraining() noexcept { draining_.store(true, std::memory_order_relaxed); }
    bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
    // Loops that are late at this moment, for readiness.
    std::atomic<std::uint32_t>& lateLoops() noexcept { return lateLoops_; }

    // A plugin that missed a deadline is never called again in this process; its instance stays as it is.
    void quarantine(std::shared_ptr<Instance> instance);
    // The plugin of a call that missed its deadline after `made` and is running still: it may look at what instances
    // made before had lent it.
    std::optional<std::string> lateCallSince(std::chrono::steady_clock::time_point made) const;
    // For as long as this lives.
    void keep(std::shared_ptr<Instance> instance);
    // Whether `name` has an instance there.
    bool isQuarantined(const std::string& name) const;
    // Whether there is any: code of it may still be running, so the process has to leave by _exit.
    bool hasQuarantined() const;

    // The same texts for the rest of the process. Whoever tells what runs where has no instance to hold on to.
    const base::CodeOwner& kept(base::CodeOwner owner);
    // Marks, while it lives, whose code runs on the calling worker. `owner` is one that kept() returned.
    class OnWorker {
    public:
        OnWorker(Runtime& runtime, const base::CodeOwner& owner, const char* function) noexcept;
        ~OnWorker();
        OnWorker(const OnWorker&) = delete;
        OnWorker& operator=(const OnWorker&) = delete;

    private:
        const base::RunningCode running_;
        std::atomic<const base::CodeOwner*>* place_ = nullptr; // null on other threads
    };
    // Names of the plugins whose code runs on a worker now.
    std::set<std::string> onWorkers() const;

private:
    void setDatabaseWidth(std::size_t width) noexcept;

    const RuntimeSettings settings_;
    LogHub& log_;
    Requests& requests_;
    mutable std::mutex mutex_;
    std::set<base::CodeOwner> kept_; // under mutex_
    base::ControlCalls control_;
    base::Uuid7Source uuids_;
    std::atomic<std::uint64_t> instances_{0};                    // that were ever made
    std::vector<std::atomic<const base::CodeOwner*>> onWorkers_; // by index of the worker
    UploadStore uploads_;                                        // before its workers, whose last tasks let go of files
    base::WorkerPool uploadWorkers_;
    base::WorkerPool workers_;
    base::WorkerLane databaseLane_; // of workers_
    TimerQueue timers_;
    PasswordPool passwords_;
    std::vector<base::EventLoop*> loops_;
    std::atomic<bool> draining_{false};
    std::atomic<std::uint32_t> lateLoops_{0};
    std::shared_ptr<Generation> generation_; // under mutex_
    struct Quarantined {
        std::shared_ptr<Instance> instance;
        std::chrono::steady_clock::time_point since;
    };
    std::vector<Quarantined> quarantined_;               // under mutex_
    std::vector<std::shared_ptr<Instance>> keptForLate_; // under mutex_
};

} // namespace mortise::host
