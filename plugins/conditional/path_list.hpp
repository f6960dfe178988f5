// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::conditional {

// Paths as settings name them: "/health", and "/live/*" for all that begin so.
class PathList {
public:
    explicit PathList(std::vector<std::string> paths = {}) : paths_(std::move(paths)) {}

    static std::string_view faultOf(std::string_view path) noexcept {
        if (path.empty() || path.front() != '/') return "it does not begin with '/'";
        return path.find('*') < path.size() - 1 ? "'*' stands for the rest only" : std::string_view();
    }
    bool contains(std::string_view path) const noexcept {
        return std::any_of(paths_.begin(), paths_.end(), [path](std::string_view one) {
            return one.back() == '*' ? path.substr(0, one.size() - 1) == one.substr(0, one.size() - 1) : path == one;
        });
    }

private:
    std::vector<std::string> paths_;
};

} // namespace mortise::conditional
