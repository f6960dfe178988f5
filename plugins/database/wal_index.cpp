// SPDX-License-Identifier: Apache-2.0
#include "wal_index.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>

namespace mortise::database {

namespace {

// https://www.sqlite.org/walformat.html#the_wal_index_header: two copies of 48 bytes, in the order of the machine. The
// writer stores the second copy, then the first; a reader loads the first, then the second, and trusts equal ones.
constexpr std::uint32_t knownVersion = 3007000;
constexpr int regionBytes = 32768;
constexpr std::size_t words = 12;
constexpr int attempts = 64;

using Copy = std::array<std::uint32_t, words>;

Copy load(const std::uint32_t* words32) noexcept {
    Copy copy{};
    for (std::size_t i = 0; i < words; ++i) copy[i] = __atomic_load_n(words32 + i, __ATOMIC_ACQUIRE);
    return copy;
}

// A finaliser of SplitMix64: every bit of the input reaches every bit of the result.
std::uint64_t mixed(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

} // namespace

WalIndex::WalIndex(sqlite3* database) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2 ||
        file->pMethods->xShmMap == nullptr)
        return;
    void volatile* region = nullptr;
    if (file->pMethods->xShmMap(file, 0, regionBytes, 0, &region) != SQLITE_OK || region == nullptr) return;
    const auto* const header = static_cast<const std::uint32_t*>(const_cast<const void*>(region));
    if (__atomic_load_n(header, __ATOMIC_ACQUIRE) == knownVersion) header_ = header;
}

std::uint64_t WalIndex::state() const noexcept {
    for (int attempt = 0; header_ != nullptr && attempt < attempts; ++attempt) {
        const Copy first = load(header_);
        if (first != load(header_ + words) || first[0] != knownVersion) continue;
        std::uint64_t state = 0;
        // From the counter of changes on: sizes, checksum of all frames, salts, checksum of the header.
        for (std::size_t i = 2; i < words; i += 2)
            state = mixed(state + (std::uint64_t{first[i]} << 32 | first[i + 1]) + 0x9e3779b97f4a7c15u);
        return state;
    }
    return mixed(unknown_.fetch_add(1, std::memory_order_relaxed) + 1);
}

} // namespace mortise::database
