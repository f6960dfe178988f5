// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coding.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace mortise::compression {

// What a client takes (RFC 9110 section 12.5.3), gathered from its fields.
class Accepted {
public:
    // A field's value, in the order received. Members that break the grammar count for nothing.
    void add(std::string_view field) noexcept;
    // The coding that the client likes best, and of those that it likes as well the first of `preferred`. Identity
    // where the client asks for nothing or for nothing that is there, also when it refuses identity: an answer that it
    // may not be able to read is better than none.
    Coding choose(const std::vector<Coding>& preferred) const noexcept;

private:
    static constexpr int unsaid = -1;

    void addMember(std::string_view member) noexcept;
    int weightOf(Coding coding) const noexcept;

    std::array<int, 4> weights_{unsaid, unsaid, unsaid, unsaid}; // by Coding, in thousandths
    int others_ = unsaid;                                        // of "*"
};

} // namespace mortise::compression
