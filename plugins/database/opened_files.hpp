// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"

#include <sys/types.h>

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <string>

struct sqlite3;

namespace mortise::database {

// The files that the connections to a database have open: itself, its log, and the log's index. Who moves or deletes
// one takes it from whoever opens the database next, while those that have it open notice nothing: what they
// acknowledge then is lost. Thread-safe.
class OpenedFiles {
public:
    // Of the connection `database` to the file that is configured as `path`; it stays open. `report` is
    // called, once, when one is not in its place any more.
    OpenedFiles(sqlite3* database, const std::string& path, std::function<void(const std::string&)> report);

    // Why nothing may be stored: one of them is not in its place. It may be put back.
    std::optional<DatabaseError> missing() const;
    // Throws it.
    void require() const;

private:
    struct Place {
        std::string path;
        dev_t device = 0;
        ino_t number = 0;
    };

    std::array<Place, 3> places_;
    std::function<void(const std::string&)> report_;
    mutable std::atomic<bool> reported_{false};
};

} // namespace mortise::database
