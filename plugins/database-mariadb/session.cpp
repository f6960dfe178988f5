// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <fcntl.h>
#include <mysql/errmsg.h>
#include <mysql/mysqld_error.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>
#include <memory>
#include <string>
#include <vector>

namespace mortise::mariadb {

namespace {

// The library waits only where it has timeouts, of seconds; what it waits by is TimedCall.
constexpr unsigned anyTimeout = 1;
// Without TLS to a server that is known, nobody gets the password itself, only what proves it.
constexpr const char* provingPlugins = "mysql_native_password,client_ed25519,parsec";
constexpr const char* linkFailure = "08S01";

// Errors after which a server closes the connection, or the library does not know any more what comes next on it.
bool endsConnection(unsigned code) {
    switch (code) {
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_SERVER_LOST_EXTENDED:
    case CR_COMMANDS_OUT_OF_SYNC:
    case CR_MALFORMED_PACKET:
    case CR_NEW_STMT_METADATA:
    case ER_SERVER_SHUTDOWN:
    case ER_NORMAL_SHUTDOWN:
    case ER_ABORTING_CONNECTION:
    case ER_NEW_ABORTING_CONNECTION:
    case ER_NET_PACKET_TOO_LARGE:
    case ER_NET_READ_ERROR_FROM_PIPE:
    case ER_NET_FCNTL_ERROR:
    case ER_NET_PACKETS_OUT_OF_ORDER:
    case ER_NET_UNCOMPRESS_ERROR:
    case ER_NET_READ_ERROR:
    case ER_NET_READ_INTERRUPTED:
    case ER_NET_ERROR_ON_WRITE:
    case ER_NET_WRITE_INTERRUPTED:
    case ER_CONNECTION_KILLED:
        return true;
    default:
        return false;
    }
}

const char* orNull(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

// The library takes more for a host than one: a list of them.
bool isOneHost(const std::string& host) {
    return host.find_first_of(std::string_view(",;=/\\ \0", 7)) == std::string::npos;
}

struct FreeResult {
    void operator()(MYSQL_RES* result) const noexcept { mysql_free_result(result); }
};

} // namespace

Session::Session(const ServerAddress& server, const Deadline& deadline) {
    if (server.host.empty() == server.socket.empty()) throw InvalidCall("a server has either a host or a socket");
    if (!isOneHost(server.host)) throw InvalidCall("'" + server.host + "' is no host");
    if (!server.socket.empty() && server.tls != Tls::off) throw InvalidCall("a Unix socket has no TLS");
    if (server.port > 65535) throw InvalidCall(std::to_string(server.port) + " is no port");
    setOptions(server);
    connect(server, deadline);
}

void Session::setOptions(const ServerAddress& server) {
    mysql_optionsv(handle_, MARIADB_OPT_IO_WAIT, reinterpret_cast<void*>(&TimedCall::wait));
    handle_.options(MYSQL_OPT_CONNECT_TIMEOUT, anyTimeout);
    handle_.options(MYSQL_OPT_READ_TIMEOUT, anyTimeout);
    handle_.options(MYSQL_OPT_WRITE_TIMEOUT, anyTimeout);
    handle_.options(MYSQL_OPT_PROTOCOL,
                    static_cast<unsigned>(server.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET));
    handle_.options(MYSQL_OPT_RECONNECT, false);
    handle_.options(MYSQL_OPT_LOCAL_INFILE, 0u);
    handle_.options(MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (server.socket.empty() && server.tls != Tls::verifyCa && server.tls != Tls::verifyIdentity)
        handle_.options(MARIADB_OPT_RESTRICTED_AUTH, provingPlugins);
    setTls(server);
}

void Session::setTls(const ServerAddress& server) {
    handle_.options(MYSQL_OPT_SSL_ENFORCE, server.tls != Tls::off);
    handle_.options(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, server.tls == Tls::verifyIdentity);
    // Else the library continues without TLS where the server says that it has none. Having a fingerprint to compare,
    // an empty one, which it then does not compare, is what makes it stop before it sends anything of the user.
    if (server.tls != Tls::off) handle_.options(MARIADB_OPT_TLS_PEER_FP, "");
    if (server.tls != Tls::verifyCa && server.tls != Tls::verifyIdentity) return;
    // The library looks at the chain where it is given something to look it up in.
    if (server.caFile.empty())
        handle_.options(MYSQL_OPT_SSL_CAPATH, X509_get_default_cert_dir());
    else
        handle_.options(MYSQL_OPT_SSL_CA, server.caFile.c_str());
}

void Session::connect(const ServerAddress& server, const Deadline& deadline) {
    SessionCall call(*this, deadline);
    call.need(mysql_real_connect(handle_, orNull(server.host), server.user.c_str(), server.password.c_str(),
                                 orNull(server.database), server.port, orNull(server.socket),
                                 CLIENT_FOUND_ROWS) != nullptr);
    if (server.tls != Tls::off && mysql_get_ssl_cipher(handle_) == nullptr)
        call.failLost(CR_SSL_CONNECTION_ERROR, "the connection is not encrypted");
    version_ = mysql_get_server_info(handle_);
    // With TLS the library reads by a call that waits in the system, unless the socket says that none does.
    const int socket = static_cast<int>(mysql_get_socket(handle_));
    call.need(::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK) == 0);
    call.need(mysql_query(handle_, "SELECT @@max_allowed_packet") == 0);
    receive(call, {[](void* limit, const mortise_sql_value* columns, std::uint32_t, std::uint32_t) {
                       const mortise_view text = columns[0].text;
                       std::from_chars(text.data, text.data + text.size, *static_cast<std::size_t*>(limit));
                       return 0u;
                   },
                   &packetLimit_});
}

bool Session::alive() noexcept {
    if (lost_) return false;
    pollfd entry{};
    entry.fd = static_cast<int>(mysql_get_socket(handle_));
    entry.events = POLLIN;
    // What comes unasked is the server's farewell.
    return entry.fd >= 0 && ::poll(&entry, 1, 0) == 0;
}

std::uint64_t Session::run(std::string_view sql, const Deadline& deadline, RowSink sink) {
    SessionCall call(*this, deadline);
    call.needRoom(sql.size());
    call.need(mysql_real_query(handle_, sql.data(), sql.size()) == 0);
    const std::uint64_t count = receive(call, sink);
    while (mysql_more_results(handle_)) {
        call.need(mysql_next_result(handle_) == 0);
        receive(call, {});
    }
    return count;
}

std::uint64_t Session::receive(SessionCall& call, RowSink sink) {
    if (mysql_field_count(handle_) == 0) return mysql_affected_rows(handle_);
    const std::unique_ptr<MYSQL_RES, FreeResult> result(mysql_use_result(handle_));
    call.need(result != nullptr);
    std::vector<mortise_sql_value> columns(mysql_num_fields(result.get()));
    bool wanted = sink.row != nullptr;
    std::uint64_t count = 0;
    while (const MYSQL_ROW row = mysql_fetch_row(result.get())) {
        ++count;
        call.needTime();
        if (!wanted) continue;
        const unsigned long* const lengths = mysql_fetch_lengths(result.get());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns[i].kind = row[i] == nullptr ? MORTISE_SQL_NULL : MORTISE_SQL_TEXT;
            columns[i].text = {row[i], row[i] == nullptr ? 0 : lengths[i]};
        }
        wanted = sink(columns.data(), static_cast<std::uint32_t>(columns.size()));
    }
    call.need(mysql_errno(handle_) == 0);
    return count;
}

SessionCall::SessionCall(Session& session, const Deadline& deadline)
    : session_(session), deadline_(deadline), timed_(deadline) {
    if (session_.lost_) throw DriverError(CR_SERVER_LOST, linkFailure, "the connection was lost before").asLost();
}

void SessionCall::failTooLarge(std::size_t size) {
    throw DriverError(ER_NET_PACKET_TOO_LARGE, linkFailure,
                      std::to_string(size) + " bytes are more than the server's max_allowed_packet of " +
                          std::to_string(session_.packetLimit_));
}
void SessionCall::fail() {
    if (timed_.late()) failLate();
    const bool ofStatement = statement_ != nullptr && mysql_stmt_errno(statement_) != 0;
    DriverError error(ofStatement ? mysql_stmt_errno(statement_) : mysql_errno(handle()),
                      ofStatement ? mysql_stmt_sqlstate(statement_) : mysql_sqlstate(handle()),
                      ofStatement ? mysql_stmt_error(statement_) : mysql_error(handle()));
    if (mysql_get_socket(handle()) != MARIADB_INVALID_SOCKET && !endsConnection(error.code())) throw DriverError(error);
    end();
    throw std::move(error).asLost();
}
void SessionCall::failLate() {
    end();
    throw DriverError(CR_SERVER_LOST, linkFailure, "the database did not respond in time").asLate();
}
void SessionCall::failLost(unsigned code, std::string_view message) {
    end();
    throw DriverError(code, linkFailure, std::string(message)).asLost();
}
void SessionCall::end() noexcept {
    session_.lost_ = true;
    const my_socket socket = mysql_get_socket(handle());
    if (socket != MARIADB_INVALID_SOCKET) ::shutdown(socket, SHUT_RDWR);
}

} // namespace mortise::mariadb
