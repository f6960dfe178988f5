// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/value.hpp"

#include <mortise/abi/json_node.h>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Coerced values as a JSON tape, an enumeration's as its name. Memory is kept from one to the next.
class ArgumentTape {
public:
    ArgumentTape() { tape_.struct_size = sizeof tape_; }
    ArgumentTape(const ArgumentTape&) = delete;
    ArgumentTape& operator=(const ArgumentTape&) = delete;

    void write(const Values& values);
    void copy(const mortise_json_tape& from);
    void clear();
    const mortise_json_tape& raw() const { return tape_; }
    // The tape of a member's value, which borrows this one; null where it is missing or null.
    const mortise_json_tape* member(std::string_view name, mortise_json_tape& part) const;

private:
    void value(const Values& values, std::uint32_t& at);
    void string(std::string_view text);
    void number(const Value& value);
    mortise_json_node& add(std::uint8_t kind);
    void show();

    std::vector<mortise_json_node> nodes_;
    std::string text_;
    mortise_json_tape tape_{};
};

} // namespace mortise::graphql
