// SPDX-License-Identifier: Apache-2.0
#include "connect_attempts.hpp"
#include "statement.hpp"

#include <mortise/plugin.hpp>
#include <mortise/sql_driver_provider.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

// What the users of the service hold.
struct mortise_sql_session {
    std::unique_ptr<mortise::mariadb::Session> session;
};
struct mortise_sql_prepared {
    mortise_sql_prepared(mortise::mariadb::Session& session, std::string_view sql,
                         const mortise::mariadb::Deadline& deadline)
        : statement(session, sql, deadline) {}

    mortise::mariadb::Statement statement;
};

namespace mortise::mariadb {

namespace {

ServerAddress addressOf(const mortise_sql_server& server) {
    const auto tls = static_cast<Tls>(server.tls);
    static_assert(static_cast<std::uint32_t>(Tls::off) == MORTISE_SQL_TLS_OFF &&
                  static_cast<std::uint32_t>(Tls::required) == MORTISE_SQL_TLS_REQUIRED &&
                  static_cast<std::uint32_t>(Tls::verifyCa) == MORTISE_SQL_TLS_VERIFY_CA &&
                  static_cast<std::uint32_t>(Tls::verifyIdentity) == MORTISE_SQL_TLS_VERIFY_IDENTITY);
    if (server.tls > MORTISE_SQL_TLS_VERIFY_IDENTITY)
        throw Invalid(std::to_string(server.tls) + " is no MORTISE_SQL_TLS_…");
    const auto owned = [](mortise_view given) { return std::string(text(given)); };
    return {owned(server.host),     owned(server.socket),   server.port,          tls, owned(server.user),
            owned(server.password), owned(server.database), owned(server.ca_file)};
}

// What the logic throws, as the service says it.
template<class Call>
auto translated(Call&& call) {
    try {
        return call();
    } catch (const DriverError& error) {
        mortise_sql_fault fault{};
        fault.flags = (error.lost() ? MORTISE_SQL_FAULT_LOST : 0) | (error.late() ? MORTISE_SQL_FAULT_LATE : 0);
        fault.code = error.code();
        std::memcpy(fault.state, error.state().data(), std::min(error.state().size(), sizeof fault.state - 1));
        throw SqlDriverError(fault, error.what());
    } catch (const InvalidCall& error) {
        throw Invalid(error.what());
    }
}

} // namespace

// Gives mortise.sql_driver.mariadb/1: connections to a MariaDB server, and nothing more.
class MariadbDriver final : public Plugin<>, public SqlDriverProvider {
public:
    void configure(Setup&) override {}

    mortise_sql_session* connect(const mortise_sql_server& server, Timeout timeout) override {
        const Deadline deadline(timeout);
        auto session = std::make_unique<mortise_sql_session>();
        session->session = translated([&] { return attempts_.connect(addressOf(server), deadline); });
        return session.release();
    }
    void close(mortise_sql_session* session) override { const std::unique_ptr<mortise_sql_session> owned(session); }
    std::string_view version(const mortise_sql_session& session) override { return session.session->version(); }
    bool alive(mortise_sql_session& session) override { return session.session->alive(); }
    std::uint64_t run(mortise_sql_session& session, std::string_view sql, Timeout timeout, mortise_sql_row row,
                      void* context) override {
        return translated([&] { return session.session->run(sql, Deadline(timeout), {row, context}); });
    }
    mortise_sql_prepared* prepare(mortise_sql_session& session, std::string_view sql, Timeout timeout,
                                  std::uint32_t& parameterCount, std::uint32_t& columnCount) override {
        auto prepared = translated(
            [&] { return std::make_unique<mortise_sql_prepared>(*session.session, sql, Deadline(timeout)); });
        parameterCount = static_cast<std::uint32_t>(prepared->statement.parameters().count());
        columnCount = static_cast<std::uint32_t>(prepared->statement.columnCount());
        return prepared.release();
    }
    void forget(mortise_sql_prepared* prepared) override {
        const std::unique_ptr<mortise_sql_prepared> owned(prepared);
    }
    std::uint64_t execute(mortise_sql_session&, mortise_sql_prepared& prepared, const SqlValues& parameters,
                          Timeout timeout, mortise_sql_row row, void* context) override {
        return translated([&] {
            const Deadline deadline(timeout);
            ParameterValues& values = prepared.statement.parameters();
            if (parameters.size() != values.count())
                throw Invalid("the statement has " + std::to_string(values.count()) + " parameters, not " +
                              std::to_string(parameters.size()));
            for (std::size_t i = 0; i < values.count(); ++i) values.set(i, parameters[i]);
            return prepared.statement.execute(deadline, {row, context});
        });
    }

private:
    ConnectAttempts attempts_;
};

} // namespace mortise::mariadb

MORTISE_PLUGIN(mortise::mariadb::MariadbDriver, "org.mortise.database-mariadb", "1.0.0", licence("Apache-2.0"),
               offers<mortise::SqlDriverProvider>())
