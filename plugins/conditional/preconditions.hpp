// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/entity_tag.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::conditional {

// What a client asks to be true (RFC 9110 section 13.1), of a GET or HEAD. Views are borrowed.
class Preconditions {
public:
    // One field of the request; those that are no precondition do not matter.
    void add(std::string_view name, std::string_view value);
    bool empty() const noexcept {
        return match_.kind() == EntityTagList::Kind::absent && none_.kind() == EntityTagList::Kind::absent && !since_ &&
               !until_;
    }

    // Of the answer that would be sent.
    struct Validators {
        std::optional<EntityTag> tag;
        std::optional<std::string_view> modified; // Last-Modified
    };
    enum class Verdict { proceed, notModified, failed };
    // In the order of section 13.2.2. What the answer has no validator for is taken as met, and so is If-None-Match
    // when it is malformed; If-Match is not. `now`: seconds since 1970.
    Verdict judge(const Validators& validators, std::int64_t now) const;

    // Whether the client has this tag in its weak form and not as it is.
    bool knowsWeaklyOnly(const EntityTag& tag) const noexcept {
        return none_.kind() == EntityTagList::Kind::list && !none_.strongMatches(tag) && none_.weakMatches(tag);
    }

private:
    EntityTagList match_; // If-Match
    EntityTagList none_;  // If-None-Match
    std::optional<std::string_view> since_;
    std::optional<std::string_view> until_;
};

} // namespace mortise::conditional
