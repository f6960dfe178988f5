// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/consumer.hpp>
#include <mortise/detail/extensions.hpp>
#include <mortise/detail/sql_call.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/database.h>
#include <mortise/turn.hpp>

#include <memory>
#include <string_view>

namespace mortise {
inline namespace v1 {

// For a plugin to derive from: gives mortise.database/1 (name it in offers<>() as well). The C types pass through: this
// is the hot path. Contracts as in service/database.h; what is thrown becomes a status with its text, an SqlError with
// its failure.
class DatabaseProvider {
public:
    static constexpr const char* serviceId = MORTISE_DATABASE_SERVICE;

    virtual ~DatabaseProvider() = default;
    virtual std::uint32_t statement(const mortise_sql_statement& statement) = 0;
    virtual mortise_status read(Turn turn, std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row,
                                void* context) = 0;
    // Calls PluginBase::beginCommit(turn) as the last step before COMMIT. What the body writes to `failure` and `error`
    // stays there where its status is returned.
    virtual mortise_status transact(Turn turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                                    mortise_error* error) = 0;
    virtual mortise_status respond(Turn turn, mortise_sql_response_body body, void* context,
                                   mortise_sql_failure* failure, mortise_error* error) = 0;
    virtual mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement,
                                   const SqlValues& parameters, mortise_sql_row row, void* context,
                                   std::uint64_t* changed) = 0;
    virtual std::uint64_t dataVersion() = 0;
    virtual std::uint32_t dialect() = 0;
    virtual mortise_status snapshot(Turn turn, mortise_sql_snapshot_body body, void* context) {
        static_cast<void>(turn);
        static_cast<void>(body);
        static_cast<void>(context);
        return MORTISE_UNSUPPORTED;
    }
    // [control] The database as this consumer has it, from before its `start` until after its `stop`: its calls come to
    // that one, which is then deleted. Null: they come here, as those of all others. Throwing refuses.
    virtual std::unique_ptr<DatabaseProvider> forConsumer(const Consumer& consumer) {
        static_cast<void>(consumer);
        return nullptr;
    }
};

namespace detail {

template<class T>
struct InterfaceId<DatabaseProvider, T> {
    static constexpr std::string_view value = MORTISE_DATABASE_SERVICE;
};

inline SqlValues sqlValues(const mortise_sql_value* values, std::uint32_t count, std::uint32_t size) {
    if (values == nullptr && count != 0) throw Invalid("parameters are missing");
    const SqlValues list(values, count, size);
    if (!list.valid()) throw Invalid("parameter_size is no size of a mortise_sql_value: set it to its sizeof");
    return list;
}

// `self` is a T*.
template<class T>
const mortise_database_table* databaseTable() noexcept {
    static constexpr mortise_database_table table = {
        sizeof(mortise_database_table),
        0,
        [](void* self, const mortise_sql_statement* statement, std::uint32_t size, std::uint32_t* number,
           mortise_error* error) {
            return guard(error, [&] {
                const Elements<mortise_sql_statement> one(statement, 1, size);
                if (!one.valid()) throw Invalid("statement_size is no size of a mortise_sql_statement");
                *number = as<DatabaseProvider, T>(self).statement(one[0]);
            });
        },
        [](void* self, mortise_exchange turn, std::uint32_t statement, const mortise_sql_value* parameters,
           std::uint32_t count, std::uint32_t size, mortise_sql_row row, void* context, mortise_sql_failure* failure,
           mortise_error* error) {
            return guardSql(failure, error, [&] {
                return as<DatabaseProvider, T>(self).read(Turn(turn), statement, sqlValues(parameters, count, size),
                                                          row, context);
            });
        },
        [](void* self, mortise_exchange turn, std::uint32_t flags, mortise_sql_body body, void* context,
           mortise_sql_failure* failure, mortise_error* error) {
            return guardSql(failure, error, [&] {
                if (flags != 0) throw Invalid("transact knows no flags");
                return as<DatabaseProvider, T>(self).transact(Turn(turn), body, context, failure, error);
            });
        },
        [](void* self, mortise_exchange turn, mortise_sql_response_body body, void* context,
           mortise_sql_failure* failure, mortise_error* error) {
            return guardSql(failure, error, [&] {
                return as<DatabaseProvider, T>(self).respond(Turn(turn), body, context, failure, error);
            });
        },
        [](void* self, mortise_sql_transaction* transaction, std::uint32_t statement,
           const mortise_sql_value* parameters, std::uint32_t count, std::uint32_t size, mortise_sql_row row,
           void* context, std::uint64_t* changed, mortise_sql_failure* failure, mortise_error* error) {
            return guardSql(failure, error, [&] {
                return as<DatabaseProvider, T>(self).execute(transaction, statement, sqlValues(parameters, count, size),
                                                             row, context, changed);
            });
        },
        [](void* self, std::uint64_t* version, mortise_error* error) {
            return guard(error, [&] { *version = as<DatabaseProvider, T>(self).dataVersion(); });
        },
        [](void* self) {
            std::uint32_t dialect = 0;
            guardQuietly([&] { dialect = as<DatabaseProvider, T>(self).dialect(); }, [](std::string_view) {});
            return dialect;
        },
        [](void* self, mortise_exchange turn, mortise_sql_snapshot_body body, void* context,
           mortise_sql_failure* failure, mortise_error* error) {
            return guardSql(failure, error, [&] {
                if (body == nullptr) throw Invalid("a snapshot has a body");
                return as<DatabaseProvider, T>(self).snapshot(Turn(turn), body, context);
            });
        },
    };
    return &table;
}

template<class T>
mortise_service openDatabase(void* self, const Consumer& consumer) {
    if (std::unique_ptr<DatabaseProvider> own = as<DatabaseProvider, T>(self).forConsumer(consumer))
        return {databaseTable<DatabaseProvider>(), own.release()};
    return {databaseTable<T>(), self};
}
template<class T>
void closeDatabase(void* self, mortise_service service) {
    if (service.self != self) delete static_cast<DatabaseProvider*>(service.self);
}

} // namespace detail
} // namespace v1
} // namespace mortise
