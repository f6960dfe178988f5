// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/generation.hpp"
#include "host/stream.hpp"
#include "http/exchange.hpp"
#include "json/tape.hpp"

#include <mortise/abi/exchange.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Dispatcher;

// A generation as one loop uses it: counted without atomics, since only the loop's thread touches the count.
struct LoopGeneration {
    std::shared_ptr<Generation> generation;
    std::size_t open = 0; // exchanges that began in it and are not finished
};

// The answer of whoever won the exchange's claim, kept until the loop sends it.
struct PendingAnswer {
    int status = 0;
    bool noStore = false;
    std::string_view contentType;    // constant, or in contentTypeText
    std::string_view constantFields; // of the plugin's header block: lives as long as the generation
    std::string contentTypeText;
    std::string fields;
    std::string body;

    void clear() noexcept {
        status = 0;
        noStore = false;
        contentType = {};
        constantFields = {};
        contentTypeText.clear();
        fields.clear();
        body.clear();
    }
};

// Steps of a request, in order; each begins with the filters of its phase. The names are those of filter.h.
enum class Step : std::uint8_t { accept, protect, route, authenticate, body, validate, handle, handling };

// What the host keeps with an exchange. Whoever works on a step owns it: the loop, or the worker that runs the
// authenticator or handler; after the terminal claim the claimer, until the loop has sent the answer.
struct RequestState final : http::Attachment {
    static constexpr std::size_t keptBytes = 64 * 1024; // of buffers, between two exchanges

    Dispatcher* dispatcher = nullptr;
    LoopGeneration* pinned = nullptr;
    const Generation* generation = nullptr;
    const Route* route = nullptr;
    Step step = Step::accept;
    std::size_t filter = 0; // next one of the step's chain
    bool waiting = false;   // a filter or the authenticator returned PENDING
    bool malformed = false;

    mortise_request request{};
    std::vector<mortise_field> fields;
    std::vector<mortise_field> parameters;
    std::string path;    // normalised, when it differs from what was sent
    std::string decoded; // percent-decoded parameters that needed it
    json::Tape bodyTape;
    json::Tape queryTape;
    json::Tape pathTape;
    mortise_json_tape bodyView{};
    mortise_json_tape queryView{};
    mortise_json_tape pathView{};

    mortise_principal principal{};
    std::string principalText;
    std::vector<mortise_view> roles;

    std::vector<std::uint64_t> slots; // of the filters
    PendingAnswer answer;
    std::string redactedUrl;
    std::atomic<std::uint64_t> deadlineMs{0}; // monotonic, once handed to the route's plugin; 0: not yet
    std::atomic<std::uint64_t> detached{0};   // exchange id, once the host answered and the plugin still works on it
    std::atomic<std::uint64_t> streamOf{0};   // exchange id while an answer in pieces is open
    std::shared_ptr<Stream> stream;

    // Between two exchanges; keeps small buffers.
    void reset() noexcept;
    // Copies what an authenticator said.
    void setPrincipal(const mortise_principal& theirs);
};

} // namespace mortise::host
