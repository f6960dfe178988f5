// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mortise::logging {

// Where the lines of one channel end up. Everything but the constructor is called by the channel's own thread only.
class Output {
public:
    virtual ~Output() = default;

    // Writes from the begin of `block` (whole records, or what is left of them) and tells how many bytes it took; 0
    // when it cannot go on now. Comes back within a fifth of a second. What it did not take is offered again.
    virtual std::size_t write(std::string_view block) noexcept = 0;
    // Opens whatever stands behind the name now. False: it cannot, and goes on with what it had.
    virtual bool reopen() noexcept { return true; }
    // Why write took nothing, or reopen failed, the last time.
    virtual std::string trouble() const = 0;
    // "log file /var/log/mortise/mortise.log"
    virtual std::string name() const = 0;
};

} // namespace mortise::logging
