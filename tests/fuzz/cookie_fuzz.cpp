// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: Cookie fields, one a line. The server's reader and the one that plugins have agree.
#include "fuzz_input.hpp"

#include "http/cookies.hpp"

#include <mortise/cookie.hpp>
#include <mortise/detail/find_cookie.hpp>

#include <algorithm>
#include <optional>
#include <vector>

using mortise::http::CookiePair;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most = 20;
    std::string_view text = fuzz::textOf(data, size);
    std::vector<CookiePair> pairs;
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        mortise::http::readCookies(lines.back(), pairs, most);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    fuzz::expect(pairs.size() <= most, "more cookies than asked for");
    for (const CookiePair& pair : pairs) {
        fuzz::expect(!pair.name.empty() && pair.name.find_first_of("=;") == std::string_view::npos, "no name");
        fuzz::expect(pair.value.find(';') == std::string_view::npos, "no value");
        const auto isSame = [&](const CookiePair& other) { return other.name == pair.name; };
        fuzz::expect(std::count_if(pairs.begin(), pairs.end(), isSame) == 1, "a name came twice");
        std::optional<std::string_view> found;
        for (const std::string_view line : lines)
            if (!found) found = mortise::detail::findCookie(line, pair.name);
        fuzz::expect(found == pair.value, "plugins see another value");
        fuzz::seededBug(pair.name == "b" && pair.value == "2");
    }
    return 0;
}
