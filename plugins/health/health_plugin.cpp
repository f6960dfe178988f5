// SPDX-License-Identifier: Apache-2.0
#include "readiness_result.hpp"
#include "readiness_rounds.hpp"

#include <mortise/networks.hpp>
#include <mortise/plugin.hpp>
#include <mortise/readiness.hpp>
#include <mortise/timers.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::health {
namespace {

struct Settings {
    bool quiet = false;
    mortise::TextList allow{"loopback"};
    std::chrono::milliseconds cache{0}; // probes that come while a round runs share it
    std::chrono::milliseconds timeout{2000};
};
MORTISE_SETTINGS(Settings, field(quiet).text("Leaves probes out of the request log unless they fail."),
                 field(allow).text("Addresses and networks that are told the names of checks."),
                 field(cache)
                     .min(std::chrono::milliseconds(0))
                     .max(std::chrono::minutes(1))
                     .text("How long a result of the checks serves."),
                 field(timeout)
                     .min(std::chrono::milliseconds(10))
                     .max(std::chrono::minutes(1))
                     .text("How long a probe waits for the checks."))

struct Alive {
    std::string_view status;
    mortise::DateTime timestamp;
};
MORTISE_DESCRIBE(Alive, field(status).example("ok"), field(timestamp))

class Health : public mortise::Plugin<Settings> {
public:
    void configure(mortise::Setup& setup) override {
        if (networks()) allow_ = allowedNetworks(setup);
        rounds_.emplace(ReadinessRounds::Settings{settings().cache, settings().timeout});

        auto health = setup.get("/health");
        health.operationId("getHealth")
            .summary("Is the process alive")
            .tags("service")
            .onLoop()
            .replies<Alive>(200, "It is");
        if (settings().quiet) health.quiet();
        health.handle([](mortise::Request&) { return Alive{"ok", mortise::DateTime::now()}; });

        auto ready = setup.get("/ready");
        ready.operationId("getReady")
            .summary("Can the server do its work")
            .description("Asks every plugin that has a check. Addresses that may know are told the checks by name.")
            .tags("service")
            .replies<Ready>(200, "It can")
            .replies<NotReady>(503, "Not ready");
        if (settings().quiet) ready.quiet();
        ready.handle([this](mortise::Request& request) { return answerReady(request); });
    }

    void stop() override {
        if (rounds_) rounds_->close({false, {{"draining", false, "the plugin stops"}}});
    }

private:
    mortise::NetworkList allowedNetworks(mortise::Setup& setup) {
        std::vector<std::string> good;
        for (const std::string_view entry : settings().allow) {
            try {
                static_cast<void>(networks().list({std::string(entry)}));
                good.emplace_back(entry);
            } catch (const mortise::Invalid& fault) {
                setup.refuseSetting("allow", fault.what());
            }
        }
        return networks().list(good);
    }

    mortise::Reply answerReady(mortise::Request& request) {
        const bool names = allow_.admits(request);
        const auto waiting = std::make_shared<mortise::Deferred>(request.defer());
        const ReadinessRounds::Asked asked =
            rounds_->ask(ReadinessRounds::Clock::now(),
                         [this, waiting, names, id = std::string(request.id())](const ReadinessRounds::Result& result) {
                             waiting->answer([&] { return replyOf(*result, names, id); });
                         });
        if (asked.step == ReadinessRounds::Step::run) runRound(asked.round);
        return mortise::Reply::later();
    }

    mortise::Reply replyOf(const ReadinessResult& result, bool names, const std::string& request_id) const {
        if (result.ready) return mortise::Reply::json(200, Ready{"ready", checksOf(result, names)}).noStore();
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(settings().cache).count();
        return mortise::Reply::json(503, NotReady{"Not ready", checksOf(result, names), request_id})
            .field("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)))
            .noStore();
    }

    void runRound(std::uint64_t round) {
        std::optional<mortise::Timers::Id> timer;
        try {
            timer = timers().after(settings().timeout, [this, round] { rounds_->expire(round); });
        } catch (const mortise::Error& missing) {
            log().debug("Checks run without a deadline", {{"error", missing.what()}});
        }
        ReadinessResult result;
        try {
            result = runChecks();
        } catch (const std::exception& failure) {
            result = {false, {{"checks", false, failure.what()}}};
        }
        tell(result);
        rounds_->finish(round, std::move(result), ReadinessRounds::Clock::now());
        if (timer) timers().cancel(*timer);
    }

    ReadinessResult runChecks() const {
        ReadinessResult result;
        result.ready = true;
        if (!readiness()) return result;
        result.ready = readiness().check([&](const mortise::ReadinessOutcome& outcome) {
            result.checks.push_back({std::string(outcome.name), outcome.ready, std::string(outcome.text)});
        });
        return result;
    }

    // Once per change, so that probes do not fill the log.
    void tell(const ReadinessResult& result) {
        if (was_ready_.exchange(result.ready) == result.ready) return;
        if (result.ready) {
            log().info("Ready again");
            return;
        }
        for (const CheckOutcome& check : result.checks) {
            if (!check.ready) log().warn("Not ready", {{"check", check.name}, {"error", check.text}});
        }
    }

    mortise::NetworkList allow_;
    std::optional<ReadinessRounds> rounds_; // from configure on
    std::atomic<bool> was_ready_{true};
};

} // namespace
} // namespace mortise::health

MORTISE_PLUGIN(mortise::health::Health, "org.mortise.health", "1.0.0", licence("Apache-2.0"), inExample())
