// SPDX-License-Identifier: Apache-2.0
#include "parameter_values.hpp"

#include "driver_error.hpp"
#include "wire_values.hpp"

#include <cmath>
#include <string>
#include <string_view>

namespace mortise::mariadb {

namespace {

std::string_view textOf(const mortise_sql_value& value) {
    // A null pointer would be sent as NULL; an empty text is a text.
    return value.text.data == nullptr ? std::string_view("") : std::string_view(value.text.data, value.text.size);
}

void bindBytes(MYSQL_BIND& bind, enum_field_types type, std::string_view bytes) {
    bind.buffer_type = type;
    bind.buffer = const_cast<char*>(bytes.data()); // it is only read
    bind.buffer_length = bytes.size();
}

} // namespace

ParameterValues::ParameterValues(std::size_t count) : binds_(count), converted_(count) {
    for (MYSQL_BIND& bind : binds_) bind.buffer_type = MYSQL_TYPE_NULL;
}

std::size_t ParameterValues::size() const noexcept {
    constexpr std::size_t each = 16; // type, length, and what is not text
    std::size_t sum = each * (binds_.size() + 1);
    for (const MYSQL_BIND& bind : binds_) sum += bind.buffer_length;
    return sum;
}

void ParameterValues::set(std::size_t index, const mortise_sql_value& value) {
    MYSQL_BIND& bind = binds_[index];
    Converted& converted = converted_[index];
    const auto fail = [&](const std::string& text) {
        throw InvalidCall("parameter " + std::to_string(index + 1) + " " + text);
    };
    bind = {};
    switch (value.kind) {
    case MORTISE_SQL_NULL:
        bind.buffer_type = MYSQL_TYPE_NULL;
        break;
    case MORTISE_SQL_INTEGER:
        converted.integer = value.integer;
        bind.buffer_type = MYSQL_TYPE_LONGLONG;
        bind.buffer = &converted.integer;
        break;
    case MORTISE_SQL_NUMBER:
        if (!std::isfinite(value.number)) fail("is no finite number");
        converted.number = value.number;
        bind.buffer_type = MYSQL_TYPE_DOUBLE;
        bind.buffer = &converted.number;
        break;
    case MORTISE_SQL_TEXT:
        bindBytes(bind, MYSQL_TYPE_VAR_STRING, textOf(value));
        break;
    case MORTISE_SQL_BLOB:
        bindBytes(bind, MYSQL_TYPE_BLOB, textOf(value));
        break;
    case MORTISE_SQL_DECIMAL:
        if (!isDecimal(textOf(value))) fail("is no decimal number");
        bindBytes(bind, MYSQL_TYPE_NEWDECIMAL, textOf(value));
        break;
    case MORTISE_SQL_DATE_TIME:
        if (!toDateTime(value.integer, converted.time)) fail("is past the years 0 to 9999 of a DATETIME");
        bind.buffer_type = MYSQL_TYPE_DATETIME;
        bind.buffer = &converted.time;
        break;
    case MORTISE_SQL_UUID:
        if (!toUuidBytes(textOf(value), converted.uuid.data())) fail("is no UUID");
        bindBytes(bind, MYSQL_TYPE_BLOB, {converted.uuid.data(), converted.uuid.size()});
        break;
    default:
        fail("is of no kind that is known (" + std::to_string(value.kind) + ")");
    }
}

} // namespace mortise::mariadb
