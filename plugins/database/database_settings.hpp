// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mariadb_options.hpp"
#include "sqlite_options.hpp"

#include <mortise/settings.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace mortise::database {

// Defaults and ranges; README.md explains.
struct Settings {
    std::string_view url = "sqlite:///mortise.db";
    std::string_view synchronous = "full";
    bool readsOnLoop = true;
    std::chrono::milliseconds busyTimeout{5000};
    std::chrono::milliseconds writeWait{5000};
    std::chrono::milliseconds readWait{5000};
    std::chrono::milliseconds loopBusyLimit{2};
    std::chrono::milliseconds loopReadLimit{50};
    std::chrono::milliseconds statementTimeout{30000};
    std::chrono::milliseconds migrationWait{30000};
    std::chrono::milliseconds slowStatement{100};
    std::string_view queryLog = "auto";
    std::uint32_t readers = 8;
    std::uint32_t statements = 1024;
    std::uint32_t preparedStatements = 256;
    bool causalReads = false;
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
        .text("Where the database is: sqlite:///name in the state folder, sqlite:////absolute/name, "
              "mariadb://user:password@host:3306/name; characters may be percent-encoded."),
    field(synchronous)
        .choices("full", "normal")
        .text("full: an acknowledged write survives a power failure; normal: it survives the end of the process only."),
    field(readsOnLoop).text("Handlers that only read run on the event loops."),
    field(busyTimeout).min(0ms).max(1min).text("How long to wait for a lock that another process holds."),
    field(writeWait).min(10ms).max(1min).text(
        "How long a transaction waits for its turn, or for rows that another one holds."),
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
    field(slowStatement).min(0ms).max(1h).text("From how long on a statement is logged as slow; 0ms: never."),
    field(queryLog)
        .choices("auto", "off", "debug", "info")
        .text("The level at which each statement is logged, without its values; auto: info in development mode, else "
              "debug."),
    field(readers).min(1).max(256).text("Connections for reads off the event loops, opened when they are needed."),
    field(statements).min(16).max(65536).text("How many different statements plugins may register."),
    field(preparedStatements)
        .min(16)
        .max(16384)
        .text("MariaDB: statements that one connection keeps prepared, those that were used last."),
    field(causalReads).text("MariaDB with Galera: a read waits for what other nodes acknowledged before it."),
    field(groupCommit).min(1).max(1024).text("How many waiting transactions one sync of the disk may acknowledge."),
    field(walAutocheckpoint)
        .min(10)
        .max(1000000)
        .unit("pages")
        .text("Size of the write-ahead log from which on it is carried over into the database."),
    field(cacheSize).min(64_KiB).max(4_GiB).text("Page cache of one connection, at most."))

// All but the file.
inline SqliteOptions optionsOf(const Settings& settings) {
    SqliteOptions options;
    options.synchronousFull = settings.synchronous == "full";
    options.readsOnLoop = settings.readsOnLoop;
    options.busyTimeout = settings.busyTimeout;
    options.writeWait = settings.writeWait;
    options.readWait = settings.readWait;
    options.loopBusyLimit = settings.loopBusyLimit;
    options.loopReadLimit = settings.loopReadLimit;
    options.statementTimeout = settings.statementTimeout;
    options.migrationWait = settings.migrationWait;
    options.readers = settings.readers;
    options.statements = settings.statements;
    options.groupCommit = settings.groupCommit;
    options.cacheBytes = settings.cacheSize;
    options.walAutocheckpoint = settings.walAutocheckpoint;
    return options;
}

inline MariadbOptions mariadbOptionsOf(const Settings& settings, MariadbServer server) {
    MariadbOptions options;
    options.server = std::move(server);
    options.lockWait = settings.writeWait;
    options.statementTimeout = settings.statementTimeout;
    options.migrationWait = settings.migrationWait;
    options.statements = settings.statements;
    options.preparedStatements = settings.preparedStatements;
    options.causalReads = settings.causalReads;
    return options;
}

} // namespace mortise::database
