// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/error.hpp>
#include <mortise/guard.hpp>
#include <mortise/row.hpp>
#include <mortise/service/sql_driver.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// What a server or the way to it failed by: MORTISE_BUSY where it was late, else MORTISE_ERROR.
class SqlDriverError : public Error {
public:
    SqlDriverError(const mortise_sql_fault& fault, const std::string& message)
        : Error(message, (fault.flags & MORTISE_SQL_FAULT_LATE) != 0 ? MORTISE_BUSY : MORTISE_ERROR), fault_(fault) {}
    const mortise_sql_fault& fault() const noexcept { return fault_; }

private:
    mortise_sql_fault fault_;
};

// For a plugin to derive from: gives mortise.sql_driver.mariadb/1 (name it in offers<>() as well). The C types pass
// through: this is the hot path. Contracts as in service/sql_driver.h; what is thrown becomes a status with its text,
// an SqlDriverError with its fault.
class SqlDriverProvider {
public:
    static constexpr const char* serviceId = MORTISE_SQL_DRIVER_MARIADB;
    using Timeout = std::chrono::milliseconds;

    virtual ~SqlDriverProvider() = default;
    virtual mortise_sql_session* connect(const mortise_sql_server& server, Timeout timeout) = 0;
    virtual void close(mortise_sql_session* session) = 0;
    virtual std::string_view version(const mortise_sql_session& session) = 0;
    virtual bool alive(mortise_sql_session& session) = 0;
    // Returns the number of rows that a write matched.
    virtual std::uint64_t run(mortise_sql_session& session, std::string_view sql, Timeout timeout, mortise_sql_row row,
                              void* context) = 0;
    virtual mortise_sql_prepared* prepare(mortise_sql_session& session, std::string_view sql, Timeout timeout,
                                          std::uint32_t& parameterCount, std::uint32_t& columnCount) = 0;
    virtual void forget(mortise_sql_prepared* prepared) = 0;
    virtual std::uint64_t execute(mortise_sql_session& session, mortise_sql_prepared& prepared,
                                  const SqlValues& parameters, Timeout timeout, mortise_sql_row row, void* context) = 0;
};

namespace detail {

template<class T>
struct InterfaceId<SqlDriverProvider, T> {
    static constexpr std::string_view value = MORTISE_SQL_DRIVER_MARIADB;
};

// As guard, and leaves the fault of an SqlDriverError.
template<class Call>
mortise_status guardDriver(mortise_sql_fault* fault, mortise_error* error, Call&& call) noexcept {
    return guard(error, [&] {
        try {
            call();
        } catch (const SqlDriverError& caught) {
            if (fault != nullptr) *fault = caught.fault();
            throw;
        } catch (...) {
            if (fault != nullptr) *fault = {};
            throw;
        }
    });
}

// `self` is a T*.
template<class T>
const mortise_sql_driver_table* sqlDriverTable() noexcept {
    static constexpr auto driver = [](void* self) -> SqlDriverProvider& { return as<SqlDriverProvider, T>(self); };
    static constexpr auto limit = [](std::uint32_t timeout) { return SqlDriverProvider::Timeout(timeout); };
    static constexpr mortise_sql_driver_table table = {
        sizeof(mortise_sql_driver_table),
        0,
        [](void* self, const mortise_sql_server* server, std::uint32_t timeout, mortise_sql_session** session,
           mortise_sql_fault* fault, mortise_error* error) {
            return guardDriver(fault, error, [&] {
                const auto given = adopt<mortise_sql_server>(server);
                *session = driver(self).connect(given, limit(timeout));
            });
        },
        [](void* self, mortise_sql_session* session) {
            if (session != nullptr) guardQuietly([&] { driver(self).close(session); }, [](std::string_view) {});
        },
        [](void* self, const mortise_sql_session* session) {
            mortise_view version{};
            guardQuietly([&] { version = view(driver(self).version(*session)); }, [](std::string_view) {});
            return version;
        },
        [](void* self, mortise_sql_session* session) {
            bool alive = false;
            guardQuietly([&] { alive = driver(self).alive(*session); }, [](std::string_view) {});
            return std::uint32_t{alive};
        },
        [](void* self, mortise_sql_session* session, mortise_view sql, std::uint32_t timeout, mortise_sql_row row,
           void* context, std::uint64_t* changed, mortise_sql_fault* fault, mortise_error* error) {
            return guardDriver(fault, error, [&] {
                const std::uint64_t count = driver(self).run(*session, text(sql), limit(timeout), row, context);
                if (changed != nullptr) *changed = count;
            });
        },
        [](void* self, mortise_sql_session* session, mortise_view sql, std::uint32_t timeout,
           mortise_sql_prepared** prepared, std::uint32_t* parameterCount, std::uint32_t* columnCount,
           mortise_sql_fault* fault, mortise_error* error) {
            return guardDriver(fault, error, [&] {
                *prepared = driver(self).prepare(*session, text(sql), limit(timeout), *parameterCount, *columnCount);
            });
        },
        [](void* self, mortise_sql_session*, mortise_sql_prepared* prepared) {
            if (prepared != nullptr) guardQuietly([&] { driver(self).forget(prepared); }, [](std::string_view) {});
        },
        [](void* self, mortise_sql_session* session, mortise_sql_prepared* prepared,
           const mortise_sql_value* parameters, std::uint32_t count, std::uint32_t size, std::uint32_t timeout,
           mortise_sql_row row, void* context, std::uint64_t* changed, mortise_sql_fault* fault, mortise_error* error) {
            return guardDriver(fault, error, [&] {
                if (parameters == nullptr && count != 0) throw Invalid("parameters are missing");
                const SqlValues values(parameters, count, size);
                if (!values.valid()) throw Invalid("parameter_size is no size of a mortise_sql_value");
                const std::uint64_t matched =
                    driver(self).execute(*session, *prepared, values, limit(timeout), row, context);
                if (changed != nullptr) *changed = matched;
            });
        },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
