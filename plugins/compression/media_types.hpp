// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::compression {

// Media types that shrink: "text/*", "application/json", "*+json".
class MediaTypes {
public:
    // What is wrong with a pattern; empty: nothing.
    static std::string_view faultOf(std::string_view pattern) noexcept;

    // Patterns without a fault.
    explicit MediaTypes(const std::vector<std::string>& patterns = {});
    // Of a Content-Type, whose parameters do not matter.
    bool contain(std::string_view contentType) const noexcept;

private:
    std::vector<std::string> whole_;
    std::vector<std::string> prefixes_; // with the slash
    std::vector<std::string> suffixes_; // with the plus
};

} // namespace mortise::compression
