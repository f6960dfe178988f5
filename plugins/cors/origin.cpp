// SPDX-License-Identifier: Apache-2.0
#include "origin.hpp"

#include <algorithm>
#include <cstddef>

namespace mortise::cors {
namespace {

bool isSchemeCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

bool isHostCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~[]:%").find(c) != std::string_view::npos;
}

} // namespace

std::string originFault(std::string_view text) {
    if (text == "*" || text == "null") return {};
    const std::string quoted = "'" + std::string(text) + "'";
    const std::size_t slashes = text.find("://");
    const std::string_view scheme = text.substr(0, slashes);
    if (slashes == text.npos || scheme.empty())
        return quoted + " is no origin; write it as https://host or https://host:port";
    const std::string_view host = text.substr(slashes + 3);
    if (host.find('/') != host.npos) return quoted + " has a path, which an origin has not; write it without the slash";
    if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return quoted + " has capital letters, which browsers never send; write it in lower case";
    if (host.empty() || !std::all_of(scheme.begin(), scheme.end(), isSchemeCharacter) ||
        !std::all_of(host.begin(), host.end(), isHostCharacter))
        return quoted + " is no origin; write it as https://host or https://host:port";
    const bool defaultPort = (scheme == "http" && host.size() > 3 && host.substr(host.size() - 3) == ":80") ||
                             (scheme == "https" && host.size() > 4 && host.substr(host.size() - 4) == ":443");
    return defaultPort ? quoted + " names the port that browsers leave out; write it without the port" : std::string();
}

} // namespace mortise::cors
