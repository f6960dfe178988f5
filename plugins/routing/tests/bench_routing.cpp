// SPDX-License-Identifier: Apache-2.0
// Median time of a look-up among 10,000 routes of equal depth, in random order. Prints one line per table.
// As in a server, the path itself is warm (it has just been parsed) and every look-up waits for the one before it, so
// that misses in the table do not overlap.
#include "plugins/routing/radix_tree.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace {

using mortise::routing::Match;
using mortise::routing::RadixTree;
using mortise::routing::Route;

constexpr std::size_t route_count = 10'000;
constexpr std::size_t batch = 64; // look-ups between two looks at the clock
constexpr std::size_t batches = 40'000;

void measure(const char* label, const std::vector<std::string>& patterns, const std::vector<std::string>& paths) {
    std::vector<Route> routes;
    for (const std::string& pattern : patterns)
        routes.push_back({pattern, 0, static_cast<std::uint32_t>(routes.size())});
    const auto begin = std::chrono::steady_clock::now();
    const RadixTree tree(routes);
    const std::chrono::duration<double, std::milli> build = std::chrono::steady_clock::now() - begin;

    std::mt19937 random(1);
    std::vector<double> samples;
    std::uint32_t carried = 0; // always 0, but the processor cannot know before the look-up is done
    std::size_t wrong = 0;
    std::string warm;
    struct Query {
        std::size_t offset;
        std::size_t size;
        std::uint32_t expected;
    };
    std::vector<Query> queries(batch);
    for (std::size_t i = 0; i < batches; ++i) {
        warm.clear();
        for (Query& query : queries) {
            query.expected = static_cast<std::uint32_t>(random() % paths.size());
            query.offset = warm.size();
            query.size = paths[query.expected].size();
            warm += paths[query.expected];
        }
        const auto start = std::chrono::steady_clock::now();
        for (const Query& query : queries) {
            Match match;
            match.route = 0;
            const bool found = tree.match(0, {warm.data() + query.offset + carried, query.size}, match);
            carried = match.route ^ query.expected;
            if (!found || carried != 0) ++wrong;
        }
        const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
        samples.push_back(spent.count() / batch);
    }
    std::sort(samples.begin(), samples.end());
    std::printf("%-34s median %6.1f ns  p10 %6.1f  p90 %6.1f  built in %.1f ms, %zu nodes%s\n", label,
                samples[samples.size() / 2], samples[samples.size() / 10], samples[samples.size() * 9 / 10],
                build.count(), tree.nodeCount(), wrong != 0 ? "  WRONG ANSWERS" : "");
}

} // namespace

int main() {
    std::vector<std::string> wide;
    std::vector<std::string> parameter_patterns;
    std::vector<std::string> parameter_paths;
    std::vector<std::string> nested;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < route_count; ++i) {
        const std::string number = std::to_string(10'000 + i);
        wide.push_back("/api/v1/resource" + number);
        parameter_patterns.push_back("/api/v1/resource" + number + "/:id");
        parameter_paths.push_back("/api/v1/resource" + number + "/0190a5f4-7c3e-7000-8000-0123456789ab");
        nested.push_back("/area" + std::to_string(i / 1000) + "/group" + std::to_string(i / 100 % 10) + "/kind" +
                         std::to_string(i / 10 % 10) + "/item" + std::to_string(i % 10));
        words.push_back("/" + number + "/list/all/of/them");
    }
    measure("/api/v1/resourceN", wide, wide);
    measure("/api/v1/resourceN/:id", parameter_patterns, parameter_paths);
    measure("/areaN/groupN/kindN/itemN", nested, nested);
    measure("/N/list/all/of/them", words, words);
}
