// SPDX-License-Identifier: Apache-2.0
#include "jws.hpp"

#include "ascii_case.hpp"
#include "base64url.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace auth {
namespace {

constexpr std::size_t signatureSize = encodedSize(std::tuple_size_v<Mac>);

std::string_view bytesOf(const Mac& mac) noexcept {
    return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

} // namespace

Jws::Jws(std::string_view type, std::vector<std::string> otherTypes, bool typeOptional, MacFunction mac,
         EqualFunction equal, HeaderParser header)
    : types_(std::move(otherTypes)),
      typeOptional_(typeOptional),
      mac_(std::move(mac)),
      equal_(std::move(equal)),
      header_(std::move(header)) {
    types_.emplace_back(type);
    std::string text = R"({"alg":"HS256","typ":")";
    text.append(type).append(R"("})");
    appendBase64Url(usual_, text);
}

std::string Jws::sign(std::string_view payload) const {
    std::string token;
    token.reserve(usual_.size() + 1 + encodedSize(payload.size()) + 1 + signatureSize);
    token.append(usual_).push_back('.');
    appendBase64Url(token, payload);
    Mac mac;
    mac_(token, mac);
    token.push_back('.');
    appendBase64Url(token, bytesOf(mac));
    return token;
}

std::optional<std::string_view> Jws::verify(std::string_view token, Buffer& buffer) const {
    if (token.size() > maxSize) return std::nullopt;
    const std::size_t first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    // The size of a signature is fixed, and a fourth part cannot hide in it: '.' is no base64url character.
    if (token.size() - second - 1 != signatureSize) return std::nullopt;
    const std::string_view header = token.substr(0, first);
    if (header != usual_ && !headerFits(header, buffer)) return std::nullopt;

    Mac mac;
    mac_(token.substr(0, second), mac);
    std::array<char, signatureSize> expected; // comparing the encoded form leaves a signature one spelling
    encodeBase64Url(bytesOf(mac), expected.data());
    if (!equal_({expected.data(), expected.size()}, token.substr(second + 1))) return std::nullopt;

    const std::optional<std::size_t> size = decodeBase64Url(token.substr(first + 1, second - first - 1), buffer.data());
    if (!size) return std::nullopt;
    return std::string_view(buffer.data(), *size);
}

bool Jws::headerFits(std::string_view encoded, Buffer& buffer) const {
    const std::optional<std::size_t> size = decodeBase64Url(encoded, buffer.data());
    if (!size) return false;
    const std::optional<JoseHeader> header = header_(std::string_view(buffer.data(), *size));
    if (!header || header->algorithm != "HS256" || header->critical) return false;
    if (!header->type) return typeOptional_;
    return std::any_of(types_.begin(), types_.end(),
                       [&](const std::string& type) { return equalIgnoringCase(type, *header->type); });
}

} // namespace auth
