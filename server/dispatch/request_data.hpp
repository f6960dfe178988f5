// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/given_back.hpp"
#include "dispatch/host_names.hpp"
#include "dispatch/upload.hpp"
#include "json/tape.hpp"

#include <mortise/abi/exchange.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace mortise::dispatch {

// What plugins see of a request, with the memory that it points into. Who may change it: whoever has the request's
// turn, while no plugin has.
struct RequestData {
    static constexpr std::size_t keptBytes = base::keptBytes(64 * 1024); // of buffers, between two requests

    const Route* route = nullptr;
    mortise_request request{};
    std::vector<mortise_field> fields;
    std::vector<mortise_field> parameters;
    std::string path;               // normalised, when it differs from what was sent
    std::string decoded;            // percent-decoded parameters that needed it
    std::unique_ptr<Upload> upload; // of a multipart body
    json::Tape bodyTape;
    json::Tape queryTape;
    json::Tape pathTape;
    json::Tape headerTape;
    json::Tape cookieTape;
    mortise_json_tape bodyView{};
    mortise_json_tape queryView{};
    mortise_json_tape pathView{};
    mortise_json_tape headerView{};
    mortise_json_tape cookieView{};

    // Between two requests; keeps small buffers. `request` is not to be looked at until handOut().
    void giveBack() noexcept;
    void handOut() noexcept;
};

} // namespace mortise::dispatch
