// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/outgoing.hpp"
#include "host/request_state.hpp"
#include "http/constant_fields.hpp"
#include "http/exchange.hpp"
#include "http/name_set.hpp"

#include <mortise/service/filter.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::host {

class Instance;

// The head of one answer while the filters of `respond` work on it, one after the other. Thread: the loop's.
class ResponseHead {
public:
    // Changes `outgoing` and the exchange's reply fields as the filters say. `body` is what the answer has.
    ResponseHead(http::Exchange& exchange, RequestState& state, Outgoing& outgoing, std::uint32_t body) noexcept
        : exchange_(exchange), state_(state), outgoing_(outgoing), body_(body) {
        names_.addBlock(exchange_.replyFields());
        names_.addBlock(outgoing_.constantFields);
    }
    ResponseHead(const ResponseHead&) = delete;
    ResponseHead& operator=(const ResponseHead&) = delete;

    // What the next filter, one of `owner`, sees; valid until the answer changes.
    mortise_response view(const Instance& owner) noexcept;
    // The value of a field so far; without data when there is none.
    std::string_view field(std::string_view name) const noexcept;
    // False, and nothing is appended, when the field is not allowed. May throw std::bad_alloc.
    bool append(std::string_view name, std::string_view value);
    // Puts what filters gave as blocks into the answer; due once all have run. May throw std::bad_alloc.
    void settle();

private:
    static mortise_status addField(void* self, mortise_view name, mortise_view value) noexcept;
    static mortise_view findField(void* self, mortise_view name) noexcept;
    static mortise_status setField(void* self, mortise_view name, mortise_view value) noexcept;
    static mortise_status removeField(void* self, mortise_view name) noexcept;
    static mortise_status replace(void* self, std::uint32_t status) noexcept;
    static mortise_status refuse(void* self, std::uint32_t status, mortise_view sentence) noexcept;
    static mortise_status transform(void* self, const mortise_transformer* transformer) noexcept;
    static mortise_status addBlock(void* self, std::uint64_t number) noexcept;
    std::span<const http::ConstantFields* const> added() const noexcept { return {blocks_.data(), blockCount_}; }
    bool remove(std::string_view name);
    bool replaceField(std::string_view name, std::string_view value);
    bool joinVary(std::string_view value);
    void add(const http::ConstantFields& block);
    bool hasMember(std::string_view name, std::string_view member) const noexcept;
    bool mayTransform() const noexcept;

    http::Exchange& exchange_;
    RequestState& state_;
    Outgoing& outgoing_;
    std::uint32_t body_;
    http::NameSet names_;                                 // of the reply fields, the constant ones and those of blocks_
    const Instance* owner_ = nullptr;                     // of the filter that is at it
    std::array<const http::ConstantFields*, 4> blocks_{}; // of filters; not in the answer yet
    std::size_t blockCount_ = 0;
    bool transformed_ = false;
};

} // namespace mortise::host
