// SPDX-License-Identifier: Apache-2.0
#include "http/http1/request_line.hpp"

#include "http/character_class.hpp"

#include <llhttp.h>

namespace mortise::http::http1 {

bool methodOf(unsigned llhttp_method, Method& method) noexcept {
    switch (llhttp_method) {
    case HTTP_GET:
        method = Method::get;
        return true;
    case HTTP_HEAD:
        method = Method::head;
        return true;
    case HTTP_POST:
        method = Method::post;
        return true;
    case HTTP_PUT:
        method = Method::put;
        return true;
    case HTTP_DELETE:
        method = Method::delete_;
        return true;
    case HTTP_OPTIONS:
        method = Method::options;
        return true;
    case HTTP_PATCH:
        method = Method::patch;
        return true;
    case HTTP_TRACE:
        method = Method::trace;
        return true;
    case HTTP_CONNECT:
        return false;
    default:
        method = Method::other;
        return llhttp_method < HTTP_SOURCE;
    }
}

bool looksLikeVersion(std::string_view text) noexcept {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() >= 9 && text.substr(0, 6) == " HTTP/" && digit(text[6]) && text[7] == '.' && digit(text[8]);
}

bool endsWithVersion(std::string_view line) noexcept {
    if (line.size() < version_size) return false;
    const std::string_view end = line.substr(line.size() - version_size);
    return looksLikeVersion(end) && end.substr(version_size - 2) == "\r\n";
}

LineForm lineFormOf(std::string_view line) noexcept {
    constexpr std::string_view version = " HTTP/0.0\r\n";
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto visible = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; };
    std::size_t at = 0;
    while (at < line.size() && isTokenCharacter(line[at])) ++at;
    if (at == line.size()) return LineForm::incomplete;
    if (at == 0 || line[at] != ' ') return LineForm::malformed;
    const std::size_t target = ++at;
    while (at < line.size() && visible(line[at])) ++at;
    if (at == line.size()) return LineForm::incomplete;
    if (at == target) return LineForm::malformed;
    for (const char expected : version) {
        if (at == line.size()) return LineForm::incomplete;
        const char c = line[at++];
        if (expected == '0' ? !digit(c) : c != expected) return LineForm::malformed;
    }
    return LineForm::wellFormed;
}

} // namespace mortise::http::http1
