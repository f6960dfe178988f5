// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/host_names.hpp"
#include "http/constant_fields.hpp"
#include "http/name_set.hpp"
#include "http/response.hpp"

#include <mortise/service/filter.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace mortise::dispatch {

struct ErrorResponse;
struct RequestState;

// The head of one response while the filters of `respond` work on it, one after the other. Thread: the loop's, or that
// of the worker that has a DetachedResponse.
class ResponseHead {
public:
    // Changes `response` as the filters say.
    ResponseHead(RequestState& state, http::Response& response) noexcept : state_(state), response_(response) {}
    // Goes on with the same in `response`, on a worker.
    ResponseHead(const ResponseHead& other, http::Response& response) noexcept : ResponseHead(other.state_, response) {
        take(other);
        detached_ = true;
    }
    ResponseHead(const ResponseHead&) = delete;
    ResponseHead& operator=(const ResponseHead&) = delete;

    // Goes on as the other one, whose response is this one's again.
    void take(const ResponseHead& other) noexcept;

    // Of a new response; `body` is what it has (MORTISE_BODY_ ...).
    void begin(std::uint32_t body) noexcept;
    // What the next filter, one of `owner`, sees; valid until the response changes.
    mortise_response view(const Instance& owner) noexcept;
    // The value of a field so far; without data when there is none.
    std::string_view field(std::string_view name) const noexcept;
    // Puts an error in the place of what there is, a stream too; the other fields stay. May throw std::bad_alloc.
    void replaceBy(const ErrorResponse& error);
    // False, and nothing is appended, when the field is not allowed. May throw std::bad_alloc.
    bool append(std::string_view name, std::string_view value);
    bool appendCopies(std::string_view name, std::string_view value);
    // Puts what filters gave as blocks into the response; due once all have run. May throw std::bad_alloc.
    void settle();

private:
    static mortise_status addField(void* self, mortise_view name, mortise_view value) noexcept;
    static mortise_view findField(void* self, mortise_view name) noexcept;
    static mortise_status setField(void* self, mortise_view name, mortise_view value) noexcept;
    static mortise_status removeField(void* self, mortise_view name) noexcept;
    static mortise_status replace(void* self, std::uint32_t status) noexcept;
    static mortise_status refuse(void* self, std::uint32_t status, mortise_view message, mortise_view code) noexcept;
    static mortise_status transform(void* self, const mortise_transformer* transformer) noexcept;
    static mortise_status addBlock(void* self, std::uint64_t number) noexcept;
    std::span<const http::ConstantFields* const> added() const noexcept { return {blocks_.data(), blockCount_}; }
    bool remove(std::string_view name);
    bool replaceField(std::string_view name, std::string_view value);
    bool joinVary(std::string_view value);
    void add(const http::ConstantFields& block);
    bool hasMember(std::string_view name, std::string_view member) const noexcept;
    bool mayTransform() const noexcept;
    void dropTransformation() noexcept;

    RequestState& state_;
    http::Response& response_;
    std::uint32_t body_ = 0;
    http::NameSet names_;                                 // of the reply fields, the constant ones and those of blocks_
    const Instance* owner_ = nullptr;                     // of the filter that is at it
    std::array<const http::ConstantFields*, 4> blocks_{}; // of filters; not in the response yet
    std::size_t blockCount_ = 0;
    bool transformed_ = false;
    bool transforming_ = false; // a filter's `chunk` or `release` runs inside of transform()
    bool detached_ = false;     // the response is on a worker
    bool dropped_ = false;      // on a worker: what a transformation makes of the body is not wanted any more
};

// A response while a filter works on it on a worker: the loop may respond without it at any time.
struct DetachedResponse {
    DetachedResponse(const ResponseHead& from, http::Response& taken)
        : response(std::move(taken)), head(from, response) {}

    http::Response response;
    ResponseHead head;
};

} // namespace mortise::dispatch
