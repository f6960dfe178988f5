// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/keyed_hash.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mortise::graphql {

using OperationDigest = std::array<std::uint8_t, 32>; // SHA-256 of an operation's text

// Who is counted as one client.
struct OperationOwner {
    std::uint64_t network = 0;
    std::uint32_t family = 0;

    bool operator==(const OperationOwner& other) const { return network == other.network && family == other.family; }
};

struct PersistedLimits {
    std::size_t bytes = 0; // of all, with what an operation costs besides its text
    std::size_t clientBytes = 0;
    std::size_t clientOperations = 0;
};

// Texts that clients have sent once and name by their digests from then on, in memory. A client that sends too many
// displaces its own; where all of them together are too many, those of the client that holds the most go first, so that
// nobody can push out what others use. Of one client what was used least recently goes first, whoever used it.
// Thread: any; a lock is held for a look-up or for as many removals as a new text needs.
class PersistedOperations {
public:
    static constexpr std::size_t overhead = 384; // bytes of an operation besides its text: nodes of the tables

    explicit PersistedOperations(const PersistedLimits& limits) : limits_(limits) {}
    PersistedOperations(const PersistedOperations&) = delete;
    PersistedOperations& operator=(const PersistedOperations&) = delete;

    // Null when it is not there.
    std::shared_ptr<const std::string> find(const OperationDigest& digest);
    // `digest` is that of `text`: who calls has computed it. A text that is larger than a client's share is not kept.
    void keep(const OperationDigest& digest, std::string_view text, const OperationOwner& owner);

    std::size_t size() const;
    std::size_t bytes() const;

private:
    struct Holding;
    using BySize = std::set<std::pair<std::size_t, Holding*>>;

    struct Entry {
        std::shared_ptr<const std::string> text;
        Holding* holding = nullptr;
        std::list<OperationDigest>::iterator place;
    };
    // What one client has. In holdings_, and in bySize_ under its bytes.
    struct Holding {
        OperationOwner owner;
        std::size_t bytes = 0;
        std::list<OperationDigest> recent; // the most recently used first
        BySize::iterator place;
    };
    struct DigestHash {
        KeyedHash hash;
        std::size_t operator()(const OperationDigest& digest) const;
        std::size_t operator()(const OperationOwner& owner) const;
    };

    Holding& holdingOf(const OperationOwner& owner);
    void resize(Holding& holding, std::size_t bytes);
    void dropOldest(Holding& holding);
    void forgetIfEmpty(Holding& holding);

    const PersistedLimits limits_;
    mutable std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::unordered_map<OperationDigest, Entry, DigestHash> entries_;
    std::unordered_map<OperationOwner, Holding, DigestHash> holdings_;
    BySize bySize_;
};

} // namespace mortise::graphql
