// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "parameter_values.hpp"
#include "result_columns.hpp"
#include "session.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace mortise::mariadb {

// A prepared statement of a session, which is to outlive it. For one thread at a time, as the session.
class Statement {
public:
    Statement(Session& session, std::string_view sql, const Deadline& deadline);
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    // Waits for nothing.
    ~Statement() = default;

    // To be set before each run; borrowed until it ends.
    ParameterValues& parameters() noexcept { return parameters_; }
    std::size_t columnCount() const noexcept;
    // Returns how many rows a write matched, or how many came. Rows come to their end also where no more are wanted.
    std::uint64_t execute(const Deadline& deadline, RowSink sink);

private:
    struct Close {
        void operator()(MYSQL_STMT* statement) const noexcept { mysql_stmt_close(statement); }
    };
    using Handle = std::unique_ptr<MYSQL_STMT, Close>;

    static Handle prepare(Session& session, std::string_view sql, const Deadline& deadline);
    std::uint64_t receive(SessionCall& call, RowSink sink);

    Session& session_;
    Handle handle_;
    ParameterValues parameters_;
    ResultColumns columns_;
};

} // namespace mortise::mariadb
