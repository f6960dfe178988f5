// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver_error.hpp"
#include "wire_values.hpp"

#include <mortise/service/database.h>

#include <mysql/mysql.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mortise::mariadb {

// The columns of the rows of one statement: each row is decoded where the library received it, texts and blobs of any
// length without a copy.
class ResultColumns {
public:
    // Of a run's rows; `fields` stay until the last of them. `buffer` is where the library receives them.
    void describe(const MYSQL_FIELD* fields, std::size_t count, const NET& buffer);
    // Of the row that was fetched last. Throws DriverError where a value has no kind of ours.
    const mortise_sql_value* row() const {
        if (fault_.kind != Fault::Kind::none) fail();
        return values_.data();
    }
    // A row was shorter than its columns: nothing is known of what the server sends.
    bool malformed() const noexcept { return malformed_; }
    std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(values_.size()); }

    // ps_result_callback: takes the column's bytes from the front of `*row`; `row` is null where it is NULL.
    static void receive(void* self, unsigned column, unsigned char** row) noexcept;

private:
    enum class Form : std::uint8_t {
        none,
        integer1,
        integer2,
        integer4,
        integer8,
        real32,
        real64,
        decimal,
        date,
        dateTime,
        time,
        text,
        blob,
        uuid,
    };
    struct Column {
        Form form = Form::none;
        bool isUnsigned = false;
    };
    struct Fault {
        enum class Kind : std::uint8_t { none, noDate, tooBig } kind = Kind::none;
        unsigned column = 0;
        std::uint64_t value = 0;
    };

    static Form formOf(const MYSQL_FIELD& field);
    void decode(unsigned index, WireReader& reader);
    void decodeInteger(unsigned index, std::uint64_t raw, unsigned size);
    [[noreturn]] void fail() const;

    std::vector<Column> columns_;
    std::vector<mortise_sql_value> values_;
    std::vector<std::array<char, uuidLength>> made_; // texts that are not sent as they are
    const MYSQL_FIELD* fields_ = nullptr;
    const NET* buffer_ = nullptr;
    bool malformed_ = false;
    Fault fault_;
};

} // namespace mortise::mariadb
