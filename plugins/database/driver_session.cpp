// SPDX-License-Identifier: Apache-2.0
#include "driver_session.hpp"

#include <mortise/detail/elements.hpp>
#include <mortise/detail/status.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <limits>

namespace mortise::database {

namespace {

// Values that are converted without allocating.
constexpr std::size_t usualValues = 16;

mortise_view viewOf(std::string_view text) {
    return {text.data(), text.size()};
}

std::uint32_t limitOf(std::chrono::milliseconds time) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time.count(), 1, most));
}

std::uint32_t tlsOf(MariadbServer::Tls tls) {
    switch (tls) {
    case MariadbServer::Tls::required:
        return MORTISE_SQL_TLS_REQUIRED;
    case MariadbServer::Tls::verifyCa:
        return MORTISE_SQL_TLS_VERIFY_CA;
    case MariadbServer::Tls::verifyIdentity:
        return MORTISE_SQL_TLS_VERIFY_IDENTITY;
    case MariadbServer::Tls::off:
        break;
    }
    return MORTISE_SQL_TLS_OFF;
}

// Shows what a driver shows to a visitor; what that throws does not pass through the driver.
class ShownRows {
public:
    explicit ShownRows(RowVisitor* visitor) : visitor_(visitor) {}

    mortise_sql_row call() const noexcept { return visitor_ == nullptr ? nullptr : &row; }
    void finish() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    static std::uint32_t row(void* context, const mortise_sql_value* columns, std::uint32_t count,
                             std::uint32_t size) noexcept {
        ShownRows& self = *static_cast<ShownRows*>(context);
        if (self.ended_) return 0;
        try {
            self.ended_ = !self.show(detail::Elements<mortise_sql_value>(columns, count, size));
        } catch (...) {
            self.failure_ = std::current_exception();
            self.ended_ = true;
        }
        return self.ended_ ? 0 : 1;
    }
    bool show(const detail::Elements<mortise_sql_value>& columns) {
        if (!columns.valid()) throw DriverError(0, false, false, "the driver shows columns of no size");
        columns_.resize(columns.size());
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const mortise_sql_value column = columns[i];
            if (column.kind > MORTISE_SQL_UUID)
                throw DriverError(0, false, false,
                                  "the driver shows a column of the unknown kind " + std::to_string(column.kind));
            columns_[i] = {static_cast<SqlKind>(column.kind),
                           column.integer,
                           column.number,
                           {column.text.data == nullptr ? "" : column.text.data, column.text.size}};
        }
        return visitor_->row(columns_);
    }

    RowVisitor* visitor_;
    std::vector<SqlValue> columns_;
    std::exception_ptr failure_;
    bool ended_ = false;
};

} // namespace

SqlDriver::operator bool() const noexcept {
    return table.connect != nullptr && table.close != nullptr && table.version != nullptr && table.alive != nullptr &&
           table.run != nullptr && table.prepare != nullptr && table.forget != nullptr && table.execute != nullptr;
}

// Where one call leaves why it failed.
class DriverSession::Call {
public:
    mortise_sql_fault* fault() noexcept { return &fault_; }
    mortise_error* error() noexcept { return &error_; }

    // `lost`: of the session that was called, which a driver that fails in another way keeps.
    void finish(mortise_status status, bool& lost) {
        status = detail::peerStatus(status, MORTISE_BUSY, MORTISE_INVALID);
        if (status == MORTISE_OK) return;
        const bool late = status == MORTISE_BUSY || (fault_.flags & MORTISE_SQL_FAULT_LATE) != 0;
        const bool over = late || (fault_.flags & MORTISE_SQL_FAULT_LOST) != 0;
        lost = lost || over;
        std::string text(text_.data(), std::min<std::size_t>(error_.length, text_.size()));
        if (text.empty()) text = late ? "the time was over" : "the driver does not say why";
        if (fault_.code != 0) text += " (" + std::to_string(fault_.code) + ")";
        throw DriverError(fault_.code, over, late, text);
    }

private:
    std::array<char, 1024> text_{};
    mortise_error error_{text_.data(), static_cast<std::uint32_t>(text_.size()), 0};
    mortise_sql_fault fault_{};
};

DriverSession::DriverSession(const SqlDriver& driver, const MariadbServer& server, Milliseconds time)
    : driver_(driver), session_(nullptr, Close{driver}) {
    const mortise_sql_server wanted{
        sizeof wanted,           server.port,           tlsOf(server.tls),   0,
        viewOf(server.host),     viewOf(server.socket), viewOf(server.user), viewOf(server.password),
        viewOf(server.database), viewOf(server.caFile)};
    mortise_sql_session* session = nullptr;
    Call call;
    const mortise_status status =
        driver_.table.connect(driver_.self, &wanted, limitOf(time), &session, call.fault(), call.error());
    session_.reset(session);
    call.finish(status, lost_);
    if (session_ == nullptr) throw DriverError(0, true, false, "the driver gave no connection");
}

void DriverSession::Close::operator()(mortise_sql_session* session) const noexcept {
    driver.table.close(driver.self, session);
}

std::string DriverSession::version() const {
    const mortise_view version = driver_.table.version(driver_.self, session_.get());
    return version.data == nullptr ? std::string() : std::string(version.data, version.size);
}

bool DriverSession::alive() const {
    return !lost_ && driver_.table.alive(driver_.self, session_.get()) != 0;
}

std::uint64_t DriverSession::run(std::string_view sql, Milliseconds time, RowVisitor* visitor) {
    ShownRows rows(visitor);
    Call call;
    std::uint64_t changed = 0;
    const mortise_status status = driver_.table.run(driver_.self, session_.get(), viewOf(sql), limitOf(time),
                                                    rows.call(), &rows, &changed, call.fault(), call.error());
    call.finish(status, lost_);
    rows.finish();
    return changed;
}

DriverStatement DriverSession::prepare(std::string_view sql, Milliseconds time) {
    Call call;
    mortise_sql_prepared* prepared = nullptr;
    std::uint32_t parameters = 0;
    std::uint32_t columns = 0;
    const mortise_status status = driver_.table.prepare(driver_.self, session_.get(), viewOf(sql), limitOf(time),
                                                        &prepared, &parameters, &columns, call.fault(), call.error());
    DriverStatement made(*this, prepared, parameters, columns);
    call.finish(status, lost_);
    if (prepared == nullptr) throw DriverError(0, false, false, "the driver gave no statement");
    return made;
}

std::uint64_t DriverStatement::execute(std::span<const SqlValue> parameters, std::chrono::milliseconds time,
                                       RowVisitor* visitor) {
    std::array<mortise_sql_value, usualValues> usual;
    std::vector<mortise_sql_value> more;
    mortise_sql_value* values = usual.data();
    if (parameters.size() > usual.size()) {
        more.resize(parameters.size());
        values = more.data();
    }
    for (std::size_t i = 0; i < parameters.size(); ++i)
        values[i] = {static_cast<std::uint32_t>(parameters[i].kind), 0, parameters[i].integer, parameters[i].number,
                     viewOf(parameters[i].text)};
    ShownRows rows(visitor);
    DriverSession::Call call;
    std::uint64_t changed = 0;
    const SqlDriver& driver = session_->driver_;
    const mortise_status status = driver.table.execute(
        driver.self, session_->session_.get(), prepared_.get(), values, static_cast<std::uint32_t>(parameters.size()),
        sizeof(mortise_sql_value), limitOf(time), rows.call(), &rows, &changed, call.fault(), call.error());
    call.finish(status, session_->lost_);
    rows.finish();
    return changed;
}

void DriverStatement::Forget::operator()(mortise_sql_prepared* prepared) const noexcept {
    const SqlDriver& driver = session->driver_;
    driver.table.forget(driver.self, session->session_.get(), prepared);
}

} // namespace mortise::database
