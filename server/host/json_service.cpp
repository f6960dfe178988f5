// SPDX-License-Identifier: Apache-2.0
#include "host/module_names.hpp"
#include "host/services.hpp"
#include "json/details.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"

#include <memory>
#include <string>

struct mortise_json_schema {
    mortise::json::Schema schema;
};

namespace mortise::host {
namespace {

mortise_status schemaMake(void*, mortise_view source, mortise_json_schema** schema, mortise_error* error) noexcept {
    if (schema == nullptr) return MORTISE_INVALID;
    try {
        auto made = std::make_unique<mortise_json_schema>();
        if (const auto fault = json::Schema::compile(text(source), made->schema)) {
            setError(error, "schema at '" + fault->pointer + "': " + fault->message);
            return MORTISE_INVALID;
        }
        *schema = made.release();
        return MORTISE_OK;
    } catch (const std::exception& failure) {
        setError(error, failure.what());
        return MORTISE_ERROR;
    }
}

void schemaFree(void*, mortise_json_schema* schema) noexcept {
    const std::unique_ptr<mortise_json_schema> owned(schema);
}

mortise_status parse(void*, mortise_view source, const mortise_json_schema* schema,
                     void (*use)(void* context, const mortise_json_tape* tape), void* context,
                     mortise_error* error) noexcept {
    if (use == nullptr) return MORTISE_INVALID;
    try {
        json::Tape tape;
        if (const auto fault = json::parse(text(source), tape)) {
            setError(error, "malformed JSON at byte " + std::to_string(fault->position) + ": " +
                                std::string(json::describe(fault->reason)));
            return MORTISE_INVALID;
        }
        if (schema != nullptr) {
            json::Details details(1);
            if (!schema->schema.validate(tape, details)) {
                setError(error, "'" + details.items().front().path + "' " + details.items().front().message);
                return MORTISE_INVALID;
            }
            schema->schema.applyDefaults(tape);
        }
        const mortise_json_tape shown = tape.view();
        use(context, &shown);
        return MORTISE_OK;
    } catch (const std::exception& failure) {
        setError(error, failure.what());
        return MORTISE_ERROR;
    }
}

} // namespace

const mortise_json_table& jsonService() noexcept {
    static constexpr mortise_json_table table{sizeof(mortise_json_table), 0, schemaMake, schemaFree, parse};
    return table;
}

} // namespace mortise::host
