// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/unique_ptr.hpp>
#include <mortise/detail/view.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// Texts that stay where they are, for views that live as long as this.
class Texts {
public:
    mortise_view keep(std::string_view text) {
        texts_.push_back(std::make_unique<std::string>(text));
        return view(*texts_.back());
    }

private:
    std::vector<std::unique_ptr<std::string>> texts_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
