// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/owned.hpp>
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
        texts_.push_back(Owned<std::string>::make(text));
        return view(*texts_.back());
    }

private:
    std::vector<Owned<std::string>> texts_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
