// SPDX-License-Identifier: Apache-2.0
#include "named_route.hpp"

#include <algorithm>

namespace mortise::idempotency {

std::optional<NamedRoute> NamedRoute::parse(std::string_view text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view method = text.substr(0, end);
    const std::size_t begin = std::min(text.find_first_not_of(' ', end), text.size());
    const std::string_view pattern = text.substr(begin);
    if (method != "POST" && method != "PATCH") return std::nullopt;
    if (pattern.empty() || pattern.front() != '/' || pattern.find(' ') != std::string_view::npos) return std::nullopt;
    return NamedRoute{std::string(method), std::string(pattern)};
}

} // namespace mortise::idempotency
