// SPDX-License-Identifier: Apache-2.0
#include "mariadb_setup.hpp"

#include "mariadb_session.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

namespace mortise::database {

namespace {

constexpr int leastMajor = 10;
constexpr int leastMinor = 6;

// https://mariadb.com/kb/en/sql-mode/. The last five make the same text mean the same as on SQLite: "a" is a name, ||
// joins texts, a backslash is a character, and an UPDATE assigns from the row as it was.
constexpr std::array sqlModes{std::string_view("STRICT_TRANS_TABLES"),
                              std::string_view("STRICT_ALL_TABLES"),
                              std::string_view("NO_ZERO_IN_DATE"),
                              std::string_view("NO_ZERO_DATE"),
                              std::string_view("NO_ENGINE_SUBSTITUTION"),
                              std::string_view("ERROR_FOR_DIVISION_BY_ZERO"),
                              std::string_view("ANSI_QUOTES"),
                              std::string_view("PIPES_AS_CONCAT"),
                              std::string_view("NO_BACKSLASH_ESCAPES"),
                              std::string_view("SIMULTANEOUS_ASSIGNMENT")};

[[noreturn]] void refuseServer(const MariadbServer& server, const std::string& reason) {
    throw ConnectError(DatabaseError::Kind::lost, "database " + server.place() + " is not used: " + reason, false);
}

bool containsWord(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), [](unsigned char a, unsigned char b) {
               return std::tolower(a) == std::tolower(b);
           }) != text.end();
}

// "10.11.6-MariaDB-0+deb12u1", also with the "5.5.5-" that old clients need in front of it.
void requireVersion(const std::string& version, const MariadbServer& server) {
    if (!containsWord(version, "mariadb"))
        refuseServer(server, "it calls itself '" + version + "'; only MariaDB is supported, MySQL is not");
    constexpr std::string_view prefix = "5.5.5-";
    const std::string number = version.compare(0, prefix.size(), prefix) == 0 ? version.substr(prefix.size()) : version;
    char* end = nullptr;
    const long major = std::strtol(number.c_str(), &end, 10);
    const long minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
    if (major < leastMajor || (major == leastMajor && minor < leastMinor))
        refuseServer(server, "it is MariaDB " + number + "; 10.6 or later is needed");
}

std::string joinedModes() {
    std::string all;
    for (const std::string_view mode : sqlModes) all.append(all.empty() ? "" : ",").append(mode);
    return all;
}

std::string wholeSeconds(std::chrono::milliseconds time) {
    return std::to_string(std::max<std::int64_t>(1, (time.count() + 999) / 1000));
}

class Variables final : public RowVisitor {
public:
    bool row(std::span<const SqlValue> columns) override {
        if (columns.size() == 2) values_[std::string(columns[0].text)] = columns[1].text;
        return true;
    }
    std::string at(const char* name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string() : found->second;
    }

private:
    std::map<std::string, std::string> values_;
};

void requireEqual(const Variables& variables, const char* name, const char* expected, const MariadbServer& server) {
    if (const std::string value = variables.at(name); value != expected)
        refuseServer(server, std::string(name) + " is '" + value + "' after it was set to '" + expected + "'");
}

void requireModes(const std::string& set, const MariadbServer& server) {
    const std::string list = "," + set + ",";
    for (const std::string_view mode : sqlModes)
        if (list.find("," + std::string(mode) + ",") == std::string::npos)
            refuseServer(server, "sql_mode lacks " + std::string(mode) + " after it was set");
}

} // namespace

std::string setUpMariadb(DriverSession& session, const MariadbOptions& options, std::chrono::milliseconds time) {
    const MariadbServer& server = options.server;
    requireVersion(session.version(), server);
    session.run("SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin", time);
    // The driver stops waiting at the limit of a statement; the server stops working a little later.
    session.run("SET SESSION sql_mode = '" + joinedModes() + "', time_zone = '+00:00', autocommit = 1, " +
                    "innodb_lock_wait_timeout = " + wholeSeconds(options.lockWait) +
                    ", lock_wait_timeout = " + wholeSeconds(options.lockWait) +
                    ", max_statement_time = " + wholeSeconds(options.statementTimeout + std::chrono::seconds(1)) +
                    (options.causalReads ? ", wsrep_sync_wait = 1" : ""),
                time);
    session.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE", time);
    Variables variables;
    session.run("SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_mode', 'time_zone', 'autocommit', 'tx_isolation', "
                "'character_set_client', 'character_set_connection', 'character_set_results', 'collation_connection', "
                "'transaction_isolation', 'innodb_flush_log_at_trx_commit')",
                time, &variables);
    requireModes(variables.at("sql_mode"), server);
    requireEqual(variables, "time_zone", "+00:00", server);
    requireEqual(variables, "autocommit", "ON", server);
    requireEqual(variables, "character_set_client", "utf8mb4", server);
    requireEqual(variables, "character_set_connection", "utf8mb4", server);
    requireEqual(variables, "character_set_results", "utf8mb4", server);
    requireEqual(variables, "collation_connection", "utf8mb4_nopad_bin", server);
    // Called so up to 11.0; later ones have both.
    requireEqual(variables, variables.at("tx_isolation").empty() ? "transaction_isolation" : "tx_isolation",
                 "READ-COMMITTED", server);
    if (const std::string flush = variables.at("innodb_flush_log_at_trx_commit"); flush != "1")
        return "innodb_flush_log_at_trx_commit of database " + server.place() + " is " + flush +
               ": what was acknowledged is lost with a failure of its machine; set it to 1";
    return {};
}

} // namespace mortise::database
