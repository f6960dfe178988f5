// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_data.hpp"

namespace mortise::dispatch {
namespace {

void trim(std::string& text) noexcept {
    text.clear();
    if (text.capacity() > RequestData::keptBytes) std::string().swap(text);
}

} // namespace

void RequestData::giveBack() noexcept {
    route = nullptr;
    fields.clear();
    parameters.clear();
    trim(path);
    trim(decoded);
    upload.reset();
    bodyTape.trim(keptBytes);
    queryTape.trim(keptBytes);
    pathTape.trim(keptBytes);
    headerTape.trim(keptBytes);
    cookieTape.trim(keptBytes);
    base::markGivenBack(&request, sizeof request);
}

void RequestData::handOut() noexcept {
    base::markHandedOut(&request, sizeof request);
    request = {};
}

} // namespace mortise::dispatch
