// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connect_attempts.hpp"
#include "statement.hpp"

#include "tests/support/mariadb_server.hpp"

#include <cppunit/TestAssert.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::mariadb {

// One server for all tests of the program.
inline tests::MariadbServer& sharedServer() {
    static tests::MariadbServer server(PYTHON, MARIADB_SERVER);
    return server;
}

inline ServerAddress bySocket(const tests::MariadbServer& server = sharedServer()) {
    return {"", server.socket(), 0, Tls::off, "mortise", "mortise", "mortise", ""};
}
inline ServerAddress byPort(const std::string& host = "127.0.0.1", Tls tls = Tls::off,
                            const tests::MariadbServer& server = sharedServer()) {
    return {host, "", server.port(), tls, "mortise", "mortise", "mortise", ""};
}

// Far beyond what any machine needs.
inline Deadline soon() {
    return Deadline(std::chrono::seconds(60));
}

// A value that has been shown, or one to be sent, with its text.
struct Kept {
    std::uint32_t kind = MORTISE_SQL_NULL;
    std::int64_t integer = 0;
    double number = 0;
    std::string text;

    static Kept of(std::int64_t value, std::uint32_t kind = MORTISE_SQL_INTEGER) { return {kind, value, 0, {}}; }
    static Kept of(double value) { return {MORTISE_SQL_NUMBER, 0, value, {}}; }
    static Kept of(std::string value, std::uint32_t kind = MORTISE_SQL_TEXT) { return {kind, 0, 0, std::move(value)}; }
    static Kept of(const mortise_sql_value& value) {
        Kept kept;
        kept.kind = value.kind;
        if (value.kind == MORTISE_SQL_INTEGER || value.kind == MORTISE_SQL_DATE_TIME) kept.integer = value.integer;
        if (value.kind == MORTISE_SQL_NUMBER) kept.number = value.number;
        if (value.kind >= MORTISE_SQL_TEXT && value.kind != MORTISE_SQL_DATE_TIME)
            kept.text.assign(value.text.data, value.text.size);
        return kept;
    }
    mortise_sql_value value() const { return {kind, 0, integer, number, {text.data(), text.size()}}; }
    bool operator==(const Kept&) const = default;
};
using KeptRow = std::vector<Kept>;

class KeptRows {
public:
    explicit KeptRows(std::size_t wanted = SIZE_MAX) : wanted_(wanted) {}

    RowSink sink() {
        return {[](void* self, const mortise_sql_value* columns, std::uint32_t count, std::uint32_t) {
                    auto& kept = *static_cast<KeptRows*>(self);
                    KeptRow& row = kept.rows.emplace_back();
                    for (std::uint32_t i = 0; i < count; ++i) row.push_back(Kept::of(columns[i]));
                    return std::uint32_t{kept.rows.size() < kept.wanted_};
                },
                this};
    }

    std::vector<KeptRow> rows;

private:
    std::size_t wanted_;
};

inline std::uint64_t execute(Statement& statement, const std::vector<Kept>& parameters, RowSink sink = {},
                             const Deadline& deadline = soon()) {
    CPPUNIT_ASSERT_EQUAL(statement.parameters().count(), parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) statement.parameters().set(i, parameters[i].value());
    return statement.execute(deadline, sink);
}
inline std::vector<KeptRow> query(Session& session, std::string_view sql, const std::vector<Kept>& parameters = {}) {
    Statement statement(session, sql, soon());
    KeptRows kept;
    execute(statement, parameters, kept.sink());
    return kept.rows;
}
inline void run(Session& session, std::string_view sql) {
    session.run(sql, soon(), {});
}

// What `call` throws.
template<class Call>
DriverError errorOf(Call&& call) {
    try {
        call();
    } catch (const DriverError& error) {
        return error;
    }
    CPPUNIT_FAIL("no DriverError");
    throw std::logic_error("");
}
template<class Call>
std::chrono::milliseconds durationOf(Call&& call) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

// What a deadline may be missed by on a machine that is busy.
constexpr std::chrono::milliseconds slack{3000};
constexpr std::chrono::milliseconds shortly{150};

// `call` has a deadline of `shortly`, and is late.
template<class Call>
void isLate(Call&& call) {
    const std::chrono::milliseconds took = durationOf([&] {
        const DriverError error = errorOf(call);
        CPPUNIT_ASSERT_MESSAGE(error.what(), error.late());
        CPPUNIT_ASSERT(error.lost());
        CPPUNIT_ASSERT_EQUAL(2013u, error.code());
    });
    CPPUNIT_ASSERT(took >= shortly - std::chrono::milliseconds(5));
    CPPUNIT_ASSERT_MESSAGE(std::to_string(took.count()) + " ms", took < slack);
}
inline void isOver(Session& session) {
    CPPUNIT_ASSERT(!session.alive());
    CPPUNIT_ASSERT(errorOf([&] { run(session, "SELECT 1"); }).lost());
}

} // namespace mortise::mariadb
