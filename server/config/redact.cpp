// SPDX-License-Identifier: Apache-2.0
#include "config/redact.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace mortise::config {

namespace {

constexpr std::string_view schemeCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
// A list may hold several URLs; none of these can be in one.
constexpr std::string_view urlEnds = " \t\r\n\"<>";

bool speaksOfASecret(std::string_view name) {
    constexpr std::array<std::string_view, 9> words{"pass", "pwd",  "secret",     "token", "key",
                                                    "sig",  "auth", "credential", "jwt"};
    const std::string lower = base::lowerAscii(name);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::string redactQuery(std::string_view query) {
    std::string out;
    for (;;) {
        const std::size_t end = std::min(query.find_first_of("&;#"), query.size());
        const std::string_view pair = query.substr(0, end);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && speaksOfASecret(pair.substr(0, equals))) {
            out += std::string(pair.substr(0, equals + 1)) + std::string(redacted);
        } else {
            out += pair;
        }
        if (end == query.size()) return out;
        out += query[end];
        query.remove_prefix(end + 1);
    }
}

// `url` begins behind "://". Fails closed: a password may hold an unescaped '/', '?' or '@', so everything from the
// first colon to the last '@' is taken for one, at the price of hiding a path with an '@' behind a port.
std::string redactRest(std::string_view url) {
    std::string out;
    const std::size_t colon = url.find(':');
    const std::size_t at = url.rfind('@');
    if (at != std::string_view::npos && colon < at) {
        out = std::string(url.substr(0, colon + 1)) + std::string(redacted);
        url.remove_prefix(at);
    }
    const std::size_t question = url.find('?');
    if (question == std::string_view::npos) return out + std::string(url);
    return out + std::string(url.substr(0, question + 1)) + redactQuery(url.substr(question + 1));
}

} // namespace

std::string redactUrls(std::string_view text) {
    std::string out;
    for (;;) {
        const std::size_t mark = text.find("://");
        const bool hasScheme = mark != std::string_view::npos && mark != 0 &&
                               schemeCharacters.find(text[mark - 1]) != std::string_view::npos;
        if (mark == std::string_view::npos) return out + std::string(text);
        const std::size_t begin = mark + 3;
        out += text.substr(0, begin);
        text.remove_prefix(begin);
        if (!hasScheme) continue;
        // A comma ends a URL only where the next item of a list begins with a scheme of its own.
        std::size_t end = std::min(text.find_first_of(urlEnds), text.size());
        const std::size_t next = text.find("://");
        if (next < end) {
            const std::size_t comma = text.rfind(',', next);
            if (comma != std::string_view::npos) end = comma;
        }
        out += redactRest(text.substr(0, end));
        text.remove_prefix(end);
    }
}

} // namespace mortise::config
