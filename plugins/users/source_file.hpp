// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace users {

/// A file that is read at any place, by a descriptor that outlives it. Throws std::system_error.
class SourceFile {
public:
    explicit SourceFile(int descriptor) noexcept : descriptor_(descriptor) {}

    /// A pipe or a terminal is not: it cannot be read anew.
    [[nodiscard]] bool isRegular() const;
    [[nodiscard]] std::uint64_t size() const;
    /// As many bytes as there are, `size` at most.
    std::size_t read(std::uint64_t position, char* out, std::size_t size) const;

private:
    int descriptor_;
};

} // namespace users
