// SPDX-License-Identifier: Apache-2.0
#include "http/request_head.hpp"

#include <utility>

namespace mortise::http {

void RequestHead::clear() noexcept {
    std::vector<FieldSpan> kept = std::move(fields);
    kept.clear();
    *this = RequestHead();
    fields = std::move(kept);
}

} // namespace mortise::http
