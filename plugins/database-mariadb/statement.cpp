// SPDX-License-Identifier: Apache-2.0
#include "statement.hpp"

#include <mysql/errmsg.h>

#include <new>
#include <optional>

namespace mortise::mariadb {

namespace {

// What the library calls per column of a row, in the place of copying it to where it was bound.
void receiveColumn(void* columns, unsigned index, unsigned char** row) {
    ResultColumns::receive(columns, index, row);
}

} // namespace

Statement::Handle Statement::prepare(Session& session, std::string_view sql, const Deadline& deadline) {
    Handle handle;
    SessionCall call(session, deadline);
    call.needRoom(sql.size());
    handle.reset(mysql_stmt_init(call.handle()));
    if (!handle) throw std::bad_alloc();
    call.of(handle.get());
    call.need(mysql_stmt_prepare(handle.get(), sql.data(), sql.size()) == 0);
    return handle;
}

Statement::Statement(Session& session, std::string_view sql, const Deadline& deadline)
    : session_(session), handle_(prepare(session, sql, deadline)), parameters_(mysql_stmt_param_count(handle_.get())) {
    mysql_stmt_attr_set(handle_.get(), STMT_ATTR_CB_USER_DATA, &columns_);
    mysql_stmt_attr_set(handle_.get(), STMT_ATTR_CB_RESULT, reinterpret_cast<const void*>(&receiveColumn));
}

std::size_t Statement::columnCount() const noexcept {
    return mysql_stmt_field_count(handle_.get());
}

std::uint64_t Statement::execute(const Deadline& deadline, RowSink sink) {
    MYSQL_STMT* const handle = handle_.get();
    SessionCall call(session_, deadline);
    call.of(handle);
    call.needRoom(parameters_.size());
    call.need(mysql_stmt_bind_param(handle, parameters_.binds()) == 0);
    call.need(mysql_stmt_execute(handle) == 0);
    if (mysql_stmt_field_count(handle) == 0) return mysql_stmt_affected_rows(handle);
    const std::uint64_t count = receive(call, sink);
    while (mysql_stmt_more_results(handle)) { // of a procedure
        call.need(mysql_stmt_next_result(handle) == 0);
        if (mysql_stmt_field_count(handle) != 0) receive(call, {});
    }
    return count;
}

std::uint64_t Statement::receive(SessionCall& call, RowSink sink) {
    columns_.describe(mariadb_stmt_fetch_fields(handle_.get()), columnCount(), call.handle()->net);
    bool wanted = sink.row != nullptr;
    std::uint64_t count = 0;
    std::optional<DriverError> fault;
    for (;;) {
        const int status = mysql_stmt_fetch(handle_.get());
        if (status == MYSQL_NO_DATA) break;
        call.need(status == 0);
        if (columns_.malformed()) call.failLost(CR_MALFORMED_PACKET, "the database sent a row that ends too early");
        ++count;
        call.needTime();
        if (!wanted) continue;
        try {
            wanted = sink(columns_.row(), columns_.count());
        } catch (const DriverError& error) {
            fault = error; // the rest is received, such that the session can be used again
            wanted = false;
        }
    }
    if (fault) throw std::move(*fault);
    return count;
}

} // namespace mortise::mariadb
