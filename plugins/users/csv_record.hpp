// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// A field of a CSV record, without its quotes.
struct CsvField {
    std::string text;
    bool isQuoted = false;

    /// An empty field without quotes is no value; "" is an empty text.
    [[nodiscard]] bool isAbsent() const noexcept { return text.empty() && !isQuoted; }
};

/// The fields of one record (RFC 4180). Nothing; else why it is none.
std::optional<std::string> readCsvRecord(std::string_view record, std::vector<CsvField>& fields);

/// Appends a field, in quotes where they are needed, also those of an empty text.
void writeCsvField(std::string& out, std::string_view text);

} // namespace users
