// SPDX-License-Identifier: Apache-2.0
#include "host/request_state.hpp"

#include "host/abi_text.hpp"

namespace mortise::host {
namespace {

void trim(std::string& text) noexcept {
    text.clear();
    if (text.capacity() > RequestState::keptBytes) std::string().swap(text);
}

} // namespace

void RequestState::reset() noexcept {
    pinned = nullptr;
    generation = nullptr;
    route = nullptr;
    step = Step::accept;
    filter = 0;
    waiting = malformed = false;
    request = {};
    fields.clear();
    parameters.clear();
    trim(path);
    trim(decoded);
    bodyTape.trim(keptBytes);
    queryTape.trim(keptBytes);
    pathTape.trim(keptBytes);
    principal = {};
    trim(principalText);
    roles.clear();
    slots.clear();
    trim(answer.body);
    trim(answer.fields);
    answer.clear();
    trim(redactedUrl);
    deadlineMs.store(0, std::memory_order_relaxed);
    detached.store(0, std::memory_order_relaxed);
    streamOf.store(0, std::memory_order_relaxed);
    stream.reset();
}

void RequestState::setPrincipal(const mortise_principal& theirs) {
    const mortise_principal from = readStruct(theirs);
    principalText.clear();
    roles.clear();
    std::size_t size = from.id.size + from.name.size;
    for (std::uint32_t i = 0; i < from.role_count; ++i) size += from.roles[i].size;
    principalText.reserve(size); // views into it must not move
    const auto keep = [this](mortise_view view) {
        const std::size_t at = principalText.size();
        principalText.append(text(view));
        return mortise_view{principalText.data() + at, view.size};
    };
    principal.struct_size = sizeof(mortise_principal);
    principal.id = keep(from.id);
    principal.name = keep(from.name);
    for (std::uint32_t i = 0; i < from.role_count; ++i) roles.push_back(keep(from.roles[i]));
    principal.roles = roles.data();
    principal.role_count = static_cast<std::uint32_t>(roles.size());
    request.principal = &principal;
}

} // namespace mortise::host
