// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/file_range.hpp"

#include <string>
#include <string_view>

namespace mortise::host {

// An answer on its way out. Views are borrowed for the call.
struct Outgoing {
    int status = 200;
    bool noStore = false;
    bool sized = true; // see http::ReplyHead
    std::string_view contentType;
    std::string_view constantFields;
    std::string_view body;
    std::string* ownedBody = nullptr;    // when set: the body, which may be moved from
    http::FileRange* fileBody = nullptr; // likewise

    std::string_view bytes() const noexcept { return ownedBody != nullptr ? std::string_view(*ownedBody) : body; }
};

} // namespace mortise::host
