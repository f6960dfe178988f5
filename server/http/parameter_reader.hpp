// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::http {

// The parameters behind a media type or a disposition, one by one: `; name=token; name="quoted"` (RFC 9110 section
// 5.6.6), with blanks around `;` only.
class ParameterReader {
public:
    // `parameters` is what follows the type: empty, or blanks and a `;`.
    explicit ParameterReader(std::string_view parameters) noexcept : rest_(parameters) {}

    // False at the end, and where it is malformed.
    bool next();
    bool isMalformed() const noexcept { return malformed_; }
    std::string_view name() const noexcept { return name_; } // as sent: compared without case
    const std::string& value() const noexcept { return value_; }

private:
    bool readQuoted();

    std::string_view rest_;
    std::string_view name_;
    std::string value_;
    bool malformed_ = false;
};

} // namespace mortise::http
