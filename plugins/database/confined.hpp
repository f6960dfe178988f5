// SPDX-License-Identifier: Apache-2.0
#pragma once

struct sqlite3;

namespace mortise::database {

// While it lives, statements that are prepared on the connection may neither begin nor end a transaction, nor attach a
// database, nor use PRAGMA: those would change the connection for whoever has it next.
class Confined {
public:
    explicit Confined(sqlite3* database) noexcept;
    Confined(const Confined&) = delete;
    Confined& operator=(const Confined&) = delete;
    ~Confined();

    // What is asked of an authorizer: an action of SQLite and its first name.
    static bool allows(int action, const char* first) noexcept;

private:
    sqlite3* database_;
};

} // namespace mortise::database
