// SPDX-License-Identifier: Apache-2.0
#include "result_columns.hpp"

#include <mysql/mysqld_error.h>

#include <limits>
#include <string>
#include <string_view>

namespace mortise::mariadb {

namespace {

constexpr unsigned binaryCharset = 63;

void setText(mortise_sql_value& value, std::uint32_t kind, std::string_view text) {
    value.kind = kind;
    value.text = {text.data(), text.size()};
}

} // namespace

ResultColumns::Form ResultColumns::formOf(const MYSQL_FIELD& field) {
    switch (field.type) {
    case MYSQL_TYPE_NULL:
        return Form::none;
    case MYSQL_TYPE_TINY:
        return Form::integer1;
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_YEAR:
        return Form::integer2;
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
        return Form::integer4;
    case MYSQL_TYPE_LONGLONG:
        return Form::integer8;
    case MYSQL_TYPE_FLOAT:
        return Form::real32;
    case MYSQL_TYPE_DOUBLE:
        return Form::real64;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return Form::decimal;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return Form::date;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return Form::dateTime;
    case MYSQL_TYPE_TIME:
        return Form::time;
    default:
        break;
    }
    if (field.charsetnr != binaryCharset) return Form::text;
    return field.type == MYSQL_TYPE_STRING && field.length == uuidBytes ? Form::uuid : Form::blob;
}

void ResultColumns::describe(const MYSQL_FIELD* fields, std::size_t count, const NET& buffer) {
    fault_ = {};
    malformed_ = false;
    fields_ = fields;
    buffer_ = &buffer;
    columns_.resize(count);
    values_.resize(count);
    made_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        Column& column = columns_[i];
        column.form = formOf(fields[i]);
        column.isUnsigned = (fields[i].flags & UNSIGNED_FLAG) != 0;
    }
}

void ResultColumns::receive(void* self, unsigned column, unsigned char** row) noexcept {
    auto& columns = *static_cast<ResultColumns*>(self);
    if (row == nullptr) {
        columns.values_[column].kind = MORTISE_SQL_NULL;
        return;
    }
    // The library does not say where the row ends, only where its buffer does.
    WireReader reader(*row, columns.buffer_->buff_end);
    columns.decode(column, reader);
    if (!reader.ok()) columns.malformed_ = true;
    *row += reader.at() - *row;
}

void ResultColumns::decode(unsigned index, WireReader& reader) {
    mortise_sql_value& value = values_[index];
    const Column& column = columns_[index];
    char* const made = made_[index].data();
    switch (column.form) {
    case Form::none:
        value.kind = MORTISE_SQL_NULL;
        break;
    case Form::integer1:
        decodeInteger(index, reader.integer(1), 1);
        break;
    case Form::integer2:
        decodeInteger(index, reader.integer(2), 2);
        break;
    case Form::integer4:
        decodeInteger(index, reader.integer(4), 4);
        break;
    case Form::integer8:
        decodeInteger(index, reader.integer(8), 8);
        break;
    case Form::real32:
        value.kind = MORTISE_SQL_NUMBER;
        value.number = reader.real32();
        break;
    case Form::real64:
        value.kind = MORTISE_SQL_NUMBER;
        value.number = reader.real64();
        break;
    case Form::decimal:
        setText(value, MORTISE_SQL_DECIMAL, reader.bytes());
        break;
    case Form::date:
        setText(value, MORTISE_SQL_TEXT, {made, writeDate(reader.bytes(), made)});
        break;
    case Form::time:
        setText(value, MORTISE_SQL_TEXT, {made, writeTime(reader.bytes(), fields_[index].decimals, made)});
        break;
    case Form::dateTime:
        value.kind = MORTISE_SQL_DATE_TIME;
        if (!readDateTime(reader.bytes(), value.integer)) fault_ = {Fault::Kind::noDate, index, 0};
        break;
    case Form::text:
        setText(value, MORTISE_SQL_TEXT, reader.bytes());
        break;
    case Form::blob:
        setText(value, MORTISE_SQL_BLOB, reader.bytes());
        break;
    case Form::uuid: {
        const std::string_view bytes = reader.bytes();
        if (bytes.size() != uuidBytes) return setText(value, MORTISE_SQL_BLOB, bytes);
        writeUuid(bytes.data(), made);
        setText(value, MORTISE_SQL_UUID, {made, uuidLength});
        break;
    }
    }
}

void ResultColumns::decodeInteger(unsigned index, std::uint64_t raw, unsigned size) {
    mortise_sql_value& value = values_[index];
    value.kind = MORTISE_SQL_INTEGER;
    if (!columns_[index].isUnsigned) {
        const unsigned above = 64 - 8 * size;
        value.integer = static_cast<std::int64_t>(raw << above) >> above;
        return;
    }
    value.integer = static_cast<std::int64_t>(raw);
    if (raw > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        fault_ = {Fault::Kind::tooBig, index, raw};
}

void ResultColumns::fail() const {
    const MYSQL_FIELD& field = fields_[fault_.column];
    const std::string column = "column '" + std::string(field.name, field.name_length) + "' holds ";
    if (fault_.kind == Fault::Kind::noDate)
        throw DriverError(ER_TRUNCATED_WRONG_VALUE, "22007", column + "a date with a month or a day that is none");
    throw DriverError(ER_DATA_OUT_OF_RANGE, "22003", column + std::to_string(fault_.value) + ", past an integer");
}

} // namespace mortise::mariadb
