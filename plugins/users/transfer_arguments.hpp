// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record_reader.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// The arguments of `import` and `export`: one file, and options in any order.
struct TransferArguments {
    std::string_view file;
    TransferFormat format = TransferFormat::ndjson; ///< by the file's extension, where --format does not say it
    std::string rejects;                            ///< --rejects, else the file's name and .rejects
    bool strict = false, skipDuplicates = false, restart = false, force = false;

    /// Takes those options only. Nothing; else what is wrong.
    std::optional<std::string> read(const std::vector<std::string_view>& arguments,
                                    std::initializer_list<std::string_view> known);
};

} // namespace users
