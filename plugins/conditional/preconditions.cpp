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
        none_.push_back(value);
    else if (isNamed(name, "if-match"))
        match_.push_back(value);
    else if (isNamed(name, "if-modified-since"))
        since_ = value;
    else if (isNamed(name, "if-unmodified-since"))
        until_ = value;
}

bool Preconditions::matches(const Validators& validators) const {
    for (std::string_view list : match_) {
        if (list == "*") return true;
        while (const auto tag = takeTag(list))
            if (matchesStrongly(*tag, *validators.tag)) return true;
    }
    return false;
}

Preconditions::Verdict Preconditions::judge(const Validators& validators, std::int64_t now) const {
    const auto compare = [&](const std::optional<std::string_view>& date, auto met) {
        if (!date || !validators.modified) return false;
        const auto theirs = parseHttpDate(*date, now);
        const auto ours = parseHttpDate(*validators.modified, now);
        return theirs && ours && met(*ours, *theirs);
    };
    if (!match_.empty()) {
        if (validators.tag && !matches(validators)) return {Outcome::failed, std::nullopt};
    } else if (compare(until_, [](auto ours, auto theirs) { return ours > theirs; })) {
        return {Outcome::failed, std::nullopt};
    }
    if (none_.empty()) {
        const bool same = compare(since_, [](auto ours, auto theirs) { return ours <= theirs; });
        return {same ? Outcome::notModified : Outcome::proceed, validators.tag};
    }
    for (std::string_view list : none_) {
        if (list == "*") return {Outcome::notModified, validators.tag};
        while (const auto tag = takeTag(list))
            if (validators.tag && matchesWeakly(*tag, *validators.tag)) return {Outcome::notModified, tag};
    }
    return {};
}

} // namespace mortise::conditional
