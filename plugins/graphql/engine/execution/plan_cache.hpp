// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/plan.hpp"
#include "language/keyed_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::graphql {

// Prepared documents and their plans by the document's text; what was used least recently goes first when they take
// more than `maximumBytes`. Documents that failed are kept like others, so that repeating a bad one is cheap. One
// thread: each loop has its own, and no lock is taken.
class PlanCache {
public:
    static constexpr std::size_t maximumVariants = 8; // plans of one document

    struct Counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::uint64_t evictions = 0; // documents
    };

    // One document. Good until the next insert or add.
    class Entry {
    public:
        const std::shared_ptr<const PreparedDocument>& document() const { return document_; }
        // Null when there is none for that operation and those conditions.
        const std::shared_ptr<const Plan>* plan(NodeId operation, std::uint64_t conditionBits) const;

    private:
        friend class PlanCache;

        struct Variant {
            NodeId operation = noNode;
            std::uint64_t conditionBits = 0;
            std::shared_ptr<const Plan> plan;
        };

        std::uint64_t hash_ = 0;
        std::shared_ptr<const PreparedDocument> document_;
        std::vector<Variant> variants_;
        std::size_t nextVariant_ = 0; // the one to be replaced when there are maximumVariants
        std::size_t bytes_ = 0;
    };

    explicit PlanCache(std::size_t maximumBytes) : maximumBytes_(maximumBytes) {}

    // Null when it is not there.
    Entry* find(std::string_view text);
    // A document that find did not find; null when it is too large to be kept.
    Entry* insert(std::shared_ptr<const PreparedDocument> document);
    // A plan of the entry's document.
    void add(Entry& entry, NodeId operation, std::uint64_t conditionBits, std::shared_ptr<const Plan> plan);
    void clear();

    const Counters& counters() const { return counters_; }
    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return entries_.size(); }

private:
    using Entries = std::list<Entry>; // the most recently used first

    void makeRoom();

    std::size_t maximumBytes_;
    std::size_t bytes_ = 0;
    KeyedHash hash_;
    Entries entries_;
    std::unordered_multimap<std::uint64_t, Entries::iterator> index_;
    Counters counters_;
};

} // namespace mortise::graphql
