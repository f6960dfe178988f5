// SPDX-License-Identifier: Apache-2.0
#include "host/module_names.hpp"
#include "host/services.hpp"
#include "json/details.hpp"
#include "json/foreign_tape.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"

#include <array>
#include <memory>
#include <optional>
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

std::optional<json::Location> locationOf(std::string_view name) noexcept {
    constexpr std::array all = {json::Location::body, json::Location::query, json::Location::path,
                                json::Location::header, json::Location::cookie};
    for (const json::Location location : all)
        if (json::nameOf(location) == name) return location;
    return std::nullopt;
}

mortise_status check(void*, const mortise_json_tape* source, const mortise_json_schema* schema, mortise_view in,
                     void (*detail)(void* context, const mortise_error_detail* detail),
                     void (*use)(void* context, const mortise_json_tape* checked), void* context) noexcept {
    if (source == nullptr || use == nullptr) return MORTISE_INVALID;
    const std::optional<json::Location> location = locationOf(text(in));
    if (!location) return MORTISE_INVALID;
    try {
        json::Tape tape;
        if (!json::copyForeign(*source, tape)) return MORTISE_INVALID;
        if (schema != nullptr) {
            json::Details details;
            if (!schema->schema.validate(tape, details, {*location, false})) {
                if (detail == nullptr) return MORTISE_INVALID;
                for (const json::Detail& item : details.items()) {
                    const mortise_error_detail shown{in, view(item.path), view(item.code), view(item.message)};
                    detail(context, &shown);
                }
                return MORTISE_INVALID;
            }
            schema->schema.applyDefaults(tape);
        }
        const mortise_json_tape checked = tape.view();
        use(context, &checked);
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

} // namespace

const mortise_json_table& jsonService() noexcept {
    static constexpr mortise_json_table table{sizeof(mortise_json_table), 0, schemaMake, schemaFree, parse, check};
    return table;
}

} // namespace mortise::host
