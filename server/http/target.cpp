// SPDX-License-Identifier: Apache-2.0
#include "http/target.hpp"

#include "base/ip_address.hpp"
#include "http/character_class.hpp"
#include "http/field_block.hpp"

namespace mortise::http {

namespace {

// Escapes are "%" and two hexadecimal digits.
bool isEscaped(std::string_view text, std::size_t at) noexcept {
    return at + 2 < text.size() && hexDigit(text[at + 1]) >= 0 && hexDigit(text[at + 2]) >= 0;
}

const Fault* checkPath(std::string_view path) noexcept {
    // A segment is a dot segment when it is one or two dots and nothing else, "%2e" counting as a dot.
    unsigned dots = 0;
    bool only_dots = true;
    for (std::size_t at = 0; at < path.size(); ++at) {
        char c = path[at];
        if (c == '%') {
            if (!isEscaped(path, at)) return &fault::badTarget;
            c = static_cast<char>(hexDigit(path[at + 1]) << 4 | hexDigit(path[at + 2]));
            if (c == '\0') return &fault::badTarget;
            if (c == '/') c = 'x'; // an escaped slash splits no segment
            at += 2;
        } else if (!isClass(c, character_class::target)) {
            return &fault::badTarget;
        }
        if (c == '/') {
            if (only_dots && (dots == 1 || dots == 2)) return &fault::dotSegment;
            dots = 0;
            only_dots = true;
        } else if (c == '.') {
            ++dots;
        } else {
            only_dots = false;
        }
    }
    return only_dots && (dots == 1 || dots == 2) ? &fault::dotSegment : nullptr;
}

const Fault* checkQuery(std::string_view query) noexcept {
    for (std::size_t at = 0; at < query.size(); ++at) {
        if (query[at] == '%' ? !isEscaped(query, at) : !isClass(query[at], character_class::target)) {
            return &fault::badTarget;
        }
    }
    return nullptr;
}

} // namespace

bool isHost(std::string_view text) noexcept {
    std::size_t end = 0;
    if (!text.empty() && text[0] == '[') {
        end = text.find(']');
        if (end == text.npos) return false;
        const std::string_view address = text.substr(1, end - 1);
        if (address.find(':') == address.npos || !base::IpAddress::parse(address)) return false;
        ++end;
    } else {
        while (end < text.size() && text[end] != ':') {
            if (!isClass(text[end], character_class::host)) return false;
            if (text[end] == '%' && !isEscaped(text, end)) return false;
            ++end;
        }
        if (end == 0) return false;
    }
    if (end == text.size()) return true;
    const std::string_view port = text.substr(end);
    if (port[0] != ':' || port.size() > 6) return false;
    unsigned value = 0;
    for (const char c : port.substr(1)) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= 65535;
}

const Fault* readTarget(RequestHead& head, const char* message) noexcept {
    const std::string_view target = head.target.in(message);
    if (target.empty()) return &fault::badTarget;
    if (target == "*") {
        if (head.method != Method::options) return &fault::badTarget;
        head.path = head.target;
        return nullptr;
    }
    std::size_t path_begin = 0;
    if (target[0] != '/') {
        const std::size_t colon = target.find("://");
        if (colon == target.npos) return &fault::badTarget; // authority-form is for CONNECT, which is not served
        const std::string_view scheme = target.substr(0, colon);
        if (!equalsIgnoreCase(scheme, "http") && !equalsIgnoreCase(scheme, "https")) return &fault::badTarget;
        path_begin = std::min(target.find_first_of("/?", colon + 3), target.size());
        head.host.offset = static_cast<std::uint32_t>(head.target.offset + colon + 3);
        head.host.size = static_cast<std::uint32_t>(path_begin - colon - 3);
        if (!isHost(head.host.in(message))) return &fault::badHost;
    }
    const std::size_t mark = target.find('?', path_begin);
    const std::size_t path_end = std::min(mark, target.size());
    head.path.offset = static_cast<std::uint32_t>(head.target.offset + path_begin);
    head.path.size = static_cast<std::uint32_t>(path_end - path_begin);
    if (const Fault* const fault = checkPath(head.path.in(message)); fault != nullptr) return fault;
    if (mark == target.npos) return nullptr;
    head.query.offset = static_cast<std::uint32_t>(head.target.offset + mark + 1);
    head.query.size = static_cast<std::uint32_t>(target.size() - mark - 1);
    return checkQuery(head.query.in(message));
}

} // namespace mortise::http
