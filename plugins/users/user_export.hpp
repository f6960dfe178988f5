// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record_reader.hpp"

#include <mortise/database.hpp>

#include <cstdint>
#include <string>

namespace users {

/// All users in the order of their ids, a bounded number at a time: users who come and go meanwhile are in it or not,
/// and nobody twice. On a worker or in a command; throws mortise::Busy.
class UserExport {
public:
    UserExport(mortise::Database database, TransferFormat format) : database_(std::move(database)), format_(format) {}

    [[nodiscard]] std::int64_t total() const;
    /// What a file begins with.
    void begin(std::string& out) const;
    /// Appends the next users; how many, 0 at the end.
    std::int64_t next(std::string& out);

private:
    mortise::Database database_;
    TransferFormat format_;
    std::string last_; ///< the id of the last one
};

} // namespace users
