// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/database.h>

#include <mysql/mysql.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mortise::mariadb {

// The parameters of one run of a statement, as libmariadb sends them. Texts stay where they are, with the caller.
class ParameterValues {
public:
    // `count` of them, all NULL.
    explicit ParameterValues(std::size_t count);

    std::size_t count() const noexcept { return binds_.size(); }
    // How many bytes they are sent in, at most.
    std::size_t size() const noexcept;
    // Throws InvalidCall where `value` is none that can be sent.
    void set(std::size_t index, const mortise_sql_value& value);
    MYSQL_BIND* binds() noexcept { return binds_.data(); }

private:
    // What `value` is sent as where it is not sent from where it is.
    struct Converted {
        std::int64_t integer;
        double number;
        MYSQL_TIME time;
        std::array<char, 16> uuid;
    };

    std::vector<MYSQL_BIND> binds_;
    std::vector<Converted> converted_;
};

} // namespace mortise::mariadb
