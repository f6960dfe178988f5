// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/caller.hpp>
#include <mortise/detail/function.hpp>
#include <mortise/http_error.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// Whether two texts name the same: equal, or two UUIDs that differ in the case of their digits (RFC 9562 section 4).
inline bool isSameId(std::string_view a, std::string_view b) noexcept {
    if (a == b) return true;
    constexpr std::size_t uuidSize = 36;
    if (a.size() != uuidSize || b.size() != uuidSize) return false;
    for (std::size_t i = 0; i < uuidSize; ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c; };
        const char x = lower(a[i]);
        const bool isDigit = (x >= '0' && x <= '9') || (x >= 'a' && x <= 'f');
        if (x != lower(b[i]) || (isDash ? x != '-' : !isDigit)) return false;
    }
    return true;
}

// What a route asks of its caller beyond a token and a role, in the order of declaration. Written by `configure`, read
// from any thread.
class RouteRules {
public:
    using Check = Function<void(const Caller&)>;

    // The parameter is the caller's own id.
    void addOwner(std::string_view parameter) { rules_.push_back({std::string(parameter), nullptr}); }
    void addCheck(Check check) { rules_.push_back({{}, std::move(check)}); }

    // Throws what the first rule throws that is broken.
    void need(const Caller& caller) const {
        for (const Rule& rule : rules_) {
            if (rule.check)
                rule.check(caller);
            else if (!caller.principal() || !isSameId(caller.parameter(rule.owner), caller.principal().id()))
                throw HttpError(403, "Forbidden");
        }
    }
    // Calls visit(parameter) for each that has to be the caller's id.
    template<class Visit>
    void visitOwners(Visit&& visit) const {
        for (const Rule& rule : rules_)
            if (!rule.check) visit(std::string_view(rule.owner));
    }

private:
    struct Rule {
        std::string owner;
        Check check; // or empty
    };
    std::vector<Rule> rules_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
