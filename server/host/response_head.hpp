// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/outgoing.hpp"
#include "http/exchange.hpp"

#include <mortise/service/filter.h>

#include <cstdint>
#include <string_view>

namespace mortise::host {

class Instance;

// The head of one answer while the filters of `respond` work on it, one after the other. Thread: the loop's.
class ResponseHead {
public:
    // Changes `outgoing` and the exchange's reply fields as the filters say. `body` is what the answer has.
    ResponseHead(http::Exchange& exchange, Outgoing& outgoing, std::uint32_t body) noexcept
        : exchange_(exchange), outgoing_(outgoing), body_(body) {}
    ResponseHead(const ResponseHead&) = delete;
    ResponseHead& operator=(const ResponseHead&) = delete;

    // What the next filter, one of `owner`, sees; valid until the answer changes.
    mortise_response view(const Instance& owner) noexcept;
    // The value of a field so far; without data when there is none.
    std::string_view field(std::string_view name) const noexcept;

private:
    static mortise_status addField(void* self, mortise_view name, mortise_view value) noexcept;
    static mortise_view findField(void* self, mortise_view name) noexcept;
    static mortise_status setField(void* self, mortise_view name, mortise_view value) noexcept;
    static mortise_status removeField(void* self, mortise_view name) noexcept;
    static mortise_status replace(void* self, std::uint32_t status) noexcept;
    static mortise_status addBlock(void* self, std::uint64_t block) noexcept;
    static mortise_status transform(void* self, const mortise_transformer* transformer) noexcept;
    bool remove(std::string_view name);

    http::Exchange& exchange_;
    Outgoing& outgoing_;
    std::uint32_t body_;
    const Instance* owner_ = nullptr; // of the filter that is at it
};

} // namespace mortise::host
