// SPDX-License-Identifier: Apache-2.0
// Median time of what the limiter adds to a request, without the host's part: whose address it is, its count under the
// general limit and two rules that do not apply, and the texts of the answer's fields. Prints one line per case.
#include "plugins/rate-limit/limit_fields.hpp"
#include "plugins/rate-limit/limiter.hpp"
#include "plugins/rate-limit/memory_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace mortise::rate_limit;

constexpr std::size_t batch = 64; // checks between two looks at the clock
constexpr std::size_t batches = 20'000;

std::uint64_t milliseconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

void measure(const char* label, const std::vector<Client>& addresses, std::size_t clients, Algorithm algorithm) {
    MemoryStore::Settings settings;
    settings.limits = {{"default", {most_requests, 900, algorithm}},
                       {"POST /auth/login", {10, 900, algorithm}},
                       {"POST /auth/register", {10, 3600, algorithm}},
                       {"POST /auth/password", {10, 900, algorithm}}};
    settings.clients = clients;
    MemoryStore store(settings, {1, 2});
    const Limiter limiter({"/health", "/ready", "/metrics"}, withBuiltinRules({}, {}).rules);
    const LimitFields fields(settings.limits[0]);
    std::mt19937 random(1);
    std::vector<double> samples;
    std::vector<const Client*> chosen(batch);
    std::size_t written = 0;
    for (std::size_t i = 0; i < batches; ++i) {
        for (const Client*& one : chosen) one = &addresses[random() % addresses.size()];
        const auto start = std::chrono::steady_clock::now();
        for (const Client* one : chosen) {
            const std::uint64_t now_ms = milliseconds(CLOCK_MONOTONIC_COARSE);
            if (limiter.skips("/hello", "/hello")) return;
            const Verdict verdict = limiter.check(store, *one, "GET", "/hello", static_cast<Seconds>(now_ms / 1000));
            static_cast<void>(store.report(static_cast<Seconds>(now_ms / 1000)));
            const auto kept = Ticket::verdict(Ticket::of(verdict));
            fields.write(kept->standing, milliseconds(CLOCK_MONOTONIC_COARSE), milliseconds(CLOCK_REALTIME_COARSE),
                         [&](std::string_view name, std::string_view value) { written += name.size() + value.size(); });
        }
        const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
        samples.push_back(spent.count() / batch);
    }
    std::sort(samples.begin(), samples.end());
    std::printf("%-36s median %6.1f ns  p10 %6.1f  p90 %6.1f  table %.1f MB, %zu clients%s\n", label,
                samples[samples.size() / 2], samples[samples.size() / 10], samples[samples.size() * 9 / 10],
                static_cast<double>(store.bytes()) / 1e6, store.size(), written == 0 ? "  NOTHING WRITTEN" : "");
}

std::vector<Client> ipv4(std::size_t count) {
    std::vector<Client> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back({0x0a000000 + i, Client::Family::ipv4});
    return made;
}
std::vector<Client> ipv6(std::size_t count) {
    std::vector<Client> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back({0x20010db800000000 + (i << 8), Client::Family::ipv6});
    return made;
}

} // namespace

int main() {
    measure("one IPv4 client", ipv4(1), 100'000, Algorithm::fixed);
    measure("one IPv6 client", ipv6(1), 100'000, Algorithm::fixed);
    measure("1,000 IPv4 clients", ipv4(1000), 100'000, Algorithm::fixed);
    measure("1,000 IPv4 clients, sliding", ipv4(1000), 100'000, Algorithm::sliding);
    measure("100,000 IPv4 clients", ipv4(100'000), 100'000, Algorithm::fixed);
    measure("a full table, 1,000,000 clients", ipv4(1'000'000), 100'000, Algorithm::fixed);
}
