// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mortise::database {

// A MariaDB server, as whom to connect, and how; from `mariadb://user:password@host:port/name?…`.
struct MariadbServer {
    enum class Tls { off, required, verifyCa, verifyIdentity };

    std::string host; // empty: by `socket`
    std::uint16_t port = 3306;
    std::string socket; // absolute; empty: none
    std::string user;
    std::string password; // a secret
    std::string database;
    Tls tls = Tls::off;
    std::string caFile; // PEM; empty: those of the system
    std::size_t connectionLimit = 10;
    std::chrono::milliseconds poolTimeout{10000};
    std::chrono::milliseconds connectTimeout{5000};

    // For messages: "name on host:port".
    std::string place() const;
};

// Where the database is, percent-decoded: `sqlite:///relative` or `sqlite:////absolute`, Prisma's `file:./relative`, or
// a server.
struct DatabaseUrl {
    enum class Kind { sqlite, mariadb };

    Kind kind = Kind::sqlite;
    std::filesystem::path file = {}; // normal
    MariadbServer server = {};

    // Throws DatabaseError with a message that holds no secret part of the URL.
    static DatabaseUrl parse(std::string_view url);
};

// The URL with its user and password replaced by "***", also one that has no scheme ("//user:password@host").
std::string redactedUrl(std::string_view url);

} // namespace mortise::database
