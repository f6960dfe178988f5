// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// Hashes texts by a secret of its own, so that nobody outside can choose texts that meet.
class TextHash {
public:
    TextHash();
    std::uint64_t operator()(std::string_view text) const;

private:
    std::uint64_t secret_;
    std::uint64_t factor_;
};

} // namespace mortise::graphql
