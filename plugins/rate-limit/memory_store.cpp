// SPDX-License-Identifier: Apache-2.0
#include "memory_store.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::rate_limit {
namespace {

constexpr Seconds report_interval = 60;

// Clients fall into shards by chance: what a shard holds beyond its share, four standard deviations.
std::size_t shardCapacity(const MemoryStore::Settings& settings) {
    const std::size_t share = (settings.clients + settings.shards - 1) / settings.shards;
    if (settings.shards == 1) return share;
    return share + static_cast<std::size_t>(std::ceil(4 * std::sqrt(static_cast<double>(share))));
}

// The high bits of a product, an even spread over 0 to `count` - 1.
std::size_t spread(std::uint32_t hash, std::size_t count) noexcept {
    return static_cast<std::size_t>(std::uint64_t{hash} * count >> 32);
}

} // namespace

MemoryStore::MemoryStore(Settings settings, const HashKey& key)
    : settings_(std::move(settings)),
      hash_(key),
      shard_capacity_(shardCapacity(settings_)),
      shard_slots_(shard_capacity_ + shard_capacity_ / 4 + 1),
      shards_(settings_.shards) {
    for (Shard& shard : shards_) {
        shard.slots.resize(shard_slots_);
        shard.shared.resize(settings_.limits.size());
    }
}

std::uint64_t MemoryStore::hash(std::uint64_t address, Client::Family family, std::uint8_t limit) const noexcept {
    return hash_(address, std::uint64_t{static_cast<std::uint8_t>(family)} << 8 | limit);
}
MemoryStore::Shard& MemoryStore::shardOf(std::uint64_t hash) noexcept {
    return shards_[spread(static_cast<std::uint32_t>(hash), shards_.size())];
}
std::size_t MemoryStore::home(std::uint64_t hash) const noexcept {
    return spread(static_cast<std::uint32_t>(hash >> 32), shard_slots_);
}
std::size_t MemoryStore::home(const Entry& entry) const noexcept {
    return home(hash(entry.address, entry.family, entry.limit));
}

Standing MemoryStore::count(const Client& client, std::uint8_t limit, Seconds now) noexcept {
    const std::uint64_t hashed = hash(client.address, client.family, limit);
    Shard& shard = shardOf(hashed);
    const std::lock_guard lock(shard.mutex);
    return windowFor(shard, hashed, client, limit, now).take(settings_.limits[limit].limit, now);
}

// The client's window, made when there is none; the shared one when there is no room for it.
Window& MemoryStore::windowFor(Shard& shard, std::uint64_t hash, const Client& client, std::uint8_t limit,
                               Seconds now) noexcept {
    const auto find = [&] {
        std::size_t slot = home(hash);
        while (shard.slots[slot].family != Client::Family{}) {
            const Entry& entry = shard.slots[slot];
            if (entry.address == client.address && entry.family == client.family && entry.limit == limit) break;
            if (++slot == shard_slots_) slot = 0;
        }
        return slot;
    };
    std::size_t slot = find();
    if (shard.slots[slot].family != Client::Family{}) return shard.slots[slot].window;
    if (shard.size >= shard_capacity_) {
        if (!makeRoom(shard, home(hash), now)) {
            ++shard.pressure.shared;
            pressed_.store(true, std::memory_order_relaxed);
            return shard.shared[limit];
        }
        slot = find(); // entries have moved
    }
    Entry& entry = shard.slots[slot];
    entry = {client.address, Window(), client.family, limit, 0};
    ++shard.size;
    return entry.window;
}

// Looks where the newcomer will stand, so that no part of the table is picked empty of those with little use.
bool MemoryStore::makeRoom(Shard& shard, std::size_t slot, Seconds now) noexcept {
    const std::size_t before = shard.size;
    std::size_t victim = shard_slots_;
    double least = 2;
    for (std::size_t left = std::min(looked_at, shard_slots_); left > 0;) {
        const Entry& entry = shard.slots[slot];
        const Limit& limit = settings_.limits[entry.limit].limit;
        const bool taken = entry.family != Client::Family{};
        const std::uint64_t load = taken ? entry.window.load(limit, now) : 0;
        if (taken && load == 0) {
            remove(shard, slot); // another entry may have come into its place
            continue;
        }
        const std::uint64_t allowance = Window::allowance(limit);
        if (taken && load + limit.window <= allowance) {
            if (const double use = static_cast<double>(load) / static_cast<double>(allowance); use < least) {
                least = use;
                victim = slot;
            }
        }
        if (++slot == shard_slots_) slot = 0;
        --left;
    }
    if (shard.size < before) return true;
    if (victim == shard_slots_) return false;
    remove(shard, victim);
    ++shard.pressure.freed;
    pressed_.store(true, std::memory_order_relaxed);
    return true;
}

// Moves later entries of the run back, so that none stands behind a free slot that a search would stop at.
void MemoryStore::remove(Shard& shard, std::size_t slot) noexcept {
    std::size_t hole = slot;
    for (std::size_t next = slot;;) {
        if (++next == shard_slots_) next = 0;
        if (shard.slots[next].family == Client::Family{}) break;
        const std::size_t wanted = home(shard.slots[next]);
        const bool stays = hole <= next ? hole < wanted && wanted <= next : hole < wanted || wanted <= next;
        if (stays) continue;
        shard.slots[hole] = shard.slots[next];
        hole = next;
    }
    shard.slots[hole] = Entry();
    --shard.size;
}

std::optional<MemoryStore::Pressure> MemoryStore::report(Seconds now) noexcept {
    if (!pressed_.load(std::memory_order_relaxed)) return std::nullopt;
    Seconds last = reported_.load(std::memory_order_relaxed);
    if (last != 0 && now < last + report_interval) return std::nullopt;
    if (!reported_.compare_exchange_strong(last, std::max<Seconds>(now, 1), std::memory_order_relaxed))
        return std::nullopt;
    pressed_.store(false, std::memory_order_relaxed);
    Pressure sum;
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        const Pressure one = std::exchange(shard.pressure, {});
        sum.freed += one.freed;
        sum.shared += one.shared;
    }
    return sum;
}

std::size_t MemoryStore::size() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum += shard.size;
    }
    return sum;
}

std::size_t MemoryStore::bytes() const noexcept {
    return shards_.size() * (sizeof(Shard) + shard_slots_ * sizeof(Entry) + settings_.limits.size() * sizeof(Window));
}

} // namespace mortise::rate_limit
