// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "entity_tag.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mortise::conditional {

// What a client asks to be true (RFC 9110 section 13.1), of a GET or HEAD. Views are borrowed.
class Preconditions {
public:
    // One field of the request; those that are no precondition do not matter.
    void add(std::string_view name, std::string_view value);
    bool empty() const noexcept { return match_.empty() && none_.empty() && !since_ && !until_; }

    // Of the answer that would be sent.
    struct Validators {
        std::optional<EntityTag> tag;
        std::optional<std::string_view> modified; // Last-Modified
    };
    enum class Outcome { proceed, notModified, failed };
    struct Verdict {
        Outcome outcome = Outcome::proceed;
        // The tag as the client has it, which is what its cache knows the answer by (RFC 9111 section 4.3.4).
        std::optional<EntityTag> known;
    };
    // In the order of section 13.2.2. What the answer has no validator for is taken as met. `now`: seconds since 1970.
    Verdict judge(const Validators& validators, std::int64_t now) const;

private:
    bool matches(const Validators& validators) const;

    std::vector<std::string_view> match_; // fields If-Match
    std::vector<std::string_view> none_;  // fields If-None-Match
    std::optional<std::string_view> since_;
    std::optional<std::string_view> until_;
};

} // namespace mortise::conditional
