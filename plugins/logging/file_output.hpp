// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.hpp"
#include "output.hpp"

#include <cstdint>
#include <string>

namespace mortise::logging {

// A file that is appended to, mode 0640. Lines are never torn: what a full disk took of one is cut off again, and a
// rotation happens between lines. A file that was deleted is made anew; one that was renamed is written on until
// reopen().
class FileOutput final : public Output {
public:
    struct Settings {
        std::string path;
        std::uint64_t rotate_size = 0; // bytes; the file is rotated before it grows beyond. 0: never
        std::uint32_t rotate_keep = 5; // path.1 (newest) to path.N are kept; 0: none
    };

    // Throws std::system_error when the file cannot be opened.
    explicit FileOutput(Settings settings);

    std::size_t write(std::string_view block) noexcept override;
    bool reopen() noexcept override;
    std::string trouble() const override;
    std::string name() const override { return "log file " + settings_.path; }

private:
    bool open() noexcept;
    bool refresh() noexcept;
    bool rotate() noexcept;
    bool makeWay() const noexcept;
    // How much of `block` goes into this file; 0: rotate first.
    std::size_t fitting(std::string_view block) const noexcept;
    std::string numbered(std::uint32_t number) const;

    const Settings settings_;
    Descriptor file_;
    std::uint64_t size_ = 0;
    bool regular_ = false;
    bool torn_ = false; // the last byte in the file is not the end of a line, and could not be cut off
    std::uint64_t no_rotation_below_ = 0; // after a failed one: bytes to grow before the next try
    int error_ = 0;                       // errno of the last failure
};

} // namespace mortise::logging
