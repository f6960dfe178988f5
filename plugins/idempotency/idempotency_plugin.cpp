// SPDX-License-Identifier: Apache-2.0
#include "idempotency_key.hpp"
#include "idempotency_settings.hpp"
#include "idempotent_routes.hpp"
#include "kept_reply.hpp"
#include "key_digests.hpp"
#include "key_store.hpp"
#include "named_route.hpp"
#include "running_requests.hpp"

#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>
#include <mortise/response_keeper.hpp>
#include <mortise/route_documentation.hpp>
#include <mortise/tasks.hpp>
#include <mortise/timers.hpp>
#include <mortise/user_relations.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::idempotency {
namespace {

constexpr std::string_view keyField = "Idempotency-Key";
constexpr std::string_view stillRunning = "A request with this Idempotency-Key is still running";
constexpr std::string_view otherRequest = "Idempotency-Key was used with another request";

std::string hexOf(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        hex.push_back("0123456789abcdef"[byte >> 4]);
        hex.push_back("0123456789abcdef"[byte & 15]);
    }
    return hex;
}

class Idempotency : public Plugin<Settings>, public ResponseKeeper {
public:
    void configure(Setup& setup) override {
        for (const std::string_view name : settings().required) {
            if (const std::optional<NamedRoute> route = NamedRoute::parse(name)) {
                setup.expectRoute("required", route->method, route->pattern, MORTISE_ROUTE_IDEMPOTENT);
                required_.emplace(route->method + ' ' + route->pattern);
            } else {
                setup.refuseSetting("required", "'" + std::string(name) +
                                                    "' is no route with a key: POST or PATCH and a pattern, such as "
                                                    "POST /api/users");
            }
        }
        KeyStore::declareMigrations(setup);
        keepResponses(setup, "idempotency", *this);
        UserRelation stored;
        stored.remove = [this](Turn turn, std::string_view id, std::int64_t limit) {
            return removeSome(turn, id, limit);
        };
        setup.contribute("idempotency", std::move(stored));
        setup.contribute("idempotency", RouteDocumentation{[this](std::string_view method, std::string_view pattern,
                                                                  std::int64_t flags) {
                             return documentationOf(method, pattern, flags);
                         }});
        setup.filter("idempotency")
            .onRequest(
                Phase::handle, [this](FilterCall& call) { claim(call); }, May::wait)
            .onRespond([this](Response& response) { conclude(response); }, May::wait)
            .onFinish([this](const Finished& finished) { finish(finished); });
    }

    void start() override {
        secret_ = crypto().hmacKey(crypto().storedSecret("key"));
        openStore(hexOf(crypto().storedSecret("server", 16)));
        try {
            releaseOlderRuns();
        } catch (const Error& error) {
            if (error.status() != MORTISE_BUSY) throw;
            log().warn("Idempotency keys of earlier runs are held until the database can be reached",
                       {{"reason", error.what()}});
        }
        const std::unique_lock lock(gate_);
        open_ = true;
    }
    void activate() override { sweepLater(); }
    void stop() override {
        const std::unique_lock lock(gate_);
        open_ = false;
    }

    void keep(Turn turn, const mortise_sql_response& response) override {
        if (running_.empty()) return;
        const std::uint64_t request = requestNumber(turn);
        const std::optional<Claim> claim = running_.find(request);
        if (!claim) return;
        const std::shared_lock lock(gate_);
        if (!open_) throw Busy("the plugin idempotency is stopping");
        const StoredResponse kept = keptFrom(response);
        const std::string bytes = kept.encode();
        if (bytes.size() > settings().maxResponseSize.count)
            throw Error("a response of " + std::to_string(bytes.size()) +
                        " bytes is longer than max_response_size of the plugin idempotency allows");
        if (!store_.store(turn, *claim, kept.status, bytes, now() + settings().lifetime))
            throw Busy("the request held its Idempotency-Key for longer than the lease");
        running_.keep(request, kept.status);
    }

    std::optional<bool> wasKept(Turn turn) override {
        const std::optional<Claim> claim = running_.find(requestNumber(turn));
        if (!claim || claim->kept == 0) return std::nullopt;
        const std::shared_lock lock(gate_);
        if (!open_) return std::nullopt;
        return store_.isStored(turn, *claim);
    }

private:
    /// What becomes of a request with a key, found out on a worker.
    struct Asked {
        Continuation waiting;
        std::string key;
        std::uint64_t request;
        std::uint64_t* slot; // of the exchange
        mortise_exchange exchange;
        mortise_request raw; // its views stay until `waiting` has gone on
        std::string_view userId;
    };

    /// What is stored of a user who is deleted.
    std::int64_t removeSome(Turn turn, std::string_view userId, std::int64_t limit) {
        const std::shared_lock lock(gate_);
        if (!open_) throw Busy("the plugin idempotency is stopping");
        return store_.removeSome(turn, callerDigest(secret_, userId), limit);
    }

    std::optional<RouteAddition> documentationOf(std::string_view method, std::string_view pattern,
                                                 std::int64_t flags) const {
        if ((flags & MORTISE_ROUTE_IDEMPOTENT) == 0) return std::nullopt;
        const bool isRequired = required_.count(std::string(method).append(1, ' ').append(pattern)) != 0;
        RouteAddition addition;
        addition.requestFields.push_back(
            {std::string(keyField),
             "1 to 255 printable ASCII characters, quoted or bare: the request is carried out once, and each repeat "
             "under the key gets its response",
             R"({"type":"string","minLength":1})", isRequired});
        addition.responseFields.push_back({"Idempotency-Replayed",
                                           "Of a repeat: the response is that of the first request",
                                           R"({"type":"string","enum":["true"]})", false});
        addition.errors = {
            {409, std::string(stillRunning), {{"Retry-After", "Seconds until it is worth another try", {}, false}}},
            {422, std::string(otherRequest), {}}};
        return addition;
    }

    Milliseconds now() const { return clock().sinceEpoch(); }

    /// All instances until the server is started anew are of one run.
    void openStore(std::string server) {
        const std::filesystem::path file = std::filesystem::path(runtimeFolder()) / "run";
        std::string run;
        std::ifstream(file) >> run;
        if (run.empty()) write(file, run = crypto().uuid7());
        store_.open(service<Database>(), {std::move(server), run});
    }

    /// What earlier runs left is given back once a run, and before any key is claimed: the database may be away at the
    /// start.
    void releaseOlderRuns() {
        if (areOlderReleased_) return;
        const std::unique_lock lock(releasing_, std::try_to_lock);
        if (!lock) throw Busy("keys of earlier runs are being given back");
        const std::filesystem::path file = std::filesystem::path(runtimeFolder()) / "released";
        if (!std::filesystem::exists(file)) {
            store_.releaseOlderRuns(now() + longestLease);
            write(file, "earlier runs");
        }
        areOlderReleased_ = true;
    }

    static void write(const std::filesystem::path& file, const std::string& text) {
        std::ofstream out(file);
        out << text << std::flush;
        if (!out) throw Error("cannot write " + file.string());
    }

    void claim(FilterCall& call) {
        const Request& request = call.request();
        if (request.method() != "POST" && request.method() != "PATCH") return;
        const bool hasKey = request.hasField(keyField);
        if (!hasKey && required_.empty()) return;
        const std::string name = std::string(request.method()).append(1, ' ').append(request.route());
        const auto routes = routes_.of(request);
        const auto route = routes->find(name);
        if (route == routes->end()) return;
        // Who may not call it gets the host's 403.
        if (!route->second.role.empty() && !request.principal().hasRole(route->second.role)) return;
        if (!hasKey) {
            if (required_.count(name) != 0)
                call.reply(invalid({{"header", "/idempotency-key", "required", "is required"}}));
            return;
        }
        std::optional<std::string> key = parseKey(request.field(keyField));
        if (!key) {
            call.reply(invalid({{"header", "/idempotency-key", "format",
                                 "must be 1 to 255 printable ASCII characters, quoted or without blanks"}}));
            return;
        }
        auto asked = std::make_shared<Asked>(Asked{call.later(), *std::move(key), requestNumber(request), &call.slot(),
                                                   request.exchange(), request.raw(), request.principal().id()});
        try {
            tasks().run([this, asked] { decide(*asked); });
        } catch (const Error&) {
            asked->waiting.reply(serviceUnavailable());
        }
    }

    void decide(Asked& asked) {
        try {
            if (std::optional<Reply> reply = tryClaim(asked))
                asked.waiting.reply(*std::move(reply));
            else
                asked.waiting.proceed();
        } catch (const Stale&) { // the host has responded
        } catch (...) {
            asked.waiting.reply(detail::replyToUncaught(log().of(asked.exchange), nullptr));
        }
    }

    /// Nothing: the request has the key, and goes on.
    std::optional<Reply> tryClaim(Asked& asked) {
        releaseOlderRuns();
        const KeyDigests digests = digestsOf(secret_, asked.key, asked.userId, asked.raw);
        const Milliseconds time = now();
        const Turn turn = asked.waiting;
        // Mostly there is one or none, and neither has to wait for the writer.
        std::optional<KeyRow> row = store_.find(turn, digests.id, time);
        if (!row) {
            Claim claim{digests.id, crypto().uuid7(), time + settings().lease, asked.exchange};
            row = rowOrClaimed(turn, claim, digests, time);
            if (!row) {
                running_.add(asked.request, std::move(claim));
                *asked.slot = asked.request;
                return std::nullopt;
            }
        }
        if (!crypto().equal(row->fingerprint, digests.fingerprint)) return Reply::error(422, std::string(otherRequest));
        if (!row->response) return conflict(std::string(stillRunning)).field("Retry-After", "1");
        const std::optional<StoredResponse> stored = StoredResponse::decode(*row->response);
        if (!stored) return internalError("a stored response cannot be read: it is of a later version, or damaged");
        return replayed(*stored);
    }

    /// Where nobody knows whether the claim was committed, nothing of the request has been carried out: it is given
    /// back.
    std::optional<KeyRow> rowOrClaimed(Turn turn, const Claim& claim, const KeyDigests& digests, Milliseconds time) {
        try {
            return store_.claim(turn, claim, digests, time);
        } catch (const SqlError& error) {
            if (error.kind() != SqlFailure::unknownOutcome) throw;
            release(claim);
            throw Busy(error.what());
        }
    }

    /// A response without a commit gives the key back before the client hears of it, and may repeat the request.
    void conclude(Response& response) {
        if (response.slot() == 0 || !response.mayWait()) return;
        const std::optional<Claim> claim = running_.find(response.slot());
        if (!claim || claim->kept == response.status()) return;
        auto waiting = std::make_shared<ResponseContinuation>(response.later());
        try {
            tasks().run([this, waiting, claim = *claim, request = response.slot()] {
                release(claim);
                running_.remove(request);
                waiting->proceed();
            });
        } catch (const Error&) {
            waiting->proceed(); // finish() tries again
        }
    }

    void finish(const Finished& finished) {
        constexpr std::uint32_t lost = 499;
        if (finished.slot() == 0) return;
        if (finished.status() == lost) return awaitEnd(Turn(finished.request().exchange()), finished.slot());
        const std::optional<Claim> claim = running_.remove(finished.slot());
        if (!claim || claim->kept == finished.status()) return;
        try {
            tasks().run([this, claim = *claim] { release(claim); });
        } catch (const Error&) { // the lease ends it
        }
    }

    /// The handler of a client that is gone may still commit, and has the key until it has ended.
    void awaitEnd(Turn handle, std::uint64_t request) {
        constexpr auto pause = std::chrono::milliseconds(200);
        try {
            timers().after(pause, [this, handle, request] {
                if (!endIfOver(handle, request)) awaitEnd(handle, request);
            });
        } catch (const Error&) { // sweep() comes, or the lease ends it
        }
    }

    bool endIfOver(Turn handle, std::uint64_t request) {
        if (requestNumber(handle) == request) return false;
        if (const std::optional<Claim> claim = running_.remove(request)) release(*claim);
        return true;
    }

    void release(const Claim& claim) noexcept {
        try {
            store_.release(claim);
        } catch (const std::exception& error) {
            log().warn("An idempotency key was not given back: it is held until its lease ends",
                       {{"reason", error.what()}});
        }
    }

    void sweepLater() {
        try {
            timers().after(settings().sweepInterval, [this] {
                sweep();
                sweepLater();
            });
        } catch (const Error&) { // stopping
        }
    }

    void sweep() {
        constexpr int most = 100; // chunks at a time
        try {
            for (const auto& [request, claim] : running_.all()) endIfOver(Turn(claim.handle), request);
            for (int i = 0; i < most && store_.sweep(now()); ++i) {
            }
        } catch (const std::exception& error) {
            log().warn("Idempotency keys that are out of date were not deleted", {{"reason", error.what()}});
        }
    }

    std::set<std::string, std::less<>> required_; // by method, a blank and pattern
    KeyStore store_;
    HmacKey secret_;
    IdempotentRoutes routes_;
    RunningRequests running_;
    std::shared_mutex gate_; // shared while the database is called for another plugin's request
    bool open_ = false;
    std::mutex releasing_;
    std::atomic<bool> areOlderReleased_{false};
};

} // namespace
} // namespace mortise::idempotency

MORTISE_PLUGIN(mortise::idempotency::Idempotency, "org.mortise.idempotency", "1.0.0", licence("Apache-2.0"),
               needs<mortise::Database, mortise::ResponseKeepers>(),
               mayUse<mortise::RouteDocumentation, mortise::UserRelation>(), filters("idempotency"), inExample())
