// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace mortise::mariadb {

// What went wrong on the server, on the way to it, or with a value of a column; there is no secret in the message.
class DriverError : public std::runtime_error {
public:
    // `code` and `state` are the server's, or the library's where no server said it.
    DriverError(unsigned code, std::string_view state, const std::string& message)
        : std::runtime_error(message), code_(code), state_(state) {}

    unsigned code() const noexcept { return code_; }
    const std::string& state() const noexcept { return state_; }
    // The session is over.
    bool lost() const noexcept { return lost_; }
    // The session is over because the time was.
    bool late() const noexcept { return late_; }

    DriverError&& asLost() && {
        lost_ = true;
        return std::move(*this);
    }
    DriverError&& asLate() && {
        late_ = lost_ = true;
        return std::move(*this);
    }

private:
    unsigned code_;
    std::string state_;
    bool lost_ = false;
    bool late_ = false;
};

// The call is wrong; nothing was sent.
class InvalidCall : public std::invalid_argument {
public:
    using std::invalid_argument::invalid_argument;
};

} // namespace mortise::mariadb
