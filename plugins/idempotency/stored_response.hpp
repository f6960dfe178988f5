// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::idempotency {

/// What a handler replied, as it lies in the database.
struct StoredResponse {
    struct Detail {
        std::string in, path, code, message;
    };

    bool isError = false; // in the one shape of errors, which the host writes anew; `body` is its message
    bool isJson = false;  // Content-Type by the host
    bool noStore = false;
    std::uint32_t status = 0;
    std::string contentType;
    std::string body;
    std::string errorCode;
    std::vector<std::pair<std::string, std::string>> fields;
    std::vector<Detail> details;

    std::string encode() const;
    /// Nothing: that is no such text, or one of a later version.
    static std::optional<StoredResponse> decode(std::string_view bytes);
};

} // namespace mortise::idempotency
