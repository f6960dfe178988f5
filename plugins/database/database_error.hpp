// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace mortise::database {

// What the database could not do; the text is for the log, never for a client.
class DatabaseError : public std::runtime_error {
public:
    enum class Kind {
        failed,
        invalid,  // the caller breaks the contract
        busy,     // a bounded wait passed; trying again may help
        conflict, // a unique constraint
        stale,    // the request that a transaction belongs to has ended: it was rolled back
    };

    DatabaseError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

} // namespace mortise::database
