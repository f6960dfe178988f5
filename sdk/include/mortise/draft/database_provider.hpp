// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/consumer.hpp>
#include <mortise/described.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/draft/database.h>
#include <mortise/turn.hpp>

#include <memory>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Parameters and columns: the hot path looks at them where they stand (`at`). Borrowed for the call.
using SqlValues = detail::Elements<mortise_sql_value>;

// For a plugin to derive from: gives mortise.database/1 (name it in offers<>() as well). The C types pass through: this
// is the hot path. Contracts as in service/draft/database.h; what is thrown becomes a status with its text.
class DatabaseProvider {
public:
    static constexpr const char* serviceId = MORTISE_DATABASE_SERVICE;
    using TransactionBody = mortise_status (*)(void* context, mortise_sql_transaction* transaction,
                                               mortise_error* error);

    virtual ~DatabaseProvider() = default;
    virtual std::uint32_t statement(std::string_view sql) = 0;
    virtual mortise_status read(std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row,
                                void* context, mortise_error* error) = 0;
    // Calls PluginBase::beginCommit(turn) as the last step before COMMIT.
    virtual mortise_status transact(Turn turn, TransactionBody body, void* context, mortise_error* error) = 0;
    virtual mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement,
                                   const SqlValues& parameters, mortise_sql_row row, void* context,
                                   std::uint64_t* changed, mortise_error* error) = 0;
    virtual mortise_status dataVersion(std::uint64_t* version, mortise_error* error) = 0;
    // [control] The database as this consumer has it, from before its `start` until after its `stop`: its calls come to
    // that one, which is then deleted. Null: they come here, as those of all others. Throwing refuses.
    virtual std::unique_ptr<DatabaseProvider> forConsumer(const Consumer& consumer) {
        static_cast<void>(consumer);
        return nullptr;
    }
};

namespace detail {

inline SqlValues sqlValues(const mortise_sql_value* values, std::uint32_t count, std::uint32_t size) {
    if (values == nullptr && count != 0) throw Invalid("parameters are missing");
    const SqlValues list(values, count, size);
    if (!list.valid(MORTISE_SIZE_TO(mortise_sql_value, text)))
        throw Invalid("parameter_size is no size of a mortise_sql_value: set it to its sizeof");
    return list;
}

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
           std::uint32_t size, mortise_sql_row row, void* context, mortise_error* error) {
            return guard(error, [&] {
                return as<DatabaseProvider, T>(self).read(statement, sqlValues(parameters, count, size), row, context,
                                                          error);
            });
        },
        [](void* self, mortise_exchange turn, DatabaseProvider::TransactionBody body, void* context,
           mortise_error* error) {
            return guard(error,
                         [&] { return as<DatabaseProvider, T>(self).transact(Turn(turn), body, context, error); });
        },
        [](void* self, mortise_sql_transaction* transaction, std::uint32_t statement,
           const mortise_sql_value* parameters, std::uint32_t count, std::uint32_t size, mortise_sql_row row,
           void* context, std::uint64_t* changed, mortise_error* error) {
            return guard(error, [&] {
                return as<DatabaseProvider, T>(self).execute(transaction, statement, sqlValues(parameters, count, size),
                                                             row, context, changed, error);
            });
        },
        [](void* self, std::uint64_t* version, mortise_error* error) {
            return guard(error, [&] { return as<DatabaseProvider, T>(self).dataVersion(version, error); });
        },
    };
    return &table;
}

// Found by MORTISE_PLUGIN through argument-dependent look-up: drafts plug themselves in.
template<class T, std::enable_if_t<std::is_base_of_v<DatabaseProvider, T>, int> = 0>
bool openDraft(Tag<T>, void* self, std::string_view id, const Consumer& consumer, mortise_service& service) {
    if (id != MORTISE_DATABASE_SERVICE) return false;
    if (std::unique_ptr<DatabaseProvider> own = as<DatabaseProvider, T>(self).forConsumer(consumer))
        service = {databaseTable<DatabaseProvider>(), own.release()};
    else
        service = {databaseTable<T>(), self};
    return true;
}
template<class T, std::enable_if_t<std::is_base_of_v<DatabaseProvider, T>, int> = 0>
bool closeDraft(Tag<T>, void* self, std::string_view id, mortise_service service) {
    if (id != MORTISE_DATABASE_SERVICE) return false;
    if (service.self != self) delete static_cast<DatabaseProvider*>(service.self);
    return true;
}

} // namespace detail
} // namespace v1
} // namespace mortise
