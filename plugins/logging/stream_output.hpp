// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.hpp"
#include "output.hpp"

#include <string>

namespace mortise::logging {

// Standard output or standard error: a terminal, a pipe, a socket or a file that somebody else opened. Its flags are
// left alone, since others share it; what may block is written in pieces that its buffer has room for.
class StreamOutput final : public Output {
public:
    // Keeps a duplicate of `fd`. Throws std::system_error.
    StreamOutput(int fd, std::string name);

    std::size_t write(std::string_view block) noexcept override;
    std::string trouble() const override;
    std::string name() const override { return name_; }

private:
    enum class Kind { file, socket, other };

    const std::string name_;
    Descriptor stream_;
    Kind kind_ = Kind::other;
    int error_ = 0;
};

} // namespace mortise::logging
