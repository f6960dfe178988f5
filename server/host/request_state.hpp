// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/generation.hpp"
#include "host/stream.hpp"
#include "host/transformation.hpp"
#include "host/upload.hpp"
#include "host/worker_ticket.hpp"
#include "http/exchange.hpp"
#include "json/tape.hpp"

#include <mortise/abi/exchange.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
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
    http::FileRange file; // in place of `body`, when it holds a file

    void clear() noexcept {
        status = 0;
        noStore = false;
        contentType = {};
        constantFields = {};
        contentTypeText.clear();
        fields.clear();
        body.clear();
        file = {};
    }
};

// Steps of a request, in order; each begins with the filters of its phase. The names are those of filter.h.
enum class Step : std::uint8_t { accept, protect, route, authenticate, body, validate, handle, handling };

// The caller, copied from what an authenticator said.
class Principal {
public:
    void assign(const mortise_principal& theirs);
    void clear() noexcept;
    const mortise_principal& get() const noexcept { return principal_; }
    bool hasRole(std::string_view role) const noexcept;

private:
    mortise_principal principal_{};
    std::string text_;
    std::vector<mortise_view> roles_; // into text_
};

// What the host keeps with an exchange. Whoever works on a step owns it: the loop, or the worker that runs the
// authenticator or handler; after the terminal claim the claimer, until the loop has sent the answer.
struct RequestState final : http::Attachment {
    static constexpr std::size_t keptBytes = 64 * 1024; // of buffers, between two exchanges
    static constexpr std::size_t requestIdBytes = 128;  // the longest one that is taken over

    Dispatcher* dispatcher = nullptr;
    LoopGeneration* pinned = nullptr;
    const Generation* generation = nullptr;
    const Route* route = nullptr;
    Step step = Step::accept;
    std::size_t filter = 0; // next one of the step's chain
    bool waiting = false;   // a filter returned PENDING
    bool malformed = false;

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

    Principal principal;

    std::vector<std::uint64_t> slots; // of the filters
    PendingAnswer answer;
    bool transformable = true;                      // by filters: false of what takes the place of another answer
    std::shared_ptr<Transformation> transformation; // what the answer waits for; the loop's
    std::string redactedUrl;

    // While a plugin has the request: which one, and until when (monotonic ms). 0: nobody has.
    std::atomic<const Instance*> holder{nullptr};
    std::atomic<std::uint64_t> deadlineMs{0};
    std::atomic<std::uint64_t> resumed{0}; // exchange id, while its resume() is on its way
    WorkerTicket ticket;

    // [any] What log lines of plugins say of the request, valid as long as it is open when this returns.
    std::size_t copyRequestId(char (&out)[requestIdBytes]) const noexcept;
    void keepRequestId(std::string_view id) noexcept;

    // [any] The answer in pieces that `id` has open; null: none.
    std::shared_ptr<Stream> streamFor(std::uint64_t id) const;
    bool hasStream() const noexcept { return streamOf_.load(std::memory_order_acquire) != 0; }
    void openStream(std::uint64_t id, std::shared_ptr<Stream> stream);

    // Between two exchanges; keeps small buffers.
    void reset() noexcept;

private:
    mutable std::mutex streamMutex_;
    std::atomic<std::uint64_t> streamOf_{0}; // set under streamMutex_
    std::shared_ptr<Stream> stream_;         // under streamMutex_
    std::atomic<std::uint64_t> requestIdSize_{0};
    std::array<std::atomic<std::uint64_t>, requestIdBytes / 8> requestId_{};
};

} // namespace mortise::host
