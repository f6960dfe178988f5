// SPDX-License-Identifier: Apache-2.0
#include "validation/resolution.hpp"

#include "validation/resolver.hpp"

namespace mortise::graphql {

Resolution::Resolution(const Schema& schema, const Document& document) {
    Resolver(schema, document, *this).run();
}

std::uint32_t Resolution::fragment(std::string_view name) const {
    const std::uint32_t place = fragmentNames_.find(name);
    return place == NameSet::none ? NameSet::none : fragments_[place];
}

std::size_t Resolution::bytes() const {
    constexpr std::size_t nameBytes = 64; // in a NameSet
    return nodes_.capacity() * sizeof(Resolved) + definitions_.capacity() * sizeof(Definition) +
           usages_.capacity() * sizeof(Usage) + spreads_.capacity() * sizeof(NodeId) +
           fragments_.size() * (nameBytes + sizeof(std::uint32_t));
}

} // namespace mortise::graphql
