// SPDX-License-Identifier: Apache-2.0
#include "negotiation.hpp"

#include "ascii.hpp"

#include <algorithm>
#include <optional>

namespace mortise::compression {
namespace {

// RFC 9110 section 12.4.2, in thousandths.
std::optional<int> readWeight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    int weight = (text[0] - '0') * 1000;
    if (text.size() == 1) return weight;
    if (text[1] != '.') return std::nullopt;
    int unit = 100;
    for (const char c : text.substr(2)) {
        if (c < '0' || c > '9') return std::nullopt;
        weight += (c - '0') * unit;
        unit /= 10;
    }
    return weight <= 1000 ? std::optional<int>(weight) : std::nullopt;
}

} // namespace

void Accepted::add(std::string_view field) noexcept {
    while (!field.empty()) addMember(takeMember(field));
}

void Accepted::addMember(std::string_view member) noexcept {
    int weight = 1000;
    const std::size_t semicolon = member.find(';');
    if (semicolon != member.npos) {
        const std::string_view parameter = trim(member.substr(semicolon + 1));
        if (parameter.size() < 2 || lower(parameter[0]) != 'q' || parameter[1] != '=') return;
        const std::optional<int> said = readWeight(parameter.substr(2));
        if (!said) return;
        weight = *said;
        member = trim(member.substr(0, semicolon));
    }
    if (member == "*") {
        others_ = weight;
        return;
    }
    if (equals(member, "x-gzip")) member = "gzip"; // RFC 9110 section 8.4.1.3
    for (const Coding coding : {Coding::identity, Coding::gzip, Coding::brotli, Coding::zstd})
        if (equals(member, nameOf(coding))) weights_[static_cast<std::size_t>(coding)] = weight;
}

int Accepted::weightOf(Coding coding) const noexcept {
    const int said = weights_[static_cast<std::size_t>(coding)];
    return said != unsaid ? said : std::max(others_, 0);
}

Coding Accepted::choose(const std::vector<Coding>& preferred) const noexcept {
    Coding best = Coding::identity;
    // Not said, identity is taken, but anything else is liked better.
    int weight = std::max(weights_[static_cast<std::size_t>(Coding::identity)], 0);
    for (const Coding coding : preferred) {
        const int liked = weightOf(coding);
        if (liked > weight || (liked == weight && liked > 0 && best == Coding::identity)) {
            best = coding;
            weight = liked;
        }
    }
    return best;
}

} // namespace mortise::compression
