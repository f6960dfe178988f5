// SPDX-License-Identifier: Apache-2.0
#include "preconditions.hpp"

#include "http_date.hpp"

#include <algorithm>

namespace mortise::conditional {
namespace {

bool isNamed(std::string_view name, std::string_view lowered) noexcept {
    return std::equal(name.begin(), name.end(), lowered.begin(), lowered.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; });
}

} // namespace

void Preconditions::add(std::string_view name, std::string_view value) {
    if (name.size() < 8 || (name[0] | 0x20) != 'i') return; // nearly all
    if (isNamed(name, "if-none-match"))
        none_.add(value);
    else if (isNamed(name, "if-match"))
        match_.add(value);
    else if (isNamed(name, "if-modified-since"))
        since_ = value;
    else if (isNamed(name, "if-unmodified-since"))
        until_ = value;
}

Preconditions::Verdict Preconditions::judge(const Validators& validators, std::int64_t now) const {
    using Kind = EntityTagList::Kind;
    const auto compare = [&](const std::optional<std::string_view>& date, auto met) {
        if (!date || !validators.modified) return false;
        const auto theirs = parseHttpDate(*date, now);
        const auto ours = parseHttpDate(*validators.modified, now);
        return theirs && ours && met(*ours, *theirs);
    };
    if (match_.kind() != Kind::absent) {
        if (validators.tag && !match_.strongMatches(*validators.tag)) return Verdict::failed;
    } else if (compare(until_, [](auto ours, auto theirs) { return ours > theirs; })) {
        return Verdict::failed;
    }
    bool same = false;
    if (none_.kind() == Kind::absent)
        same = compare(since_, [](auto ours, auto theirs) { return ours <= theirs; });
    else
        same = none_.kind() == Kind::any || (validators.tag && none_.weakMatches(*validators.tag));
    return same ? Verdict::notModified : Verdict::proceed;
}

} // namespace mortise::conditional
