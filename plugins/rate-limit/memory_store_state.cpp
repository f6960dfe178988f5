// SPDX-License-Identifier: Apache-2.0
// Counters of a MemoryStore as text. Integers are little-endian:
//   u8 version, u8 number of limits, for each u8 length and its name,
//   then to the end 22 bytes an entry: u64 address, u8 family, u8 limit, u32 start, u32 current, u32 previous.
#include "memory_store.hpp"

#include <algorithm>

namespace mortise::rate_limit {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t entry_size = 22;

template<class T>
void append(std::string& out, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> 8 * i & 0xff));
}

template<class T>
T read(std::string_view text, std::size_t at) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value |= static_cast<T>(T{static_cast<std::uint8_t>(text[at + i])} << 8 * i);
    return value;
}

} // namespace

std::string MemoryStore::encode(Seconds now, std::size_t most_bytes) const {
    std::string out;
    append(out, version);
    append(out, static_cast<std::uint8_t>(settings_.limits.size()));
    for (const NamedLimit& limit : settings_.limits) {
        const auto length = static_cast<std::uint8_t>(std::min<std::size_t>(limit.name.size(), 255));
        append(out, length);
        out.append(limit.name, 0, length);
    }
    for (const bool exhausted : {true, false}) {
        for (const Shard& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            for (const Entry& entry : shard.slots) {
                if (entry.family == Client::Family{}) continue;
                const Limit& limit = settings_.limits[entry.limit].limit;
                if (entry.window.isOver(limit, now) || entry.window.isExhausted(limit, now) != exhausted) continue;
                if (out.size() + entry_size > most_bytes) return out;
                append(out, entry.address);
                append(out, static_cast<std::uint8_t>(entry.family));
                append(out, entry.limit);
                append(out, entry.window.start());
                append(out, entry.window.current());
                append(out, entry.window.previous());
            }
        }
    }
    return out;
}

bool MemoryStore::merge(std::string_view text, Seconds now) {
    if (text.size() < 2 || read<std::uint8_t>(text, 0) != version) return false;
    const std::size_t count = read<std::uint8_t>(text, 1);
    std::vector<std::optional<std::uint8_t>> limits; // theirs to ours
    text.remove_prefix(2);
    for (std::size_t i = 0; i < count; ++i) {
        if (text.empty() || text.size() - 1 < read<std::uint8_t>(text, 0)) return false;
        const std::string_view name = text.substr(1, read<std::uint8_t>(text, 0));
        text.remove_prefix(1 + name.size());
        std::optional<std::uint8_t> ours;
        for (std::size_t j = 0; j < settings_.limits.size(); ++j)
            if (std::string_view(settings_.limits[j].name).substr(0, 255) == name) ours = static_cast<std::uint8_t>(j);
        limits.push_back(ours);
    }
    // Those that must not be forgotten first, while there is room.
    return mergeEntries(text, limits, true, now) && mergeEntries(text, limits, false, now);
}

// The entries whose limit is used up, or the others.
bool MemoryStore::mergeEntries(std::string_view text, std::span<const std::optional<std::uint8_t>> limits,
                               bool exhausted, Seconds now) {
    for (; text.size() >= entry_size; text.remove_prefix(entry_size)) {
        const auto family = read<std::uint8_t>(text, 8);
        const auto theirs = read<std::uint8_t>(text, 9);
        if (family == 0 || family > static_cast<std::uint8_t>(Client::Family::unknown)) return false;
        if (theirs >= limits.size()) return false;
        const std::optional<std::uint8_t> ours = limits[theirs];
        if (!ours) continue;
        const Limit& limit = settings_.limits[*ours].limit;
        Window window;
        window.add({read<std::uint32_t>(text, 10), read<std::uint32_t>(text, 14), read<std::uint32_t>(text, 18)}, limit,
                   now);
        if (window.isOver(limit, now) || window.isExhausted(limit, now) != exhausted) continue;
        const Client client{read<std::uint64_t>(text, 0), static_cast<Client::Family>(family)};
        const std::uint64_t hashed = hash(client.address, client.family, *ours);
        Shard& shard = shardOf(hashed);
        const std::lock_guard lock(shard.mutex);
        Window& here = windowFor(shard, hashed, client, *ours, now);
        if (&here != &shard.shared[*ours]) here.add(window, limit, now);
    }
    return text.empty();
}

} // namespace mortise::rate_limit
