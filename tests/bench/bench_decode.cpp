// SPDX-License-Identifier: Apache-2.0
// usage: bench_decode FILE [RUNS]
// What POST /items costs inside of mortised, apart: the parser, the compiled schema, the layer's decoding into a
// std::vector of described structs, with text that points into the request and with text of its own. Prints one line of
// JSON with MB/s (10^6 bytes) at the median of the runs; `together` is with text that points into the request.
#include "tests/bench/shapes.hpp"
#include "json/details.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

using Clock = std::chrono::steady_clock;
using Samples = std::vector<double>; // ns

double rate(Samples& samples, std::size_t bytes) {
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    return static_cast<double>(bytes) * 1000 / *middle;
}

double since(Clock::time_point& mark) {
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double, std::nano> spent = now - mark;
    mark = now;
    return spent.count();
}

void require(bool fine, const char* what) {
    if (!fine) throw std::runtime_error(what);
}

void measure(const char* file, int runs) {
    std::ifstream stream(file, std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(stream), {}};
    require(!body.empty(), "the file is empty or not there");
    mortise::json::Schema schema;
    require(!mortise::json::Schema::compile(mortise::schemaOf<std::vector<bench::Item>>(), schema), "no schema");

    enum Part { parse, validate, decode, together, decode_owning, parts };
    constexpr std::array<const char*, parts> names = {"parse", "validate", "decode", "together", "decode_owning"};
    std::array<Samples, parts> samples;
    mortise::json::Tape tape;                // kept from request to request, as a connection does
    for (int run = -10; run < runs; ++run) { // the first ten warm up
        std::array<double, parts> spent{};
        Clock::time_point mark = Clock::now();
        require(!mortise::json::parse(body, tape), "not parsed");
        spent[parse] = since(mark);
        mortise::json::Details details;
        require(schema.validate(tape, details), "not valid");
        spent[validate] = since(mark);
        const mortise_json_tape view = tape.view();
        {
            std::vector<bench::Item> items;
            require(mortise::decodeJson(view, items) && !items.empty(), "not decoded");
        }
        spent[decode] = since(mark);
        spent[together] = spent[parse] + spent[validate] + spent[decode];
        {
            std::vector<bench::OwningItem> items;
            require(mortise::decodeJson(view, items) && !items.empty(), "not decoded");
        }
        spent[decode_owning] = since(mark);
        for (std::size_t part = 0; run >= 0 && part < parts; ++part) samples[part].push_back(spent[part]);
    }
    for (std::size_t part = 0; part < parts; ++part)
        std::printf("%s\"%s\":%.1f", part == 0 ? "{" : ",", names[part], rate(samples[part], body.size()));
    std::printf("}\n");
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_decode FILE [RUNS]\n");
        return 64;
    }
    try {
        measure(argv[1], argc > 2 ? std::atoi(argv[2]) : 100);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_decode: %s\n", failure.what());
        return 1;
    }
    return 0;
}
