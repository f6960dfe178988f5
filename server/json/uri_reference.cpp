// SPDX-License-Identifier: Apache-2.0
#include "json/uri_reference.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace mortise::json {
namespace {

struct Parts {
    std::string_view scheme;    // with the colon
    std::string_view authority; // with both slashes
    std::string_view path;
    std::string_view query; // with the question mark
    std::string_view fragment;
};

bool isSchemePart(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '+' || byte == '-' || byte == '.';
}

Parts split(std::string_view text) noexcept {
    Parts parts;
    const auto take = [&text](std::size_t end) {
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(part.size());
        return part;
    };
    const std::size_t colon = text.find_first_of(":/?#");
    if (colon != std::string_view::npos && colon > 0 && text[colon] == ':' &&
        std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), isSchemePart))
        parts.scheme = take(colon + 1);
    if (text.starts_with("//")) parts.authority = take(std::min(text.find_first_of("/?#", 2), text.size()));
    parts.path = take(std::min(text.find_first_of("?#"), text.size()));
    parts.query = take(std::min(text.find('#'), text.size()));
    parts.fragment = text;
    return parts;
}

// RFC 3986, section 5.2.4.
std::string withoutDots(std::string_view path) {
    std::string out;
    const bool rooted = path.starts_with('/');
    if (rooted) path.remove_prefix(1);
    if (rooted) out = "/";
    const std::size_t floor = out.size();
    while (true) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view step = path.substr(0, end);
        const bool last = end == path.size();
        if (step == "..") {
            if (out.size() > floor) {
                out.pop_back();
                const std::size_t slash = out.rfind('/');
                out.resize(slash == std::string::npos ? floor : std::max(slash + 1, floor));
            }
        } else if (step != ".") {
            out += step;
            if (!last) out += '/';
        }
        if (last) break;
        path.remove_prefix(end + 1);
    }
    return out;
}

} // namespace

std::string resolveUri(std::string_view base, std::string_view reference) {
    const Parts from = split(base);
    const Parts to = split(reference);
    const auto join = [&to](std::string_view scheme, std::string_view authority, std::string_view path,
                            std::string_view query) {
        std::string uri(scheme);
        return uri.append(authority).append(path).append(query).append(to.fragment);
    };
    if (!to.scheme.empty())
        return join(to.scheme, to.authority, to.authority.empty() ? to.path : withoutDots(to.path), to.query);
    if (!to.authority.empty()) return join(from.scheme, to.authority, withoutDots(to.path), to.query);
    if (to.path.empty()) return join(from.scheme, from.authority, from.path, to.query.empty() ? from.query : to.query);
    if (to.path.starts_with('/')) return join(from.scheme, from.authority, withoutDots(to.path), to.query);
    // Beside the base; a base that is only an authority has the root as its folder.
    std::string path;
    if (from.path.empty() && !from.authority.empty())
        path = "/";
    else if (const std::size_t slash = from.path.rfind('/'); slash != std::string_view::npos)
        path = from.path.substr(0, slash + 1);
    path += to.path;
    return join(from.scheme, from.authority, withoutDots(path), to.query);
}

SplitUri splitFragment(std::string_view uri) noexcept {
    const std::size_t mark = uri.find('#');
    if (mark == std::string_view::npos) return {uri, {}};
    return {uri.substr(0, mark), uri.substr(mark + 1)};
}

std::optional<std::string> decodePercent(std::string_view text) {
    std::string decoded;
    for (std::size_t index = 0; index < text.size(); ++index) {
        if (text[index] != '%') {
            decoded += text[index];
            continue;
        }
        unsigned value = 0;
        const char* const first = text.data() + index + 1;
        if (index + 2 >= text.size()) return std::nullopt;
        const auto [end, error] = std::from_chars(first, first + 2, value, 16);
        if (error != std::errc() || end != first + 2) return std::nullopt;
        decoded += static_cast<char>(value);
        index += 2;
    }
    return decoded;
}

} // namespace mortise::json
