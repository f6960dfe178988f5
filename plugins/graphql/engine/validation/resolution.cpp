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

} // namespace mortise::graphql
