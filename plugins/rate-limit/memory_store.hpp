// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "counter_store.hpp"
#include "sip_hash.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::rate_limit {

// Counters in a table whose size is fixed when it is made: an entry of 24 bytes for each client and limit that it has
// met, in shards with a lock each. Every call touches one shard and allocates nothing.
//
// A full shard makes room: for a new client it looks at some entries, from its own place on, and frees those whose
// window is over, else the one with the least use. One whose limit is used up is never freed. When there is none to
// free, the new client is counted with all others of that shard and limit that found no place.
class MemoryStore final : public CounterStore {
public:
    static constexpr std::size_t entry_bytes = 24;
    static constexpr std::size_t looked_at = 64; // entries, for one new client

    struct Settings {
        std::vector<NamedLimit> limits; // 1 to 255
        std::size_t clients = 100'000;  // entries that find a place for certain
        std::size_t shards = 64;
    };
    // What a full table led to.
    struct Pressure {
        std::uint64_t freed = 0;  // entries in force that made room
        std::uint64_t shared = 0; // requests counted in an entry that clients share
    };

    MemoryStore(Settings settings, const HashKey& key);

    Standing count(const Client& client, std::uint8_t limit, Seconds now) noexcept override;

    // [any] What happened since the last report, at most one a minute; nothing when nothing did.
    std::optional<Pressure> report(Seconds now) noexcept;
    std::size_t size() const;           // entries in the table
    std::size_t bytes() const noexcept; // the table's memory
    std::size_t capacity() const noexcept { return shard_capacity_ * shards_.size(); }

    // The counters in force, for a store with other settings: in at most `most_bytes`, those of used-up limits first.
    std::string encode(Seconds now, std::size_t most_bytes) const;
    // Adds what another store encoded to what is here, limits by their names. What does not fit any more is left out,
    // the used-up limits last. False when `text` is not what encode() makes; what came before the fault is added.
    bool merge(std::string_view text, Seconds now);

private:
    struct Entry {
        std::uint64_t address = 0;
        Window window;
        Client::Family family{}; // 0: free
        std::uint8_t limit = 0;
        std::uint16_t reserved = 0;
    };
    static_assert(sizeof(Entry) == entry_bytes);

    struct alignas(64) Shard {
        mutable std::mutex mutex;
        // Everything below is under mutex.
        std::vector<Entry> slots;   // open addressing, linear probing
        std::vector<Window> shared; // by limit
        std::size_t size = 0;
        Pressure pressure;
    };
    struct Place {
        Shard* shard;
        std::size_t slot;
    };

    std::uint64_t hash(std::uint64_t address, Client::Family family, std::uint8_t limit) const noexcept;
    Shard& shardOf(std::uint64_t hash) noexcept;
    std::size_t home(std::uint64_t hash) const noexcept;
    std::size_t home(const Entry& entry) const noexcept;
    Window& windowFor(Shard& shard, std::uint64_t hash, const Client& client, std::uint8_t limit, Seconds now) noexcept;
    bool makeRoom(Shard& shard, std::size_t slot, Seconds now) noexcept;
    void remove(Shard& shard, std::size_t slot) noexcept;
    bool mergeEntries(std::string_view text, std::span<const std::optional<std::uint8_t>> limits, bool exhausted,
                      Seconds now);

    const Settings settings_;
    const SipHash hash_;
    std::size_t shard_capacity_;
    std::size_t shard_slots_;
    std::vector<Shard> shards_;
    std::atomic<bool> pressed_{false};
    std::atomic<Seconds> reported_{0};
};

} // namespace mortise::rate_limit
