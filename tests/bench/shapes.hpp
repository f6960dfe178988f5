// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What the measured routes take and give; peers/fastify/schemas.mjs says the same.
namespace bench {

struct Address {
    std::string_view street, city, zip;
};
MORTISE_DESCRIBE(Address, field(street).maxLength(200), field(city).maxLength(100), field(zip).maxLength(20))

struct Echo {
    std::string_view name, email;
    std::uint8_t age = 0;
    bool active = false;
    double score = 0;
    std::vector<std::string_view> tags;
    Address address;
};
MORTISE_DESCRIBE(Echo, field(name).minLength(1).maxLength(100), field(email).email(), field(age).max(150),
                 field(active), field(score), field(tags).maxItems(10).maxLength(40), field(address))

// Text is std::string_view (into the request) or std::string (a copy of its own).
template<class Text>
struct ItemOf {
    Text sku, name, note;
    std::uint32_t quantity = 0;
    double price = 0;
};
using Item = ItemOf<std::string_view>;
using OwningItem = ItemOf<std::string>;
MORTISE_DESCRIBE(Item, field(sku).minLength(1).maxLength(40), field(name).minLength(1).maxLength(100),
                 field(note).maxLength(500), field(quantity).max(1000000), field(price).min(0))
MORTISE_DESCRIBE(OwningItem, field(sku).minLength(1).maxLength(40), field(name).minLength(1).maxLength(100),
                 field(note).maxLength(500), field(quantity).max(1000000), field(price).min(0))

struct Count {
    std::uint64_t count = 0;
};
MORTISE_DESCRIBE(Count, field(count))

} // namespace bench
