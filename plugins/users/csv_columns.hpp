// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "csv_record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// The columns of a CSV file, by its header in any order: id, name, email, passwordHash, role, createdAt, bio, avatar.
class CsvColumns {
public:
    /// As an export writes them.
    static std::string_view header() noexcept { return "id,name,email,passwordHash,role,createdAt,bio,avatar"; }

    /// Nothing; else what is wrong with the header.
    std::optional<std::string> read(const std::vector<CsvField>& header);
    /// The record as a JSON object with the members of an NDJSON line. Nothing; else why there is none.
    std::optional<std::string> write(const std::vector<CsvField>& record, std::string& json) const;

private:
    std::vector<std::string> names_;
};

} // namespace users
