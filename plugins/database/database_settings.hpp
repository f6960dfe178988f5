// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace mortise::database {

// Defaults and ranges; README.md explains.
struct Settings {
    std::string url = "sqlite:///mortise.db";
    std::string synchronous = "full";
    bool readsOnLoop = true;
    std::chrono::milliseconds busyTimeout{5000};
    std::chrono::milliseconds writeWait{5000};
    std::chrono::milliseconds readWait{5000};
    std::chrono::milliseconds loopBusyLimit{2};
    std::chrono::milliseconds loopReadLimit{50};
    std::chrono::milliseconds statementTimeout{30000};
    std::chrono::milliseconds migrationWait{30000};
    std::uint32_t readers = 8;
    std::uint32_t statements = 1024;
    std::uint32_t groupCommit = 32;
    std::uint32_t walAutocheckpoint = 1000;
    Bytes cacheSize{8u << 20};
};

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

MORTISE_SETTINGS(
    Settings,
    field(url)
        .minLength(1)
        .environment("DATABASE_URL")
        .text("Where the database is: sqlite:///name in the state folder, sqlite:////absolute/name; "
              "characters may be percent-encoded."),
    field(synchronous)
        .choices("full", "normal")
        .text("full: an acknowledged write survives a power failure; normal: it survives the end of the process only."),
    field(readsOnLoop).text("Handlers that only read run on the event loops."),
    field(busyTimeout).min(0ms).max(1min).text("How long to wait for a lock that another process holds."),
    field(writeWait).min(10ms).max(1min).text(
        "How long a transaction waits for its turn; past it the database is not ready."),
    field(readWait).min(10ms).max(1min).text("How long a read off the loops waits for a free reader."),
    field(loopBusyLimit)
        .min(0ms)
        .max(100ms)
        .text("How long a read on an event loop waits for a lock before it goes to a worker."),
    field(loopReadLimit)
        .min(1ms)
        .max(1s)
        .text("How long a read on an event loop may take before it is stopped and goes to a worker."),
    field(statementTimeout)
        .min(10ms)
        .max(1h)
        .text("How long one statement may take anywhere else before it is stopped."),
    field(migrationWait)
        .min(10ms)
        .max(1h)
        .text("How long a migration waits for the lock that other processes respect."),
    field(readers).min(1).max(256).text("Connections for reads off the event loops, opened when they are needed."),
    field(statements).min(16).max(65536).text("How many different statements plugins may register."),
    field(groupCommit).min(1).max(1024).text("How many waiting transactions one sync of the disk may acknowledge."),
    field(walAutocheckpoint)
        .min(10)
        .max(1000000)
        .unit("pages")
        .text("Size of the write-ahead log from which on it is carried over into the database."),
    field(cacheSize).min(64_KiB).max(4_GiB).text("Page cache of one connection, at most."))

} // namespace mortise::database
