// SPDX-License-Identifier: Apache-2.0
#include "builtin_rules.hpp"
#include "limit_fields.hpp"
#include "limiter.hpp"
#include "memory_store.hpp"
#include "rate_limit_settings.hpp"

#include <mortise/crypto.hpp>
#include <mortise/filters.hpp>
#include <mortise/handover.hpp>
#include <mortise/plugin.hpp>
#include <mortise/request_limits.hpp>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::rate_limit {
namespace {

// A tick of the kernel (1 to 10 ms) is fine enough for windows of seconds, and a quarter of the cost.
std::uint64_t milliseconds(clockid_t clock) noexcept {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}
std::uint64_t steadyMs() noexcept {
    return milliseconds(CLOCK_MONOTONIC_COARSE);
}

constexpr const char* replacing = "A rule takes the place of a built-in one";

bool isPreflight(const mortise::Request& request) noexcept {
    return request.method() == "OPTIONS" && request.hasField("Access-Control-Request-Method");
}

class RateLimit : public mortise::Plugin<Settings>, public mortise::Handover {
public:
    void configure(mortise::Setup& setup) override {
        if (settings().window.count() % 1000 != 0) setup.refuseSetting("window", "it is in whole seconds");
        const Algorithm algorithm = settings().algorithm == "sliding" ? Algorithm::sliding : Algorithm::fixed;
        limits_.push_back(
            {"default", {settings().limit, static_cast<Seconds>(settings().window.count() / 1000), algorithm}});
        const std::vector<Rule> rules = readRules(setup);
        for (const Rule& rule : rules) limits_.push_back({rule.name(), {rule.maximum, rule.window, algorithm}});
        for (const std::string_view path : settings().skip)
            if (path.front() != '/')
                setup.refuseSetting("skip", "'" + std::string(path) + "' is no path: it begins with no '/'");
        limiter_.emplace(settings().skip, rules);
        for (const NamedLimit& limit : limits_) {
            const auto constant = fields_.emplace_back(limit).constant();
            blocks_.push_back(setup.headerBlock(constant.begin(), constant.end()));
        }

        RequestLimits limits;
        limits.count = [this](std::uint64_t network, std::uint32_t family, std::string_view route,
                              const std::vector<std::string_view>& twins) {
            return countTwins({network, family}, route, twins);
        };
        setup.offer(std::move(limits));

        setup.filter("rate-limit")
            .after("cors")
            .onRequest(
                mortise::Phase::authenticate, [this](mortise::FilterCall& call) { check(call); }, mortise::May::reply)
            .onRespond([this](mortise::Response& response) { tell(response); });
    }

    void start() override {
        HashKey key;
        crypto().random(key.data(), sizeof key);
        MemoryStore::Settings store;
        store.limits = limits_;
        store.clients = settings().maxClients;
        store_ = std::make_unique<MemoryStore>(std::move(store), key);
        for (const Replacement& one : replaced_)
            if (!one.laxer) log().info(replacing, {{"rule", one.route}, {"builtin", one.builtin}});
        for (const std::string_view name : settings().disabledRules)
            log().info("A built-in rule is switched off", {{"builtin", name}});
    }

    // Counters go on where settings have changed.
    std::string give() override {
        return store_->encode(static_cast<Seconds>(steadyMs() / 1000), MORTISE_HANDOVER_BYTES);
    }
    void take(std::string_view state) override {
        if (!store_->merge(state, static_cast<Seconds>(steadyMs() / 1000)))
            log().warn("Counters of another version are left behind");
    }

private:
    // The built-in ones, and the operator's.
    std::vector<Rule> readRules(mortise::Setup& setup) {
        std::vector<Rule> own =
            parseRules(settings().rules, [&](const std::string& sentence) { setup.refuseSetting("rules", sentence); });
        for (const Rule& rule : own)
            for (const RuleRoute& route : rule.routes) setup.expectRoute("rules", route.method, route.pattern);
        for (const std::string_view name : settings().disabledRules)
            if (!isBuiltinRule(name))
                setup.refuseSetting("disabled_rules",
                                    "'" + std::string(name) +
                                        "' is no built-in rule; they are login, registration and password");
        RuleSet set = withBuiltinRules(std::move(own), settings().disabledRules, settings().skip);
        warnOf(set);
        replaced_ = std::move(set.replaced);
        return std::move(set.rules);
    }

    // Rules that guard less than they seem to. Here rather than in start(), so that a check says so, too.
    void warnOf(const RuleSet& set) const {
        for (const Replacement& one : set.replaced)
            if (one.laxer)
                log().warn(replacing,
                           {{"rule", one.route},
                            {"builtin", one.builtin},
                            {"setting", "plugin.rate-limit.rules"},
                            {"reason", "it allows more than the built-in one, behind whose routes passwords are hashed "
                                       "or compared, which can be used to guess; lower its rate or remove it, or, if "
                                       "this is meant, name the built-in one in disabled_rules"}});
        for (const Exemption& one : set.exempt) {
            if (one.builtin.empty())
                log().warn("A rule never counts, since skip exempts its path",
                           {{"setting", "plugin.rate-limit.skip"},
                            {"rule", one.route},
                            {"reason", "take the path out of skip (which replaces the default as a whole), or remove "
                                       "the rule"}});
            else
                log().warn("A built-in rule never counts, since skip exempts its path",
                           {{"setting", "plugin.rate-limit.skip"},
                            {"rule", one.route},
                            {"builtin", one.builtin},
                            {"reason", "take the path out of skip, or, if this is meant, name the built-in rule in "
                                       "disabled_rules"}});
        }
    }

    bool isExempt(const mortise::Request& request) const noexcept {
        return limiter_->skips(request.path(), request.route()) || isPreflight(request);
    }
    static Client clientOf(const mortise::Request& request) noexcept { return clientOf(request.clientNetwork()); }
    static Client clientOf(const mortise::ClientNetwork& client) noexcept {
        switch (client.family) {
        case MORTISE_CLIENT_IPV4:
            return {client.network, Client::Family::ipv4};
        case MORTISE_CLIENT_IPV6:
            return {client.network, Client::Family::ipv6};
        case MORTISE_CLIENT_LOCAL:
            return {0, Client::Family::local};
        default:
            return {0, Client::Family::unknown};
        }
    }

    // The route is found, nothing costly has begun.
    void check(mortise::FilterCall& call) {
        const mortise::Request& request = call.request();
        if (isExempt(request)) {
            call.slot() = Ticket::exempt;
            return;
        }
        const std::uint64_t now_ms = steadyMs();
        const Verdict verdict = limiter_->check(*store_, clientOf(request), request.method(), request.route(),
                                                static_cast<Seconds>(now_ms / 1000));
        call.slot() = Ticket::of(verdict); // before the reply, which calls tell()
        reportPressure(now_ms);
        if (!verdict.standing.refused) return;
        call.reply(mortise::Reply::error(429, "Too many requests, please try again later.")
                       .field("Retry-After", std::to_string(LimitFields::secondsLeft(verdict.standing, now_ms))));
    }

    RequestLimit countTwins(const mortise::ClientNetwork& client, std::string_view route,
                            const std::vector<std::string_view>& twins) noexcept {
        const std::uint64_t now_ms = steadyMs();
        const Verdict verdict =
            limiter_->checkTwins(*store_, clientOf(client), route, twins, static_cast<Seconds>(now_ms / 1000));
        reportPressure(now_ms);
        if (!verdict.standing.refused) return {};
        return {true, static_cast<std::int64_t>(LimitFields::secondsLeft(verdict.standing, now_ms)),
                limits_[verdict.limit].name};
    }

    // What ended before the check (unknown paths and methods, malformed requests) counts here.
    void tell(mortise::Response& response) noexcept {
        const mortise::Request& request = response.request();
        const std::uint64_t now_ms = steadyMs();
        if (response.slot() == Ticket::untouched) {
            if (isExempt(request)) return;
            response.slot() =
                Ticket::of(limiter_->note(*store_, clientOf(request), static_cast<Seconds>(now_ms / 1000)));
            reportPressure(now_ms);
        }
        const std::optional<Verdict> verdict = Ticket::verdict(response.slot());
        if (!verdict) return;
        response.block(blocks_[verdict->limit]);
        fields_[verdict->limit].write(
            verdict->standing, now_ms, milliseconds(CLOCK_REALTIME_COARSE),
            [&](std::string_view name, std::string_view value) { response.field(name, value); });
    }

    void reportPressure(std::uint64_t now_ms) noexcept {
        const auto pressure = store_->report(static_cast<Seconds>(now_ms / 1000));
        if (!pressure) return;
        log().warn("The table of clients is full", {{"maxClients", settings().maxClients},
                                                    {"clientsFreed", pressure->freed},
                                                    {"requestsCountedTogether", pressure->shared}});
    }

    std::vector<Replacement> replaced_;
    std::vector<NamedLimit> limits_;
    std::vector<LimitFields> fields_; // by limit
    std::vector<HeaderBlock> blocks_; // likewise: those of its fields that never change
    std::optional<Limiter> limiter_;
    std::unique_ptr<MemoryStore> store_; // from start on
};

} // namespace
} // namespace mortise::rate_limit

MORTISE_PLUGIN(mortise::rate_limit::RateLimit, "org.mortise.rate-limit", "1.0.0", licence("Apache-2.0"),
               offers<mortise::RequestLimits>(), filters("rate-limit"), inExample())
