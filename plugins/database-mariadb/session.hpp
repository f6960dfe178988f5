// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver_error.hpp"
#include "server_address.hpp"
#include "timed_call.hpp"

#include <mortise/service/database.h>

#include <Poco/Data/MySQL/SessionHandle.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::mariadb {

// Where rows are shown, one by one; `row` may be null.
struct RowSink {
    mortise_sql_row row = nullptr;
    void* context = nullptr;

    // Whether more is wanted.
    bool operator()(const mortise_sql_value* columns, std::uint32_t count) const {
        return row != nullptr && row(context, columns, count, sizeof(mortise_sql_value)) != 0;
    }
};

class SessionCall;

// A connection. For one thread at a time. What takes a deadline returns by then, and throws DriverError; after one that
// is `lost` only the end may follow.
class Session {
public:
    // A name is looked up by the system, which keeps no deadline (see ConnectAttempts).
    Session(const ServerAddress& server, const Deadline& deadline);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    // Waits for nothing.
    ~Session() = default;

    // What the server called itself.
    std::string_view version() const noexcept { return version_; }
    // Whether the connection was still there a moment ago; sends nothing.
    bool alive() noexcept;
    // One statement of any kind, without parameters; columns come as texts. Returns how many rows a write matched, or
    // how many came.
    std::uint64_t run(std::string_view sql, const Deadline& deadline, RowSink sink);

private:
    friend class SessionCall;

    void setOptions(const ServerAddress& server);
    void setTls(const ServerAddress& server);
    void connect(const ServerAddress& server, const Deadline& deadline);
    std::uint64_t receive(SessionCall& call, RowSink sink);

    Poco::Data::MySQL::SessionHandle handle_{nullptr};
    std::string_view version_;
    std::size_t packetLimit_ = 0; // of what is sent at once, in bytes
    bool lost_ = false;
};

// Calls of libmariadb on a session, of which all together have one deadline. Throws when the session is lost.
class SessionCall {
public:
    SessionCall(Session& session, const Deadline& deadline);

    // The library leaves what goes wrong there, in the place of the connection.
    void of(MYSQL_STMT* statement) noexcept { statement_ = statement; }
    MYSQL* handle() noexcept { return session_.handle_; }
    // Throws what the library left, unless `done`.
    void need(bool done) {
        if (!done) fail();
    }
    // Throws where what is to be sent is more than the server takes: it would say so and close the connection, and the
    // library would see only the end.
    void needRoom(std::size_t size) {
        if (size >= session_.packetLimit_) failTooLarge(size);
    }
    // Throws when the time is over: while data keeps coming nothing waits, and nothing would be late.
    void needTime() {
        if (deadline_.isOver()) failLate();
    }
    // Nothing can be made of what the server sent.
    [[noreturn]] void failLost(unsigned code, std::string_view message);

private:
    [[noreturn]] void fail();
    [[noreturn]] void failLate();
    [[noreturn]] void failTooLarge(std::size_t size);
    void end() noexcept;

    Session& session_;
    const Deadline& deadline_;
    MYSQL_STMT* statement_ = nullptr;
    TimedCall timed_;
};

} // namespace mortise::mariadb
