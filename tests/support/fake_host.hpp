// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "json/foreign_tape.hpp"
#include "json/form.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"

#include <mortise/abi/module.h>
#include <mortise/detail/elements.hpp>
#include <mortise/service/command.h>
#include <mortise/service/contributions.h>
#include <mortise/service/exchange.h>
#include <mortise/service/filter.h>
#include <mortise/service/json.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/password.h>
#include <mortise/service/routes.h>
#include <mortise/service/timer.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A host without sockets and threads, for tests of the C++ layer and of plugins: it hands out tables, remembers what
// was declared, calls handlers and keeps what they reply. Every service can be taken away (absent()) or replaced
// (give()). Turns are as mortise.exchange/1 says: a handle is the turn until the call has returned and its terminal
// call is made, endRequest() ends the request in the plugin's place, a second terminal call makes the response a 500.
namespace mortise::test {

inline mortise_view viewOf(std::string_view text) {
    return {text.data(), text.size()};
}

// The client of a request, in both forms. `address` must outlive it.
inline void setClient(mortise_request& request, std::string_view address) {
    request.client_address = viewOf(address);
    const auto parsed = base::IpAddress::parse(address);
    request.client_network = parsed ? base::clientNetwork(*parsed, 56).leadingBits() : 0;
    request.client_family = address == "unix"                                 ? MORTISE_CLIENT_LOCAL
                            : !parsed || parsed->isUnspecified()              ? MORTISE_CLIENT_UNKNOWN
                            : parsed->family() == base::IpAddress::Family::v4 ? MORTISE_CLIENT_IPV4
                                                                              : MORTISE_CLIENT_IPV6;
}
inline std::string textOf(mortise_view view) {
    return {view.data, static_cast<std::size_t>(view.size)};
}

struct FakeVerdict {
    std::string kind; // accept, reject, missing; empty: none
    std::string id, name;
    std::vector<std::string> roles;
    std::string message, challenge;
};

// What came out of a request.
struct FakeAnswer {
    mortise_status returned = MORTISE_ERROR; // by the handler
    unsigned terminalCalls = 0;              // in a turn, refused ones included
    unsigned staleCalls = 0;                 // by a handle that was not the turn (any more)
    mortise_status resumed = MORTISE_PENDING;
    unsigned commits = 0; // calls of begin_commit
    bool claimed = false; // by begin_commit
    unsigned lendCalls = 0;
    bool lent = false; // the body was in lent memory
    FakeVerdict verdict;
    std::uint32_t status = 0; // 0: none yet
    std::string errorCode;
    std::uint32_t flags = 0;
    std::string body; // or the message of an error
    bool error = false;
    bool abandoned = false;
    bool released = false; // the body's release function ran
    std::uint64_t block = 0;
    std::map<std::string, std::string> fields;
    std::vector<std::string> details; // "in path code"
};

struct FakeRequest {
    std::string query;
    std::string body;
    std::map<std::string, std::string> fields;
    std::map<std::string, std::string> parameters;
    std::string principal; // id; empty: nobody
    bool onLoop = false;
    std::string method; // where it is no route's
    bool tls = false;
    std::map<std::string, std::string> cookies;
};

struct FakeFieldNote {
    std::string name, text, schema;
};

struct FakeResponseNote {
    std::uint32_t status = 0;
    std::string schema, message, mediaType;
    std::vector<FakeFieldNote> fields = {};
};

struct FakeRoute {
    std::string method, pattern, role, bodySchema, querySchema, pathSchema, headerSchema, cookieSchema, tags;
    std::string summary, description, operationId, bodyMediaTypes;
    std::uint32_t flags = 0, placement = 0, authentication = 0;
    std::vector<FakeResponseNote> responses;
    mortise_handler handle = nullptr;
    void* context = nullptr;
    void (*release)(void* context) = nullptr;
};

struct FakeContribution {
    std::string name;
    const void* table;
    void* self;
};

struct FakeRecord {
    std::uint32_t level;
    std::string logger, message;
    std::map<std::string, std::string> fields;
    mortise_exchange exchange;
};

class FakeHost {
public:
    FakeHost() {
        host_.struct_size = sizeof host_;
        host_.abi_minor = MORTISE_ABI_MINOR;
        host_.context = this;
        host_.instance_name = viewOf("test");
        host_.get_service = [](void* context, mortise_view id, mortise_service* service,
                               mortise_error* error) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            if (self.unnamed.count(textOf(id)) != 0) {
                constexpr std::string_view message = "name it in needs<>() or mayUse<>()";
                if (error != nullptr) std::memcpy(error->message, message.data(), message.size());
                if (error != nullptr) error->length = message.size();
                return MORTISE_INVALID;
            }
            const auto found = self.services_.find(textOf(id));
            if (found == self.services_.end()) return MORTISE_ABSENT;
            *service = found->second;
            return MORTISE_OK;
        };
        host_.refuse_setting = [](void* context, mortise_view key, mortise_view message) -> mortise_status {
            static_cast<FakeHost*>(context)->refusedSettings[textOf(key)] += textOf(message) + '\n';
            return MORTISE_OK;
        };
        fillTables();
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    const mortise_host* raw() const { return &host_; }
    void give(const std::string& id, const void* table, void* self) { services_[id] = {table, self}; }
    void give(const std::string& id, mortise_service service) { services_[id] = service; }
    void absent(const std::string& id) { services_.erase(id); }
    void allAbsent() { services_.clear(); }
    // As a host whose headers did not have it yet.
    void forgetRefuseSetting() { host_.struct_size = offsetof(mortise_host, refuse_setting); }

    // Calls a declared route and returns its exchange; its answer is answer(exchange).
    mortise_exchange begin(const std::string& method, const std::string& pattern, const FakeRequest& request = {}) {
        const FakeRoute& target = route(method, pattern);
        auto& open = open_.emplace_back(std::make_unique<Open>());
        open->request = request;
        prepare(*open, target);
        currentLoop = request.onLoop ? 1 : 0;
        const mortise_exchange exchange = turnOf(open_.size());
        open->running = true;
        const mortise_status returned = target.handle(target.context, exchange, &open->raw);
        currentLoop = 0;
        const std::lock_guard lock(mutex_);
        open->running = false;
        open->answer.returned = returned;
        const bool replied = open->answer.terminalCalls != 0;
        if ((returned == MORTISE_REPLIED && !replied && !open->ended) ||
            (returned != MORTISE_REPLIED && returned != MORTISE_PENDING && replied))
            open->answer.status = 500;
        return exchange;
    }
    FakeAnswer call(const std::string& method, const std::string& pattern, const FakeRequest& request = {}) {
        return answer(begin(method, pattern, request));
    }
    // As before an instance is destroyed.
    void releaseRoutes() {
        for (FakeRoute& route : routes)
            if (const auto release = std::exchange(route.release, nullptr)) release(route.context);
    }
    FakeAnswer answer(mortise_exchange exchange) {
        const std::lock_guard lock(mutex_);
        return openOf(exchange).answer;
    }
    const mortise_request& rawRequest(mortise_exchange exchange) const { return openOf(exchange).raw; }
    // What a deadline, a reload or a stop does: the request ends with 503 whatever the plugin does from now on. False:
    // the plugin has claimed the commit, or replied.
    bool endRequest(mortise_exchange exchange) {
        const std::lock_guard lock(mutex_);
        Open& open = openOf(exchange);
        if (open.answer.claimed || open.answer.terminalCalls != 0) return false;
        open.ended = true;
        open.answer.status = 503;
        return true;
    }
    // The client goes away: only cancelled() shows it.
    void loseClient(mortise_exchange exchange) {
        const std::lock_guard lock(mutex_);
        openOf(exchange).lost = true;
    }
    // Another turn of the same request, as the next filter or the handler gets it; earlier handles are not it.
    mortise_exchange nextTurn(mortise_exchange exchange) {
        const std::lock_guard lock(mutex_);
        Open& open = openOf(exchange);
        ++open.serial;
        open.answer.terminalCalls = 0;
        return exchange % handles + open.serial * handles;
    }
    // A request of no route, for filters and authenticators; the handle is the turn.
    mortise_exchange bareRequest(const FakeRequest& request = {}) {
        auto& open = open_.emplace_back(std::make_unique<Open>());
        open->request = request;
        prepare(*open, FakeRoute{});
        return turnOf(open_.size());
    }

    const FakeRoute& route(const std::string& method, const std::string& pattern) const {
        for (const FakeRoute& r : routes)
            if (r.method == method && r.pattern == pattern) return r;
        throw std::runtime_error("no route " + method + " " + pattern);
    }

    // Runs what waits: timers and password work, each once.
    void runPending() {
        auto timers = std::move(timers_);
        timers_.clear();
        for (auto& [id, timer] : timers) {
            timer.call(timer.context);
            if (timer.release != nullptr) timer.release(timer.context);
        }
        auto work = std::move(passwordWork_);
        passwordWork_.clear();
        for (const auto& job : work) job();
    }
    std::size_t pendingTimers() const { return timers_.size(); }
    // As before `stop`.
    void cancelTimers() {
        auto timers = std::move(timers_);
        timers_.clear();
        for (auto& [id, timer] : timers)
            if (timer.release != nullptr) timer.release(timer.context);
    }

    std::deque<FakeRoute> routes;
    std::deque<std::vector<std::pair<std::string, std::string>>> headerBlocks; // number 101 is the first
    std::map<std::string, std::string> refusedSettings;                        // key to the messages, a line each
    std::map<std::string, std::vector<FakeContribution>> contributions;        // by the point
    int held = 0;                                                              // objects of these that are
    std::map<std::string, void*> collected;                                    // by the point: what its definer built
    std::map<std::string, std::string> refusedContributions;
    std::set<std::string> unnamed;                           // services that the plugin's module does not name
    std::uint32_t valueSize = sizeof(mortise_setting_value); // bytes from one to the next, in `configure`
    std::string expectedRoutes;                              // setting, method and pattern, a line each
    std::vector<FakeRecord> records;
    mortise_status passwordStatus = MORTISE_PENDING; // what the next hash or verify returns
    bool anyHashFits = false;                        // whatever verify is asked for
    mortise_status addStatus = MORTISE_OK;           // what declaring a route returns
    std::uint64_t timeLeftMs = UINT64_MAX;           // of every request that has not ended
    mortise_status beginCommitStatus = MORTISE_OK;   // what claims come to; STALE: the request has ended
    mortise_status beginStreamStatus = MORTISE_OK;   // likewise streams
    mortise_status lendStatus = MORTISE_OK;
    std::uint32_t currentLoop = 0;
    std::uint64_t generation = 1; // that serves requests
    std::string runtimeFolder = "/nonexistent/run";

    mortise_exchange_table exchangeTable{};
    mortise_routes_table routesTable{};
    mortise_log_table logTable{};
    mortise_loop_table loopTable{};
    mortise_json_table jsonTable{};
    mortise_contributions_table contributionsTable{};
    mortise_timer_table timerTable{};
    mortise_password_table passwordTable{};

private:
    struct Open {
        FakeRequest request;
        FakeAnswer answer;
        mortise_request raw{};
        std::vector<mortise_field> fields, parameters;
        json::Tape body, query, path, headers, cookies;
        mortise_json_tape bodyView{}, queryView{}, pathView{}, headerView{}, cookieView{};
        mortise_principal principal{};
        std::uint64_t serial = 1; // of the turn
        bool running = false;     // the call has not returned
        bool ended = false;       // by the host
        bool lost = false;        // the client
        std::unique_ptr<char[]> lent;
    };
    struct Timer {
        void (*call)(void*);
        void* context;
        void (*release)(void*);
    };

    static json::Schema compile(const std::string& text) {
        json::Schema schema;
        if (const auto fault = json::Schema::compile(text, schema))
            throw std::runtime_error("schema: " + fault->pointer + ": " + fault->message);
        return schema;
    }
    static void check(const json::Schema& schema, json::Tape& tape, const char* where) {
        json::Details details;
        schema.applyDefaults(tape);
        if (!schema.validate(tape, details))
            throw std::runtime_error(std::string(where) + " " + details.items().front().path + " " +
                                     details.items().front().code);
    }

    void prepare(Open& open, const FakeRoute& target) {
        mortise_request& raw = open.raw;
        raw.struct_size = sizeof raw;
        for (const auto& [name, value] : open.request.fields) open.fields.push_back({viewOf(name), viewOf(value)});
        for (const auto& [name, value] : open.request.parameters)
            open.parameters.push_back({viewOf(name), viewOf(value)});
        raw.field_count = static_cast<std::uint32_t>(open.fields.size());
        raw.fields = open.fields.data();
        raw.parameter_count = static_cast<std::uint32_t>(open.parameters.size());
        raw.parameters = open.parameters.data();
        raw.method = viewOf(target.method.empty() ? open.request.method : target.method);
        raw.flags = open.request.tls ? MORTISE_REQUEST_TLS : 0;
        raw.route = viewOf(target.pattern);
        raw.request_id = viewOf("request-1");
        setClient(raw, "192.0.2.1");
        raw.query = viewOf(open.request.query);
        raw.body = viewOf(open.request.body);
        raw.received_ms = 1'767'322'984'678;
        raw.generation = generation;
        if (!open.request.principal.empty()) {
            open.principal.struct_size = sizeof open.principal;
            open.principal.id = viewOf(open.request.principal);
            raw.principal = &open.principal;
        }
        if (!target.querySchema.empty()) {
            const json::Schema schema = compile(target.querySchema);
            if (json::readForm(open.request.query, &schema, open.query)) throw std::runtime_error("bad query");
            check(schema, open.query, "query");
            open.queryView = open.query.view();
            raw.json_query = &open.queryView;
        }
        if (!target.bodySchema.empty() && !open.request.body.empty()) {
            const json::Schema schema = compile(target.bodySchema);
            if (json::parse(open.request.body, open.body)) throw std::runtime_error("bad body");
            check(schema, open.body, "body");
            open.bodyView = open.body.view();
            raw.json_body = &open.bodyView;
        }
        raw.json_path = readPairs(target.pathSchema, open.request.parameters, open.path, open.pathView, "path");
        std::map<std::string, std::string> lower;
        for (const auto& [sent, value] : open.request.fields) {
            std::string name = sent;
            for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            lower[name] = value;
        }
        raw.json_headers = readPairs(target.headerSchema, lower, open.headers, open.headerView, "header");
        raw.json_cookies =
            readPairs(target.cookieSchema, open.request.cookies, open.cookies, open.cookieView, "cookie");
    }

    static const mortise_json_tape* readPairs(const std::string& text, const std::map<std::string, std::string>& values,
                                              json::Tape& tape, mortise_json_tape& shown, const char* where) {
        if (text.empty()) return nullptr;
        const json::Schema schema = compile(text);
        std::vector<json::FormPair> pairs;
        for (const auto& [name, value] : values) pairs.push_back({name, value});
        if (json::readPairs(pairs, &schema, tape)) throw std::runtime_error(std::string("bad ") + where);
        check(schema, tape, where);
        shown = tape.view();
        return &shown;
    }

    static void takeNotes(FakeRoute& made, const mortise_route& r) {
        made.headerSchema = textOf(r.header_schema);
        made.cookieSchema = textOf(r.cookie_schema);
        made.description = textOf(r.description);
        made.operationId = textOf(r.operation_id);
        made.bodyMediaTypes = textOf(r.body_media_types);
    }

    // As the host shows a route: of the plugin "test".
    static void show(const FakeRoute& route, mortise_route_visitor visitor, void* argument) {
        std::vector<mortise_route_response> responses;
        std::vector<std::vector<mortise_route_field>> fields;
        for (const FakeResponseNote& note : route.responses) {
            auto& given = fields.emplace_back();
            for (const FakeFieldNote& field : note.fields)
                given.push_back({viewOf(field.name), viewOf(field.text), viewOf(field.schema)});
            responses.push_back({note.status, 0, viewOf(note.schema), viewOf(note.message), viewOf(note.mediaType),
                                 given.data(), static_cast<std::uint32_t>(given.size()), sizeof(mortise_route_field)});
        }
        mortise_route shown{};
        shown.struct_size = sizeof shown;
        shown.flags = route.flags;
        shown.placement = route.placement;
        shown.authentication = route.authentication;
        shown.method = viewOf(route.method);
        shown.pattern = viewOf(route.pattern);
        shown.role = viewOf(route.role);
        shown.body_schema = viewOf(route.bodySchema);
        shown.query_schema = viewOf(route.querySchema);
        shown.path_schema = viewOf(route.pathSchema);
        shown.summary = viewOf(route.summary);
        shown.tags = viewOf(route.tags);
        shown.responses = responses.data();
        shown.response_count = static_cast<std::uint32_t>(responses.size());
        shown.response_size = sizeof(mortise_route_response);
        shown.header_schema = viewOf(route.headerSchema);
        shown.cookie_schema = viewOf(route.cookieSchema);
        shown.description = viewOf(route.description);
        shown.operation_id = viewOf(route.operationId);
        shown.body_media_types = viewOf(route.bodyMediaTypes);
        visitor(argument, &shown, viewOf("test"));
    }

    // A handle is the place of its request and the serial of the turn above it.
    static constexpr mortise_exchange handles = mortise_exchange{1} << 32;

    static FakeHost& of(void* context) { return *static_cast<FakeHost*>(context); }
    static mortise_exchange turnOf(std::size_t place) { return place + handles; }
    Open& openOf(mortise_exchange exchange) const { return *open_.at(exchange % handles - 1); }

    // Calls use(Open&) when the handle is the turn; with `again` also where only the call's return is left of it.
    template<class Use>
    mortise_status withTurn(mortise_exchange exchange, Use&& use, bool again = false) {
        const std::lock_guard lock(mutex_);
        Open& open = openOf(exchange);
        const bool over = open.answer.terminalCalls != 0 && !(again && open.running);
        if (open.serial != exchange / handles || open.ended || over) {
            ++open.answer.staleCalls;
            return MORTISE_STALE;
        }
        use(open);
        return MORTISE_OK;
    }
    // A terminal call.
    template<class Use>
    mortise_status end(mortise_exchange exchange, Use&& use) {
        mortise_status outcome = MORTISE_OK;
        const mortise_status status = withTurn(
            exchange,
            [&](Open& open) {
                if (open.answer.terminalCalls++ == 0) return use(open);
                open.answer.status = 500;
                outcome = MORTISE_REFUSED;
            },
            true);
        return status == MORTISE_OK ? outcome : status;
    }

    static void copyHead(FakeAnswer& answer, const mortise_reply& reply) {
        answer.status = reply.status;
        answer.flags = reply.flags;
        answer.block = reply.header_block;
        answer.body = textOf(reply.body);
        copyFields(answer, reply.fields, reply.field_count);
        if (reply.content_type.size != 0) answer.fields["Content-Type"] = textOf(reply.content_type);
    }
    static void copyFields(FakeAnswer& answer, const mortise_field* fields, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) answer.fields[textOf(fields[i].name)] = textOf(fields[i].value);
    }

    void fillTables() {
        exchangeTable.struct_size = sizeof exchangeTable;
        exchangeTable.reply = [](void* context, mortise_exchange exchange,
                                 const mortise_reply* reply) -> mortise_status {
            const mortise_status status = of(context).end(exchange, [&](Open& open) {
                open.answer.lent = open.lent && reply->body.data == open.lent.get();
                open.answer.released = reply->release != nullptr;
                copyHead(open.answer, *reply);
            });
            if (reply->release != nullptr) reply->release(reply->release_context);
            return status;
        };
        exchangeTable.reply_error = [](void* context, mortise_exchange exchange,
                                       const mortise_error_reply* reply) -> mortise_status {
            return of(context).end(exchange, [&](Open& open) {
                open.answer.status = reply->status;
                open.answer.error = true;
                open.answer.body = textOf(reply->message);
                open.answer.errorCode = textOf(reply->code);
                copyFields(open.answer, reply->fields, reply->field_count);
                const auto* const details = reinterpret_cast<const char*>(reply->details);
                for (std::uint32_t i = 0; i < reply->detail_count; ++i) {
                    const auto& detail =
                        *reinterpret_cast<const mortise_error_detail*>(details + i * std::size_t{reply->detail_size});
                    open.answer.details.push_back(textOf(detail.in) + " " + textOf(detail.path) + " " +
                                                  textOf(detail.code));
                }
            });
        };
        exchangeTable.abandon = [](void* context, mortise_exchange exchange) -> mortise_status {
            return of(context).end(exchange, [](Open& open) {
                open.answer.abandoned = true;
                open.answer.status = 500;
            });
        };
        exchangeTable.begin_stream = [](void* context, mortise_exchange exchange,
                                        const mortise_reply* reply) -> mortise_status {
            FakeHost& self = of(context);
            if (self.beginStreamStatus != MORTISE_OK) return self.beginStreamStatus;
            return self.withTurn(exchange, [&](Open& open) { copyHead(open.answer, *reply); });
        };
        exchangeTable.write = [](void* context, mortise_exchange exchange, mortise_view data) -> mortise_status {
            return of(context).withTurn(exchange, [&](Open& open) { open.answer.body += textOf(data); });
        };
        exchangeTable.end_stream = [](void* context, mortise_exchange exchange,
                                      std::uint32_t complete) -> mortise_status {
            return of(context).end(exchange, [&](Open& open) { open.answer.abandoned = complete == 0; });
        };
        exchangeTable.cancelled = [](void* context, mortise_exchange exchange) -> std::uint32_t {
            FakeHost& self = of(context);
            const std::lock_guard lock(self.mutex_);
            const Open& open = self.openOf(exchange);
            return open.ended || open.lost ? 1 : 0;
        };
        exchangeTable.time_left = [](void* context, mortise_exchange exchange) -> std::uint64_t {
            FakeHost& self = of(context);
            const std::lock_guard lock(self.mutex_);
            return self.openOf(exchange).ended ? 0 : self.timeLeftMs;
        };
        exchangeTable.number = [](void* context, mortise_exchange exchange) -> std::uint64_t {
            FakeHost& self = of(context);
            const std::lock_guard lock(self.mutex_);
            return exchange == 0 || self.openOf(exchange).ended ? 0 : exchange % handles;
        };
        exchangeTable.resume = [](void* context, mortise_exchange exchange, mortise_status outcome) -> mortise_status {
            return of(context).end(exchange, [&](Open& open) { open.answer.resumed = outcome; });
        };
        exchangeTable.begin_commit = [](void* context, mortise_exchange exchange) -> mortise_status {
            FakeHost& self = of(context);
            mortise_status outcome = MORTISE_OK;
            const mortise_status status = self.withTurn(exchange, [&](Open& open) {
                ++open.answer.commits;
                outcome = open.answer.claimed ? MORTISE_OK : self.beginCommitStatus;
                open.answer.claimed = outcome == MORTISE_OK;
                if (outcome == MORTISE_STALE) open.ended = true;
            });
            return status == MORTISE_OK ? outcome : status;
        };
        exchangeTable.accept = [](void* context, mortise_exchange exchange,
                                  const mortise_principal* principal) -> mortise_status {
            return of(context).end(exchange, [&](Open& open) {
                FakeVerdict& verdict = open.answer.verdict;
                verdict.kind = "accept";
                verdict.id = textOf(principal->id);
                verdict.name = textOf(principal->name);
                for (std::uint32_t i = 0; i < principal->role_count; ++i)
                    verdict.roles.push_back(textOf(principal->roles[i]));
            });
        };
        exchangeTable.reject = [](void* context, mortise_exchange exchange, mortise_view message,
                                  mortise_view challenge) -> mortise_status {
            return of(context).end(exchange, [&](Open& open) {
                open.answer.verdict = {"reject", {}, {}, {}, textOf(message), textOf(challenge)};
            });
        };
        exchangeTable.missing = [](void* context, mortise_exchange exchange, mortise_view message,
                                   mortise_view challenge) -> mortise_status {
            return of(context).end(exchange, [&](Open& open) {
                open.answer.verdict = {"missing", {}, {}, {}, textOf(message), textOf(challenge)};
            });
        };
        exchangeTable.lend = [](void* context, mortise_exchange exchange, std::uint64_t capacity,
                                mortise_buffer* buffer) -> mortise_status {
            FakeHost& self = of(context);
            mortise_status outcome = self.lendStatus;
            const mortise_status status = self.withTurn(exchange, [&](Open& open) {
                ++open.answer.lendCalls;
                if (open.lent) outcome = MORTISE_INVALID;
                if (outcome != MORTISE_OK) return;
                open.lent = std::make_unique<char[]>(static_cast<std::size_t>(capacity));
                buffer->data = open.lent.get();
                buffer->capacity = capacity;
            });
            return status == MORTISE_OK ? outcome : status;
        };
        exchangeTable.declare_header_block = [](void* context, const mortise_field* fields, std::uint32_t count,
                                                std::uint64_t* block, mortise_error*) -> mortise_status {
            auto& made = static_cast<FakeHost*>(context)->headerBlocks.emplace_back();
            for (std::uint32_t i = 0; i < count; ++i)
                made.emplace_back(textOf(fields[i].name), textOf(fields[i].value));
            *block = 100 + static_cast<FakeHost*>(context)->headerBlocks.size();
            return MORTISE_OK;
        };
        give(MORTISE_EXCHANGE_SERVICE, &exchangeTable, this);

        routesTable.struct_size = sizeof routesTable;
        routesTable.add = [](void* context, const mortise_route* r, mortise_error* error) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            if (self.addStatus != MORTISE_OK) {
                constexpr std::string_view sentence = "refused by the test";
                std::memcpy(error->message, sentence.data(), sentence.size());
                error->length = sentence.size();
                return self.addStatus;
            }
            FakeRoute made;
            made.method = textOf(r->method);
            made.pattern = textOf(r->pattern);
            made.role = textOf(r->role);
            made.tags = textOf(r->tags);
            made.bodySchema = textOf(r->body_schema);
            made.querySchema = textOf(r->query_schema);
            made.pathSchema = textOf(r->path_schema);
            made.flags = r->flags;
            made.placement = r->placement;
            made.authentication = r->authentication;
            made.summary = textOf(r->summary);
            for (const mortise_route_response& response :
                 v1::detail::Elements<mortise_route_response>(r->responses, r->response_count, r->response_size)) {
                made.responses.push_back(
                    {response.status, textOf(response.schema), textOf(response.message), textOf(response.media_type)});
                for (const mortise_route_field& field : v1::detail::Elements<mortise_route_field>(
                         response.fields, response.field_count, response.field_size))
                    made.responses.back().fields.push_back(
                        {textOf(field.name), textOf(field.text), textOf(field.schema)});
            }
            takeNotes(made, *r);
            made.handle = r->handle;
            made.context = r->context;
            made.release = r->release;
            self.routes.push_back(std::move(made));
            return MORTISE_OK;
        };
        routesTable.visit = [](void* context, mortise_exchange, mortise_route_visitor visitor,
                               void* argument) -> mortise_status {
            for (const FakeRoute& route : static_cast<FakeHost*>(context)->routes) show(route, visitor, argument);
            return MORTISE_OK;
        };
        routesTable.expect = [](void* context, mortise_view key, mortise_view method, mortise_view pattern,
                                std::uint32_t) -> mortise_status {
            static_cast<FakeHost*>(context)->expectedRoutes +=
                textOf(key) + ' ' + textOf(method) + ' ' + textOf(pattern) + '\n';
            return MORTISE_OK;
        };
        give(MORTISE_ROUTES_SERVICE, &routesTable, this);

        logTable.struct_size = sizeof logTable;
        logTable.enabled = [](void*, std::uint32_t, mortise_view) -> std::uint32_t { return 1; };
        logTable.write = [](void* context, std::uint32_t level, mortise_view logger, mortise_view message,
                            const mortise_log_field* fields, std::uint32_t count, mortise_exchange exchange) {
            auto& self = *static_cast<FakeHost*>(context);
            const std::lock_guard lock(self.mutex_);
            FakeRecord record{level, textOf(logger), textOf(message), {}, exchange};
            for (std::uint32_t i = 0; i < count; ++i)
                record.fields[textOf(fields[i].name)] =
                    fields[i].kind == MORTISE_LOG_FIELD_TEXT     ? textOf(fields[i].text)
                    : fields[i].kind == MORTISE_LOG_FIELD_NUMBER ? std::to_string(fields[i].number)
                                                                 : std::to_string(fields[i].integer);
            self.records.push_back(std::move(record));
        };
        give(MORTISE_LOG_SERVICE, &logTable, this);

        loopTable.struct_size = sizeof loopTable;
        loopTable.count = [](void*) -> std::uint32_t { return 1; };
        loopTable.current = [](void* context) -> std::uint32_t { return static_cast<FakeHost*>(context)->currentLoop; };
        loopTable.at_batch_end = [](void* context, void (*run)(void*), void* argument,
                                    void (*release)(void*)) -> mortise_status {
            if (static_cast<FakeHost*>(context)->currentLoop == 0) return MORTISE_INVALID;
            run(argument);
            if (release != nullptr) release(argument);
            return MORTISE_OK;
        };
        give(MORTISE_LOOP_SERVICE, &loopTable, this);

        timerTable.struct_size = sizeof timerTable;
        timerTable.after = [](void* context, std::uint64_t, void (*run)(void*), void* argument, void (*release)(void*),
                              std::uint64_t* timer) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            self.timers_[++self.lastTimer_] = {run, argument, release};
            if (timer != nullptr) *timer = self.lastTimer_;
            return MORTISE_OK;
        };
        timerTable.cancel = [](void* context, std::uint64_t timer) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            const auto found = self.timers_.find(timer);
            if (found == self.timers_.end()) return MORTISE_ABSENT;
            const Timer cancelled = found->second;
            self.timers_.erase(found);
            if (cancelled.release != nullptr) cancelled.release(cancelled.context);
            return MORTISE_OK;
        };
        give(MORTISE_TIMER_SERVICE, &timerTable, this);

        passwordTable.struct_size = sizeof passwordTable;
        passwordTable.hash = [](void* context, mortise_view password, std::uint32_t, mortise_password_done done,
                                void* argument, void (*release)(void*)) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            if (self.passwordStatus != MORTISE_PENDING) return self.passwordStatus;
            self.passwordWork_.push_back([done, argument, release, hash = "hash of " + textOf(password)] {
                done(argument, MORTISE_OK, viewOf(hash));
                if (release != nullptr) release(argument);
            });
            return MORTISE_PENDING;
        };
        passwordTable.verify = [](void* context, mortise_view password, mortise_view hash, std::uint32_t,
                                  mortise_password_done done, void* argument,
                                  void (*release)(void*)) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            if (self.passwordStatus != MORTISE_PENDING) return self.passwordStatus;
            const bool fits = self.anyHashFits || textOf(hash) == "hash of " + textOf(password);
            self.passwordWork_.push_back([done, argument, release, fits] {
                done(argument, fits ? MORTISE_OK : MORTISE_UNAUTHORIZED, mortise_view{});
                if (release != nullptr) release(argument);
            });
            return MORTISE_PENDING;
        };
        passwordTable.hash_all = [](void* context, mortise_exchange exchange, const mortise_view* passwords,
                                    std::uint32_t count, std::uint32_t, mortise_password_all_done done, void* argument,
                                    void (*release)(void*)) -> mortise_status {
            auto& self = *static_cast<FakeHost*>(context);
            if (self.passwordStatus != MORTISE_PENDING) return self.passwordStatus;
            std::vector<std::string> hashes;
            for (std::uint32_t i = 0; i < count; ++i) hashes.push_back("hash of " + textOf(passwords[i]));
            self.passwordWork_.push_back([&self, exchange, done, argument, release, hashes] {
                std::vector<mortise_view> views;
                const bool isCancelled = self.exchangeTable.cancelled(&self, exchange) != 0;
                if (!isCancelled)
                    for (const std::string& hash : hashes) views.push_back(viewOf(hash));
                done(argument, isCancelled ? MORTISE_STALE : MORTISE_OK, views.data(),
                     static_cast<std::uint32_t>(views.size()));
                if (release != nullptr) release(argument);
            });
            return MORTISE_PENDING;
        };
        passwordTable.cost_limit = [](void*) -> std::uint32_t { return 14; };
        give(MORTISE_PASSWORD_SERVICE, &passwordTable, this);

        jsonTable.struct_size = sizeof jsonTable;
        jsonTable.schema_make = [](void*, mortise_view text, mortise_json_schema** schema,
                                   mortise_error*) -> mortise_status {
            auto made = std::make_unique<json::Schema>();
            if (json::Schema::compile(textOf(text), *made)) return MORTISE_INVALID;
            *schema = reinterpret_cast<mortise_json_schema*>(made.release());
            return MORTISE_OK;
        };
        jsonTable.schema_free = [](void*, mortise_json_schema* schema) {
            delete reinterpret_cast<json::Schema*>(schema);
        };
        jsonTable.parse = [](void*, mortise_view text, const mortise_json_schema* schema,
                             void (*use)(void*, const mortise_json_tape*), void* argument,
                             mortise_error*) -> mortise_status {
            json::Tape tape;
            if (json::parse(textOf(text), tape)) return MORTISE_INVALID;
            if (schema != nullptr) {
                const auto& compiled = *reinterpret_cast<const json::Schema*>(schema);
                json::Details details;
                compiled.applyDefaults(tape);
                if (!compiled.validate(tape, details)) return MORTISE_INVALID;
            }
            const mortise_json_tape view = tape.view();
            use(argument, &view);
            return MORTISE_OK;
        };
        jsonTable.check = [](void*, const mortise_json_tape* from, const mortise_json_schema* schema, mortise_view in,
                             void (*detail)(void*, const mortise_error_detail*),
                             void (*use)(void*, const mortise_json_tape*), void* argument) -> mortise_status {
            json::Tape tape;
            if (!json::copyForeign(*from, tape)) return MORTISE_INVALID;
            if (schema != nullptr) {
                const auto& compiled = *reinterpret_cast<const json::Schema*>(schema);
                json::Details details;
                if (!compiled.validate(tape, details)) {
                    for (const json::Detail& item : details.items()) {
                        const mortise_error_detail shown{in, viewOf(item.path), viewOf(item.code),
                                                         viewOf(item.message)};
                        detail(argument, &shown);
                    }
                    return MORTISE_INVALID;
                }
                compiled.applyDefaults(tape);
            }
            const mortise_json_tape checked = tape.view();
            use(argument, &checked);
            return MORTISE_OK;
        };
        give(MORTISE_JSON_SERVICE, &jsonTable, this);

        contributionsTable.struct_size = sizeof contributionsTable;
        contributionsTable.contribute = [](void* context, mortise_view point, mortise_view name, const void* table,
                                           void* self, mortise_error*) -> mortise_status {
            static_cast<FakeHost*>(context)->contributions[textOf(point)].push_back({textOf(name), table, self});
            return MORTISE_OK;
        };
        contributionsTable.object = [](void* context, mortise_exchange, mortise_view point,
                                       void** object) -> mortise_status {
            const auto& objects = static_cast<FakeHost*>(context)->collected;
            const auto found = objects.find(textOf(point));
            if (found == objects.end()) return MORTISE_ABSENT;
            *object = found->second;
            return MORTISE_OK;
        };
        contributionsTable.hold = [](void* context, mortise_view point, void** object, void** lease) -> mortise_status {
            auto& host = *static_cast<FakeHost*>(context);
            const auto found = host.collected.find(textOf(point));
            if (found == host.collected.end()) return MORTISE_ABSENT;
            *object = found->second;
            *lease = &host.held;
            ++host.held;
            return MORTISE_OK;
        };
        contributionsTable.release = [](void*, void* lease) { --*static_cast<int*>(lease); };
        contributionsTable.refuse = [](void* context, mortise_view, mortise_view name,
                                       mortise_view message) -> mortise_status {
            static_cast<FakeHost*>(context)->refusedContributions[textOf(name)] = textOf(message);
            return MORTISE_OK;
        };
        give(MORTISE_CONTRIBUTIONS_SERVICE, &contributionsTable, this);
    }

    mortise_host host_{};
    std::map<std::string, mortise_service> services_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<Open>> open_;
    std::map<std::uint64_t, Timer> timers_;
    std::uint64_t lastTimer_ = 0;
    std::vector<std::function<void()>> passwordWork_;
};

// The head of an answer, for on_respond: its fields as they stand, in the order they came.
class FakeResponse {
public:
    explicit FakeResponse(const FakeHost& host, std::uint32_t status = 200) : host_(host) {
        raw_.struct_size = sizeof raw_;
        raw_.status = status;
        raw_.context = this;
        raw_.add_field = [](void* context, mortise_view name, mortise_view value) -> mortise_status {
            auto& self = *static_cast<FakeResponse*>(context);
            auto* const there = textOf(name) == "Vary" ? self.find("Vary") : nullptr;
            if (there != nullptr)
                there->second += ", " + textOf(value);
            else
                self.fields.emplace_back(textOf(name), textOf(value));
            return MORTISE_OK;
        };
        raw_.field = [](void* context, mortise_view name) -> mortise_view {
            const auto* const there = static_cast<FakeResponse*>(context)->find(textOf(name));
            return there != nullptr ? viewOf(there->second) : mortise_view{};
        };
        raw_.set_field = [](void* context, mortise_view name, mortise_view value) -> mortise_status {
            auto& self = *static_cast<FakeResponse*>(context);
            self.remove(textOf(name));
            self.fields.emplace_back(textOf(name), textOf(value));
            return MORTISE_OK;
        };
        raw_.remove_field = [](void* context, mortise_view name) -> mortise_status {
            return static_cast<FakeResponse*>(context)->remove(textOf(name)) ? MORTISE_OK : MORTISE_ABSENT;
        };
        raw_.add_block = [](void* context, std::uint64_t number) -> mortise_status {
            auto& self = *static_cast<FakeResponse*>(context);
            std::vector<std::pair<std::string, std::string>> lacking;
            for (const auto& field : self.host_.headerBlocks.at(number - 101))
                if (self.find(field.first) == nullptr) lacking.push_back(field);
            self.fields.insert(self.fields.end(), lacking.begin(), lacking.end());
            return MORTISE_OK;
        };
    }
    FakeResponse(const FakeResponse&) = delete;
    FakeResponse& operator=(const FakeResponse&) = delete;

    mortise_response* raw() { return &raw_; }
    // "Name: value", a line each.
    std::string text() const {
        std::string out;
        for (const auto& [name, value] : fields) out += name + ": " + value + "\n";
        return out;
    }

    std::vector<std::pair<std::string, std::string>> fields;

private:
    std::pair<std::string, std::string>* find(const std::string& name) {
        const auto found = std::find_if(fields.begin(), fields.end(), [&](auto& field) { return field.first == name; });
        return found != fields.end() ? &*found : nullptr;
    }
    bool remove(const std::string& name) {
        const auto before = fields.size();
        fields.erase(std::remove_if(fields.begin(), fields.end(), [&](auto& field) { return field.first == name; }),
                     fields.end());
        return fields.size() != before;
    }

    const FakeHost& host_;
    mortise_response raw_{};
};

// A plugin's instance under a FakeHost, from create to destroy.
class FakeInstance {
public:
    FakeInstance(FakeHost& host, const mortise_module& module) : host_(host), module_(module) {
        error_.capacity = sizeof text_;
        error_.message = text_;
        const mortise_plugin* made = nullptr;
        created_ = module.create(host.raw(), &made, &error_);
        if (created_ == MORTISE_OK) plugin_ = *made;
    }
    FakeInstance(const FakeInstance&) = delete;
    FakeInstance& operator=(const FakeInstance&) = delete;
    ~FakeInstance() {
        if (created_ != MORTISE_OK) return;
        host_.releaseRoutes();
        host_.cancelTimers();
        plugin_.table->destroy(plugin_.self);
    }

    mortise_status created() const { return created_; }
    // With every setting at its default but those named here, written as in a file.
    mortise_status configure(const std::map<std::string, std::string>& set = {}) {
        if (created_ != MORTISE_OK) return created_;
        std::vector<mortise_setting_value> values(module_.setting_count);
        std::deque<std::string> texts;
        std::deque<std::vector<mortise_view>> lists;
        const v1::detail::Elements<mortise_setting> settings(module_.settings, module_.setting_count,
                                                             module_.setting_size);
        for (std::uint32_t i = 0; i < module_.setting_count; ++i) {
            const mortise_setting declared = settings[i];
            const auto given = set.find(textOf(declared.key));
            const std::string& text =
                texts.emplace_back(given != set.end() ? given->second : textOf(declared.default_text));
            mortise_setting_value& value = values[i];
            value.text = viewOf(text);
            value.is_default = given == set.end() ? 1 : 0;
            fill(value, declared.type, text, texts, lists);
        }
        mortise_configuration configuration{};
        configuration.struct_size = sizeof configuration;
        configuration.value_count = module_.setting_count;
        std::vector<char> strided(values.size() * host_.valueSize, '\x7f');
        for (std::size_t i = 0; i < values.size(); ++i)
            std::memcpy(strided.data() + i * host_.valueSize, &values[i], sizeof values[i]);
        configuration.value_size = host_.valueSize;
        configuration.values = reinterpret_cast<const mortise_setting_value*>(strided.data());
        configuration.state_folder = viewOf("/nonexistent/state");
        configuration.cache_folder = viewOf("/nonexistent/cache");
        configuration.runtime_folder = viewOf(host_.runtimeFolder);
        configuration.configuration_folder = viewOf("/nonexistent/etc");
        const mortise_status status = plugin_.table->configure(plugin_.self, &configuration, &error_);
        return host_.refusedSettings.empty() ? status : MORTISE_INVALID;
    }
    mortise_status start() { return plugin_.table->start(plugin_.self, &error_); }
    template<class Table>
    const Table* extension(std::string_view id) {
        return static_cast<const Table*>(plugin_.table->get_extension(plugin_.self, viewOf(id)));
    }
    // A provided service, as the instance of that name gets it; empty when it is refused, see error().
    mortise_service open(std::string_view id, std::string_view consumer = "test") {
        const mortise_consumer shown{sizeof shown,    0,           viewOf(consumer), viewOf("org.example.test"),
                                     viewOf("1.0.0"), ++consumers_};
        mortise_service service{};
        const mortise_status status = plugin_.table->open_service(plugin_.self, viewOf(id), &shown, &service, &error_);
        return status == MORTISE_OK ? service : mortise_service{};
    }
    void close(std::string_view id, mortise_service service) {
        plugin_.table->close_service(plugin_.self, viewOf(id), service);
    }
    template<class Table>
    const Table* service(std::string_view id) {
        return static_cast<const Table*>(open(id).table);
    }
    const mortise_plugin_table& table() const { return *plugin_.table; }
    void* self() const { return plugin_.self; }
    std::string error() const { return {text_, error_.length}; }
    mortise_error* rawError() { return &error_; }

private:
    static void fill(mortise_setting_value& value, std::uint32_t type, const std::string& text,
                     std::deque<std::string>& texts, std::deque<std::vector<mortise_view>>& lists) {
        if (type == MORTISE_SETTING_BOOLEAN) {
            value.integer = text == "true" || text == "yes" ? 1 : 0;
        } else if (type == MORTISE_SETTING_LIST) {
            auto& items = lists.emplace_back();
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t comma = std::min(text.find(',', at), text.size());
                const std::size_t first = text.find_first_not_of(' ', at);
                items.push_back(viewOf(texts.emplace_back(text.substr(first, comma - first))));
                at = comma + 1;
            }
            value.items = items.data();
            value.item_count = items.size();
        } else if (type != MORTISE_SETTING_TEXT && type != MORTISE_SETTING_PATH && type != MORTISE_SETTING_CHOICE) {
            static const std::map<std::string, double> units = {
                {"", 1},       {"ms", 1},     {"s", 1e3},       {"m", 6e4},       {"h", 3.6e6},
                {"d", 8.64e7}, {"KiB", 1024}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
            };
            std::size_t end = 0;
            value.number = std::stod(text, &end) * units.at(text.substr(end));
            value.integer = static_cast<std::int64_t>(value.number);
        }
    }

    FakeHost& host_;
    const mortise_module& module_;
    mortise_plugin plugin_{};
    std::uint64_t consumers_ = 0;
    mortise_error error_{};
    char text_[1024] = {};
    mortise_status created_ = MORTISE_ERROR;
};

} // namespace mortise::test
