// SPDX-License-Identifier: Apache-2.0
#include "confined.hpp"

#include <sqlite3.h>

namespace mortise::database {

namespace {

int authorize(void*, int action, const char*, const char*, const char*, const char*) {
    switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_PRAGMA:
        return SQLITE_DENY;
    default:
        return SQLITE_OK;
    }
}

} // namespace

Confined::Confined(sqlite3* database) noexcept : database_(database) {
    sqlite3_set_authorizer(database_, &authorize, nullptr);
}

Confined::~Confined() {
    sqlite3_set_authorizer(database_, nullptr, nullptr);
}

} // namespace mortise::database
