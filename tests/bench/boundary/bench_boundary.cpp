// SPDX-License-Identifier: Apache-2.0
// What the interface costs by itself, in indirect calls into another shared object measured in the same run: handlers
// of plugin files under a host that does nothing, and look-ups of the host's own tables.
//
//   bench_boundary FOLDER      the folder of the plugin files; 1 when a bound is missed
#include "tests/support/plugin_file.hpp"
#include "tests/unit/dispatch/dispatch_fixture.hpp"

#include <mortise/abi/plugin.h>
#include <mortise/service/exchange.h>
#include <mortise/service/log.h>
#include <mortise/service/routes.h>

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::bench {
namespace {

constexpr int rounds = 30;
// A machine that is busy with something else for seconds is no fault of ours.
constexpr int attempts = 3;

using host::text;
using host::view;

struct Measured {
    std::string name;
    double bound; // in units
    int calls;    // of one pass
    std::function<void()> pass;
    std::vector<double> nanoseconds; // a call, of each round
    std::vector<double> units;       // likewise

    bool holds() const;
};

double timed(const std::function<void()>& pass, int calls) {
    const auto begin = std::chrono::steady_clock::now();
    pass();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / calls;
}

// Where the stack lies decides whether a store on it shares the low 12 bits of its address with a load that follows,
// which takes twice as long then (4K aliasing: Intel's optimization manual, "Loads blocked by older stores"). A process
// has one such place for all its passes, so each round has one of its own: `rounds` steps through a page.
double timedAt(int depth, const std::function<void()>& pass, int calls) {
    constexpr std::size_t step = 128;
    std::array<volatile char, step> room;
    room[0] = 0;
    const double took = depth > 0 ? timedAt(depth - 1, pass, calls) : timed(pass, calls);
    room[step - 1] = room[0]; // a use after the call: no tail call gives the room back
    return took;
}

double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return (all[(all.size() - 1) / 2] + all[all.size() / 2]) / 2;
}

bool Measured::holds() const {
    return median(units) <= bound;
}

// As little as a host can do: keeps routes, takes replies.
class Host {
public:
    Host() {
        raw_.struct_size = sizeof raw_;
        raw_.context = this;
        raw_.instance_name = view("bench");
        raw_.get_service = [](void* context, mortise_view id, mortise_service* service, mortise_error*) {
            auto& self = *static_cast<Host*>(context);
            const auto found = self.services.find(std::string(text(id)));
            if (found == self.services.end()) return MORTISE_ABSENT;
            *service = found->second;
            return MORTISE_OK;
        };
        routes_.struct_size = sizeof routes_;
        routes_.add = [](void* context, const mortise_route* route, mortise_error*) -> mortise_status {
            static_cast<Host*>(context)->routes[std::string(text(route->pattern))] = *route;
            return MORTISE_OK;
        };
        exchanges_.struct_size = sizeof exchanges_;
        exchanges_.reply = [](void* context, mortise_exchange, const mortise_reply* reply) -> mortise_status {
            static_cast<Host*>(context)->status = reply->status;
            return MORTISE_OK;
        };
        services[MORTISE_ROUTES_SERVICE] = {&routes_, this};
        services[MORTISE_EXCHANGE_SERVICE] = {&exchanges_, this};
    }
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    const mortise_host* raw() const noexcept { return &raw_; }

    std::map<std::string, mortise_service> services;
    std::map<std::string, mortise_route> routes; // by pattern
    std::uint32_t status = 0;                    // of the last reply

private:
    mortise_host raw_{};
    mortise_routes_table routes_{};
    mortise_exchange_table exchanges_{};
};

// A plugin of a file, from `create` to `destroy`; started by the caller.
class Loaded {
public:
    Loaded(const std::string& file, const Host& host) {
        error_.capacity = static_cast<std::uint32_t>(message_.size());
        error_.message = message_.data();
        need(test::pluginModule(file).create(host.raw(), &plugin_, &error_), file);
        mortise_configuration configuration{};
        configuration.struct_size = sizeof configuration;
        configuration.value_size = sizeof(mortise_setting_value);
        configuration.state_folder = configuration.cache_folder = view("/nonexistent");
        configuration.runtime_folder = configuration.configuration_folder = view("/nonexistent");
        need(plugin_->table->configure(plugin_->self, &configuration, &error_), file);
    }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;
    ~Loaded() {
        if (plugin_ != nullptr) plugin_->table->destroy(plugin_->self);
    }

    void start() { need(plugin_->table->start(plugin_->self, &error_), "start"); }
    mortise_service open(std::string_view id) {
        mortise_consumer consumer{};
        consumer.struct_size = sizeof consumer;
        consumer.instance_name = view("bench");
        mortise_service service{};
        need(plugin_->table->open_service(plugin_->self, view(id), &consumer, &service, &error_), id);
        return service;
    }

private:
    void need(mortise_status status, std::string_view what) const {
        if (status != MORTISE_OK)
            throw std::runtime_error(std::string(what) + ": " + std::string(message_.data(), error_.length));
    }

    std::array<char, 512> message_{};
    mortise_error error_{};
    const mortise_plugin* plugin_ = nullptr;
};

// One pass of `calls` calls of a route's handler.
std::function<void()> handlerPass(const Host& host, const std::string& pattern, int calls) {
    return [&host, calls, route = host.routes.at(pattern)] {
        mortise_request request{};
        request.struct_size = sizeof request;
        request.method = view("GET");
        request.path = request.target = view("/");
        for (int i = 0; i < calls; ++i)
            if (route.handle(route.context, 1, &request) != MORTISE_REPLIED || host.status != 204)
                throw std::runtime_error("a handler did not reply 204");
    };
}

// Alternating, so that noise that lasts hits the unit and what is counted in it.
void measure(std::vector<Measured>& all, const std::function<void()>& unit, int unitCalls) {
    for (Measured& one : all) {
        one.nanoseconds.clear();
        one.units.clear();
    }
    for (int round = -1; round < rounds; ++round)
        for (Measured& one : all) {
            const double before = timed(unit, unitCalls);
            const double took = timedAt(round + 1, one.pass, one.calls);
            const double after = timed(unit, unitCalls);
            if (round < 0) continue; // warms up
            one.nanoseconds.push_back(took);
            one.units.push_back(took / ((before + after) / 2));
        }
}

int run(const std::string& folder) {
    void* const library = dlopen((folder + "/unit.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    using Unit = std::int64_t (*)(void*, std::int64_t);
    static Unit volatile unit;
    unit = reinterpret_cast<Unit>(dlsym(library, "mortise_bench_unit"));
    constexpr int calls = 50'000;
    const auto unitPass = [] {
        for (int i = 0; i < calls; ++i)
            if (unit(nullptr, i) != i) throw std::runtime_error("the unit is another function");
    };

    Host forC;
    Host forCpp;
    const Loaded inC(folder + "/handler-in-c.so", forC);
    Loaded gives(folder + "/gives-sums.so", forCpp);
    gives.start();
    Loaded inCpp(folder + "/handler-in-cpp.so", forCpp);
    forCpp.services["org.mortise.bench.sums/1"] = gives.open("org.mortise.bench.sums/1");
    inCpp.start();

    // The host's own tables, asked by a handler that runs; the log with a sink, as served.
    tests::DispatchFixture fixture;
    const base::CodeOwner owner{};
    auto sink = std::make_shared<host::LogSink>(host::LogSink{owner});
    sink->table.struct_size = sizeof sink->table;
    sink->table.level = [](void*, mortise_view) { return MORTISE_LOG_INFO; };
    fixture.log.setSink(sink);

    std::vector<Measured> all;
    all.push_back({"empty handler in C", 3, calls, handlerPass(forC, "/empty", calls), {}, {}});
    all.push_back({"empty handler of the C++ layer", 10, calls, handlerPass(forCpp, "/empty", calls), {}, {}});
    all.push_back({"method of two integers and a text", 20, 20'000, handlerPass(forCpp, "/sums", 20), {}, {}});
    fixture.app.handler = [&](mortise_exchange exchange, const mortise_request&) {
        mortise_service log{};
        fixture.app.host->get_service(fixture.app.host->context, view(MORTISE_LOG_SERVICE), &log, nullptr);
        const auto& table = *static_cast<const mortise_log_table*>(log.table);
        all.push_back({"log look-up",
                       8,
                       calls,
                       [&] {
                           for (int i = 0; i < calls; ++i)
                               if (table.enabled(log.self, MORTISE_LOG_DEBUG, mortise_view{}) != 0)
                                   throw std::runtime_error("the log is on");
                       },
                       {},
                       {}});
        all.push_back({"exchange look-up",
                       8,
                       calls,
                       [&] {
                           for (int i = 0; i < calls; ++i)
                               if (fixture.app.cancelled(exchange)) throw std::runtime_error("cancelled");
                       },
                       {},
                       {}});
        measure(all, unitPass, calls);
        fixture.app.reply(exchange);
        return MORTISE_REPLIED;
    };
    fixture.serve();
    if (fixture.get("/loop") != 209) throw std::runtime_error("the host's tables were not measured");

    int missed = 0;
    for (const Measured& one : all) {
        missed += one.holds() ? 0 : 1;
        std::printf("%-36s %6.2f indirect calls (at most %.0f) %8.2f ns%s\n", one.name.c_str(), median(one.units),
                    one.bound, median(one.nanoseconds), one.holds() ? "" : "  MISSED");
    }
    return missed == 0 ? 0 : 1;
}

} // namespace
} // namespace mortise::bench

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: bench_boundary FOLDER\n");
        return 2;
    }
    for (int i = 0; i < mortise::bench::attempts; ++i) {
        const pid_t child = fork();
        if (child == 0) break;
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 2;
        if (WEXITSTATUS(status) != 1 || i + 1 == mortise::bench::attempts) return WEXITSTATUS(status);
    }
    try {
        return mortise::bench::run(arguments[1]);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_boundary: %s\n", failure.what());
        return 2;
    }
}
