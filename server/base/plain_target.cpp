// SPDX-License-Identifier: Apache-2.0
#include "base/plain_target.hpp"

#include "base/sensitive_names.hpp"

#include <array>
#include <cstddef>

namespace mortise::base {
namespace {

// Characters that neither begin nor end anything in a target: what names and values are commonly made of.
constexpr std::array<bool, 256> makePlain() {
    std::array<bool, 256> plain{};
    for (int c = 0; c < 256; ++c)
        plain[static_cast<std::size_t>(c)] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                             (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
    return plain;
}
constexpr std::array<bool, 256> plainCharacters = makePlain();

std::size_t skipPlain(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && plainCharacters[static_cast<unsigned char>(text[at])]) ++at;
    return at;
}

// Whether the query is names and values of plain characters alone, values perhaps lists with commas, and no name is
// sensitive: as it is nearly always. What stands behind a comma may be a name, too.
bool isHarmlessQuery(std::string_view query) noexcept {
    for (std::size_t at = 0; at < query.size(); ++at) {
        const std::size_t begin = at;
        at = skipPlain(query, at);
        if (at < query.size() && query[at] == '=') {
            if (isSensitiveName(query.substr(begin, at - begin))) return false;
            at = skipPlain(query, at + 1);
        }
        if (at < query.size() && query[at] != '&' && query[at] != ',') return false;
    }
    return true;
}

} // namespace

bool isHarmlessTarget(std::string_view target) noexcept {
    std::size_t at = 0;
    while (at < target.size() && target[at] == '/') at = skipPlain(target, at + 1);
    return at == target.size() || (target[at] == '?' && isHarmlessQuery(target.substr(at + 1)));
}

} // namespace mortise::base
