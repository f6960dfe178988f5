// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace mortise::database {

struct SqliteOptions {
    std::filesystem::path file;
    bool synchronousFull = true;
    bool readsOnLoop = true;
    std::chrono::milliseconds busyTimeout{5000};       // for a lock that another process holds
    std::chrono::milliseconds writeWait{5000};         // for the turn of a writer
    std::chrono::milliseconds readWait{5000};          // for a free reader
    std::chrono::milliseconds loopBusyLimit{2};        // as busyTimeout, on a loop
    std::chrono::milliseconds loopReadLimit{50};       // of one read on a loop
    std::chrono::milliseconds statementTimeout{30000}; // of one statement anywhere else
    std::chrono::milliseconds migrationWait{30000};    // for the lock of migrations
    std::size_t readers = 8;                           // connections for reads off the loops
    std::size_t statements = 1024;                     // that may be registered
    std::size_t groupCommit = 32;                      // transactions made durable by one sync; 1: each by its own
    std::uint64_t cacheBytes = 8u << 20;               // page cache of one connection, at most
    unsigned walAutocheckpoint = 1000;                 // pages
};

} // namespace mortise::database
