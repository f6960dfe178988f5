// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::database {

// One run of a statement, for the log; never a value of its parameters or rows. Borrowed.
struct StatementRun {
    std::string_view statement; // its name, or its text, shortened
    std::string_view plugin;    // that ran it
    std::uint64_t turn = 0;     // of the request on whose behalf; 0: of none
    std::chrono::nanoseconds duration{0};
    std::uint64_t rows = 0; // given, or matched by a write
    bool failed = false;
};

// How often a request has run a statement, more or less: requests that come to one place forget each other, so that
// nothing grows. Thread-safe, without locks.
class RepeatCounts {
public:
    // With this one. `statement` is a number of its consumer's.
    std::uint32_t add(std::uint64_t turn, std::uint32_t statement) noexcept {
        const std::uint64_t key = (turn << 16 ^ turn >> 20 ^ statement) * 0x9e3779b97f4a7c15u; // spreads, 2^64 / phi
        Place& place = places_[key >> (64 - bits)];
        const bool same = place.key.load(std::memory_order_relaxed) == key;
        const std::uint32_t count = same ? place.count.load(std::memory_order_relaxed) + 1 : 1;
        if (!same) place.key.store(key, std::memory_order_relaxed);
        place.count.store(count, std::memory_order_relaxed);
        return count;
    }

private:
    struct Place {
        std::atomic<std::uint64_t> key{0};
        std::atomic<std::uint32_t> count{0};
    };
    static constexpr unsigned bits = 9;
    std::array<Place, std::size_t{1} << bits> places_;
};

// Says what statements were run: every one where that is on, slow ones, and one that a request runs again and again
// where one statement would do. Thread-safe.
class StatementLog {
public:
    // Writes a record; may not throw.
    class Sink {
    public:
        virtual ~Sink() = default;
        virtual void ran(const StatementRun& run) noexcept = 0;
        virtual void slow(const StatementRun& run) noexcept = 0;
        virtual void repeated(const StatementRun& run, std::uint32_t times) noexcept = 0;
    };
    struct Options {
        bool all = false;
        std::chrono::nanoseconds slow{0}; // 0: none is
    };
    static constexpr std::uint32_t repeats = 10; // of one request that are not worth a word

    // `sink` outlives it.
    StatementLog(Sink& sink, Options options) noexcept : sink_(sink), options_(options) {}

    void note(const StatementRun& run, std::uint32_t statement) noexcept {
        if (options_.all) sink_.ran(run);
        if (options_.slow.count() != 0 && run.duration >= options_.slow) sink_.slow(run);
        if (run.turn != 0 && counts_.add(run.turn, statement) == repeats + 1) sink_.repeated(run, repeats + 1);
    }

private:
    Sink& sink_;
    const Options options_;
    RepeatCounts counts_;
};

} // namespace mortise::database
