// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.hpp"
#include "output.hpp"

#include <string>

namespace mortise::logging {

// A local datagram socket, one record a datagram: syslog's or the journal's. Connects when it has to, so a daemon that
// is restarted, or comes late, is found again.
class DatagramOutput final : public Output {
public:
    // `separator` ends a record in a block and is sent as far as `sent_of_separator` bytes of it.
    DatagramOutput(std::string socket_path, std::string name, std::string separator, std::size_t sent_of_separator);

    std::size_t write(std::string_view block) noexcept override;
    bool reopen() noexcept override {
        socket_.reset();
        return true;
    }
    std::string trouble() const override;
    std::string name() const override { return name_; }

private:
    enum class Sent { yes, later, broken };

    bool connect() noexcept;
    Sent send(std::string_view record) noexcept;

    const std::string path_;
    const std::string name_;
    const std::string separator_;
    const std::size_t sent_of_separator_;
    Descriptor socket_;
    int error_ = 0;
};

} // namespace mortise::logging
