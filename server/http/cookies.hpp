// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace mortise::http {

struct CookiePair {
    std::string_view name;
    std::string_view value; // without the quotes around it, otherwise as it was sent
};

// The pairs of a Cookie field (RFC 6265 section 4.2.1), as tolerant as browsers make it necessary: blanks around names
// and values do not count, and what is no pair or has no name is passed over. Of one name the first stays: browsers
// send the one with the longest path first (section 5.4). Adds to `pairs` until it has `most`. Views into `field`.
void readCookies(std::string_view field, std::vector<CookiePair>& pairs, std::size_t most);

} // namespace mortise::http
