// SPDX-License-Identifier: Apache-2.0
#include "confined.hpp"

#include <sqlite3.h>

#include <string_view>

namespace mortise::database {

namespace {

int authorize(void*, int action, const char* first, const char*, const char*, const char*) {
    return Confined::allows(action, first) ? SQLITE_OK : SQLITE_DENY;
}

} // namespace

bool Confined::allows(int action, const char* first) noexcept {
    switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return false;
    case SQLITE_PRAGMA:
        // These only read. ALTER TABLE ADD COLUMN asks by the first whether the rows that are there pass a CHECK, and
        // full-text search by the second whether somebody else wrote.
        return first != nullptr &&
               (std::string_view(first) == "quick_check" || std::string_view(first) == "data_version");
    default:
        return true;
    }
}

Confined::Confined(sqlite3* database) noexcept : database_(database) {
    sqlite3_set_authorizer(database_, &authorize, nullptr);
}

Confined::~Confined() {
    sqlite3_set_authorizer(database_, nullptr, nullptr);
}

} // namespace mortise::database
