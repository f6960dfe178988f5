// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

using Mac = std::array<unsigned char, 32>;

/// Writes HMAC-SHA256 of `data` under one kept key. Called concurrently.
using MacFunction = std::function<void(std::string_view data, Mac& mac)>;

/// Whether two texts are equal, in a time that depends on their sizes only. Called concurrently.
using EqualFunction = std::function<bool(std::string_view left, std::string_view right)>;

/// What matters of a JOSE header (RFC 7515 section 4).
struct JoseHeader {
    std::string algorithm;
    std::optional<std::string> type;
    bool critical = false; ///< a `crit` member is present
};

/// The header in a JSON text, or nothing when the text is no object of that shape. Called concurrently.
using HeaderParser = std::function<std::optional<JoseHeader>(std::string_view json)>;

/// Signed tokens of one type under one key: JWS compact serialisation (RFC 7515 section 7.1) with HS256 and nothing
/// else. Immutable; safe for concurrent use.
class Jws {
public:
    /// Longest token taken, in bytes.
    static constexpr std::size_t maxSize = 8192;

    /// Where `verify` leaves the payload.
    using Buffer = std::array<char, maxSize>;

    /// `type` is what `sign` writes as `typ`; `verify` also takes `otherTypes`, and a header without `typ` when
    /// `typeOptional`. Types are media types without "application/" and compare without case (RFC 7515 section 4.1.9).
    Jws(std::string_view type, std::vector<std::string> otherTypes, bool typeOptional, MacFunction mac,
        EqualFunction equal, HeaderParser header);

    [[nodiscard]] std::string sign(std::string_view payload) const;

    /// The payload, inside `buffer`, when `token` is well-formed, of the right type and rightly signed.
    [[nodiscard]] std::optional<std::string_view> verify(std::string_view token, Buffer& buffer) const;

private:
    [[nodiscard]] bool headerFits(std::string_view encoded, Buffer& buffer) const;

    std::vector<std::string> types_;
    bool typeOptional_;
    MacFunction mac_;
    EqualFunction equal_;
    HeaderParser header_;
    std::string usual_; ///< the encoded header that `sign` writes
};

} // namespace auth
