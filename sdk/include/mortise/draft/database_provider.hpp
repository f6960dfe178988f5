// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/draft/consumers.h>
#include <mortise/service/draft/database.h>
#include <mortise/turn.hpp>

#include <memory>
#include <string_view>

namespace mortise {
inline namespace v1 {

// For a plugin to derive from: gives mortise.database/1 (name it in offers<>() as well). The C types pass through: this
// is the hot path. Contracts as in service/draft/database.h; what is thrown becomes a status with its text.
class DatabaseProvider {
public:
    static constexpr const char* serviceId = MORTISE_DATABASE_SERVICE;
    using TransactionBody = mortise_status (*)(void* context, mortise_sql_transaction* transaction,
                                               mortise_error* error);

    virtual ~DatabaseProvider() = default;
    virtual std::uint32_t statement(std::string_view sql) = 0;
    virtual mortise_status read(std::uint32_t statement, const mortise_sql_value* parameters,
                                std::uint32_t parameterCount, mortise_sql_row row, void* context,
                                mortise_error* error) = 0;
    // Calls PluginBase::beginCommit(turn) as the last step before COMMIT.
    virtual mortise_status transact(Turn turn, TransactionBody body, void* context, mortise_error* error) = 0;
    virtual mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement,
                                   const mortise_sql_value* parameters, std::uint32_t parameterCount,
                                   mortise_sql_row row, void* context, std::uint64_t* changed,
                                   mortise_error* error) = 0;
    virtual mortise_status dataVersion(std::uint64_t* version, mortise_error* error) = 0;
    // [any] The database as the instance named `consumer` has it until it is destroyed: its calls come to that one. May
    // be asked for more than once, and is deleted on any thread, beside other calls of this provider. Null: all
    // consumers come here.
    virtual std::unique_ptr<DatabaseProvider> forConsumer(std::string_view consumer) {
        static_cast<void>(consumer);
        return nullptr;
    }
};

namespace detail {

// `self` is a T*.
template<class T>
const mortise_database_table* databaseTable() noexcept {
    static constexpr mortise_database_table table = {
        sizeof(mortise_database_table),
        0,
        [](void* self, mortise_view sql, std::uint32_t* number, mortise_error* error) {
            return guard(error, [&] { *number = as<DatabaseProvider, T>(self).statement(text(sql)); });
        },
        [](void* self, std::uint32_t statement, const mortise_sql_value* parameters, std::uint32_t count,
           mortise_sql_row row, void* context, mortise_error* error) {
            return guard(error, [&] {
                return as<DatabaseProvider, T>(self).read(statement, parameters, count, row, context, error);
            });
        },
        [](void* self, mortise_exchange turn, DatabaseProvider::TransactionBody body, void* context,
           mortise_error* error) {
            return guard(error,
                         [&] { return as<DatabaseProvider, T>(self).transact(Turn(turn), body, context, error); });
        },
        [](void* self, mortise_sql_transaction* transaction, std::uint32_t statement,
           const mortise_sql_value* parameters, std::uint32_t count, mortise_sql_row row, void* context,
           std::uint64_t* changed, mortise_error* error) {
            return guard(error, [&] {
                return as<DatabaseProvider, T>(self).execute(transaction, statement, parameters, count, row, context,
                                                             changed, error);
            });
        },
        [](void* self, std::uint64_t* version, mortise_error* error) {
            return guard(error, [&] { return as<DatabaseProvider, T>(self).dataVersion(version, error); });
        },
    };
    return &table;
}

template<class T>
const mortise_plugin_consumers* databaseConsumersTable() noexcept {
    static constexpr mortise_plugin_consumers table = {
        sizeof(mortise_plugin_consumers),
        0,
        [](void* self, mortise_view service, mortise_view consumer, mortise_service* given) {
            return guard(nullptr, [&]() -> mortise_status {
                if (text(service) != MORTISE_DATABASE_SERVICE) return MORTISE_ABSENT;
                std::unique_ptr<DatabaseProvider> made = as<DatabaseProvider, T>(self).forConsumer(text(consumer));
                if (made == nullptr) return MORTISE_ABSENT;
                given->table = databaseTable<DatabaseProvider>();
                given->self = made.release();
                return MORTISE_OK;
            });
        },
        [](void*, mortise_view, void* given) {
            guardQuietly([&] { delete static_cast<DatabaseProvider*>(given); }, [](std::string_view) {});
        },
    };
    return &table;
}

// Found by get_extension of MORTISE_PLUGIN through argument-dependent look-up: drafts plug themselves in.
template<class T, std::enable_if_t<std::is_base_of_v<DatabaseProvider, T>, int> = 0>
const void* draftTable(Tag<T>, std::string_view id) noexcept {
    if (id == MORTISE_DATABASE_SERVICE) return databaseTable<T>();
    if (id == MORTISE_CONSUMERS_EXTENSION) return databaseConsumersTable<T>();
    return nullptr;
}

} // namespace detail
} // namespace v1
} // namespace mortise
