// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::database {

// A statement as a plugin declares it; borrowed.
struct StatementText {
    struct Counts {
        std::size_t parameters = 0;
        std::size_t columns = 0;
    };

    std::string_view name; // for logs and counters
    std::string_view sql;
    std::optional<Counts> counts; // that it must have
    bool forUpdate = false;       // its rows are locked until the transaction ends, where the database can
    std::string_view owner = {};  // the plugin that declares it, where that is known
};

// What is wrong with one of a list.
struct SchemaFault {
    std::size_t index;
    std::string message;
};

} // namespace mortise::database
