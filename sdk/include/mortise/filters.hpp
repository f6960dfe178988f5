// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/filter_entry.hpp>
#include <mortise/detail/fixed_array.hpp>
#include <mortise/detail/function.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/detail/uncaught.hpp>
#include <mortise/guard.hpp>
#include <mortise/request.hpp>
#include <mortise/service/filter.h>
#include <mortise/service/routes.h>
#include <mortise/setup.hpp>

#include <chrono>
#include <memory>

namespace mortise {
inline namespace v1 {

// Phases in which a filter can look at a request; Phase::accept | Phase::route names several.
enum class Phase : std::uint32_t {
    accept = MORTISE_PHASE_ACCEPT,
    protect = MORTISE_PHASE_PROTECT,
    route = MORTISE_PHASE_ROUTE,
    authenticate = MORTISE_PHASE_AUTHENTICATE,
    body = MORTISE_PHASE_BODY,
    handle = MORTISE_PHASE_HANDLE,
};
constexpr Phase operator|(Phase a, Phase b) noexcept {
    return static_cast<Phase>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

// What a filter may do in the phases it is declared for. All but pass cost a turn per call.
enum class May : std::uint32_t {
    pass = 0, // looks, and lets the request pass
    reply = MORTISE_FILTER_MAY_REPLY,
    wait = MORTISE_FILTER_MAY_WAIT | MORTISE_FILTER_MAY_REPLY, // goes on or replies later
};

namespace detail {

// The turn of a filter that waits. Move-only, any thread; destroyed unused, the client gets 500. Once the host has
// ended the request all of it is harmless.
class Waiting {
public:
    Waiting(const Runtime& runtime, mortise_exchange exchange) noexcept : runtime_(&runtime), exchange_(exchange) {}
    Waiting(Waiting&& other) noexcept : runtime_(std::exchange(other.runtime_, nullptr)), exchange_(other.exchange_) {}
    Waiting& operator=(Waiting&&) = delete;
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { resume(MORTISE_ERROR); }

    void proceed() noexcept { resume(MORTISE_OK); }
    // For Database::transact and others that store. Throws Stale once it has proceeded.
    operator Turn() const {
        if (runtime_ == nullptr) throw Stale("the filter has gone on already");
        return Turn(exchange_);
    }

protected:
    const Runtime* runtime_;
    mortise_exchange exchange_;

private:
    void resume(mortise_status outcome) noexcept {
        const Runtime* const runtime = std::exchange(runtime_, nullptr);
        if (runtime != nullptr && runtime->exchange.table.resume != nullptr)
            runtime->exchange.table.resume(runtime->exchange.self, exchange_, outcome);
    }
};

} // namespace detail

// The turn of a filter that waits at a request: proceeds or replies, also before the filter has returned.
class Continuation : public detail::Waiting {
public:
    using Waiting::Waiting;

    void reply(Reply response) {
        if (runtime_ == nullptr) return;
        const mortise_status status = ReplySender::send(*runtime_, exchange_, std::move(response));
        // What never left leaves the turn open: the destructor ends it.
        if (ReplySender::isMade(status)) runtime_ = nullptr;
    }
};

// The turn of a filter that waits at a response: proceeds, also before the filter has returned.
class ResponseContinuation : public detail::Waiting {
public:
    using Waiting::Waiting;
};

// [loop], or [worker] where the filter is onWorkers(). A request in one of its phases. Doing nothing lets it pass.
class FilterCall {
public:
    FilterCall(Request& request, std::uint32_t phase, std::uint64_t& slot, May may) noexcept
        : request_(request), phase_(phase), slot_(slot), may_(may) {}

    Request& request() const noexcept { return request_; }
    Phase phase() const noexcept { return static_cast<Phase>(phase_); }
    // The filter's own word of this exchange, 0 at first; the same in all its calls.
    std::uint64_t& slot() const noexcept { return slot_; }

    // Replies here; the request goes no further. Throws Invalid where the filter is not declared with May::reply or
    // May::wait, and where it has replied or waits already.
    void reply(Reply answer) {
        if (may_ == May::pass) throw Invalid("this filter only looks: declare it with May::reply to have it reply");
        needTurn();
        const mortise_status status = ReplySender::send(request_.runtime(), request_.exchange(), std::move(answer));
        if (!ReplySender::isMade(status)) detail::raise(status, "reply");
        outcome_ = MORTISE_REPLIED;
    }
    // Stops the request until the continuation says how it goes on. Throws Invalid where the filter is not declared
    // with May::wait, and where it has replied or waits already.
    Continuation later() {
        if (may_ != May::wait)
            throw Invalid("this filter never waits: declare it with May::wait to have requests go on later");
        needTurn();
        outcome_ = MORTISE_PENDING;
        return Continuation(request_.runtime(), request_.exchange());
    }
    mortise_status outcome() const noexcept { return outcome_; }

private:
    void needTurn() const {
        if (outcome_ != MORTISE_OK) throw Invalid("the filter has said already how this request goes on");
    }

    Request& request_;
    std::uint32_t phase_;
    std::uint64_t& slot_;
    May may_;
    mortise_status outcome_ = MORTISE_OK;
};

enum class BodyKind : std::uint32_t {
    none = MORTISE_BODY_NONE,
    whole = MORTISE_BODY_WHOLE,
    stream = MORTISE_BODY_STREAM,
    file = MORTISE_BODY_FILE,
};

// Takes the bytes that a Transformer makes.
class Emit {
public:
    Emit(mortise_emit emit, void* sink) noexcept : emit_(emit), sink_(sink) {}
    void operator()(std::string_view data) const noexcept { emit_(sink_, view(data)); }

private:
    mortise_emit emit_;
    void* sink_;
};

// Changes the bytes of one response. Any thread, one call at a time.
class Transformer {
public:
    Transformer() = default;
    Transformer(const Transformer&) = delete;
    Transformer& operator=(const Transformer&) = delete;
    virtual ~Transformer() = default; // must not throw

    // The next bytes of the response; `last` comes with the final ones, which may be none. `flush`: all that was taken
    // so far is to come out now. Throwing ends the response.
    virtual void chunk(std::string_view data, bool last, bool flush, const Emit& out) = 0;
};

// [loop], or [worker] where the filter is onWorkers(). The head of a response, just before it is written. Under an
// older host than this header knows, what that cannot do is refused and what it does not show is empty.
class Response {
public:
    Response(Request& request, const mortise_response& peer, std::uint64_t& slot) noexcept
        : request_(request), raw_(&peer), slot_(slot) {
        if (peer.struct_size < sizeof(mortise_response)) {
            older_ = detail::adopt<mortise_response>(&peer);
            raw_ = &older_;
        }
    }
    Response(const Response&) = delete;
    Response& operator=(const Response&) = delete;

    Request& request() const noexcept { return request_; }
    std::uint32_t status() const noexcept { return raw_->status; }
    std::uint64_t& slot() const noexcept { return slot_; }

    // Adds a field; to Vary, which is one list, what it lacks. False when the host refuses it (framing, bytes that do
    // not belong).
    bool field(std::string_view name, std::string_view value) noexcept {
        return raw_->add_field != nullptr &&
               detail::peerStatus(raw_->add_field(raw_->context, view(name), view(value))) == MORTISE_OK;
    }
    // Those fields of a block (Setup::headerBlock) that the response does not have yet. The cheapest way to add
    // several.
    bool block(HeaderBlock constant) noexcept {
        return raw_->add_block != nullptr &&
               detail::peerStatus(raw_->add_block(raw_->context, constant.id)) == MORTISE_OK;
    }
    // In place of all fields of that name.
    bool setField(std::string_view name, std::string_view value) noexcept {
        return raw_->set_field != nullptr &&
               detail::peerStatus(raw_->set_field(raw_->context, view(name), view(value))) == MORTISE_OK;
    }
    void removeField(std::string_view name) noexcept {
        if (raw_->remove_field != nullptr) raw_->remove_field(raw_->context, view(name));
    }
    // The first field of that name so far, in any case, Content-Type too; nothing when there is none.
    std::optional<std::string_view> field(std::string_view name) const noexcept {
        const mortise_view value = raw_->field != nullptr ? raw_->field(raw_->context, view(name)) : mortise_view{};
        return value.data == nullptr ? std::nullopt : std::make_optional(text(value));
    }

    // What the response had when this call began: of a whole one all its bytes, of a whole one and of a file their
    // number.
    BodyKind bodyKind() const noexcept { return static_cast<BodyKind>(raw_->body_kind); }
    std::string_view body() const noexcept { return text(raw_->body); }
    std::uint64_t bodySize() const noexcept { return raw_->body_size; }
    std::string_view contentType() const noexcept { return text(raw_->content_type); }

    // Turns the response into one without a body, such as 304. False of a stream, which cannot be taken back.
    bool replace(std::uint32_t code) noexcept {
        return raw_->replace != nullptr && detail::peerStatus(raw_->replace(raw_->context, code)) == MORTISE_OK;
    }

    // Turns the response into an error, as a handler's refusal is one. False of a stream.
    bool refuse(std::uint32_t status, std::string_view message, std::string_view errorCode = {}) noexcept {
        return raw_->refuse != nullptr &&
               detail::peerStatus(raw_->refuse(raw_->context, status, view(message), view(errorCode))) == MORTISE_OK;
    }

    // Whether later() may be called: the filter is declared with May::wait, and this is no response in the place of
    // another (a deadline, a reload, a stop), which waits for nobody.
    bool mayWait() const noexcept { return raw_->may_wait != 0; }
    // Keeps the response until the continuation proceeds; nothing of it can be changed any more once the filter has
    // returned. Throws Invalid unless mayWait(), and where it waits already.
    ResponseContinuation later() {
        if (!mayWait())
            throw Invalid("this response waits for nobody: declare onRespond with May::wait, ask mayWait()");
        if (outcome_ != MORTISE_OK) throw Invalid("the filter waits at this response already");
        outcome_ = MORTISE_PENDING;
        return ResponseContinuation(request_.runtime(), request_.exchange());
    }
    mortise_status outcome() const noexcept { return outcome_; }

    // Whether the bytes may be changed: by the route (noTransform()), the reply and what filters did before.
    bool mayTransform() const noexcept { return raw_->transform != nullptr && raw_->may_transform != 0; }
    // Has the bytes go through it. False, and the response is as it was: they may not, or no worker is free for a long
    // one. Afterwards there is no body() to see; the fields that tell of the change are the caller's to set.
    bool transform(std::unique_ptr<Transformer> transformer) noexcept {
        if (!mayTransform() || transformer == nullptr) return false;
        mortise_transformer raw{};
        raw.struct_size = sizeof raw;
        raw.context = transformer.get();
        raw.chunk = &transformChunk;
        raw.release = [](void* self) { delete static_cast<Transformer*>(self); };
        if (detail::peerStatus(raw_->transform(raw_->context, &raw)) != MORTISE_OK) return false;
        static_cast<void>(transformer.release());
        return true;
    }

private:
    static mortise_status transformChunk(void* self, mortise_view data, std::uint32_t last, std::uint32_t flush,
                                         mortise_emit emit, void* sink) noexcept {
        return detail::guard(nullptr, [&] {
            static_cast<Transformer*>(self)->chunk(text(data), last != 0, flush != 0, Emit(emit, sink));
            return MORTISE_OK;
        });
    }

    Request& request_;
    const mortise_response* raw_;
    std::uint64_t& slot_;
    mortise_status outcome_ = MORTISE_OK;
    mortise_response older_; // only where the host's struct is smaller
};

// [loop], or [worker] where the filter is onWorkers(). What became of a request. On the loop short: the next request of
// the connection waits.
class Finished {
public:
    Finished(Request& request, const mortise_finished& peer, std::uint64_t& slot) noexcept
        : request_(request), raw_(&peer), slot_(slot) {
        if (peer.struct_size < sizeof(mortise_finished)) {
            older_ = detail::adopt<mortise_finished>(&peer);
            raw_ = &older_;
        }
    }
    Finished(const Finished&) = delete;
    Finished& operator=(const Finished&) = delete;

    Request& request() const noexcept { return request_; }
    std::uint32_t status() const noexcept { return raw_->status; } // 499: the client was gone before a response
    std::chrono::nanoseconds duration() const noexcept {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(raw_->duration_ns));
    }
    std::uint64_t sentBytes() const noexcept { return raw_->sent_bytes; }
    std::uint64_t receivedBytes() const noexcept { return raw_->received_bytes; }
    DateTime finishedAt() const noexcept { return {raw_->finished_ms}; }
    std::string_view url() const noexcept { return text(raw_->url); } // secret parameters redacted
    std::string_view userAgent() const noexcept { return text(raw_->user_agent); }
    std::string_view userId() const noexcept { return text(raw_->user_id); }
    bool quiet() const noexcept { return raw_->quiet != 0; }
    std::uint64_t& slot() const noexcept { return slot_; }
    const mortise_finished& raw() const noexcept { return *raw_; }

private:
    Request& request_;
    const mortise_finished* raw_;
    std::uint64_t& slot_;
    mortise_finished older_; // only where the host's struct is smaller
};

namespace detail {

constexpr std::size_t requestPhases = 6;

// A filter with what it calls.
struct HookedFilter final : FilterEntry {
    explicit HookedFilter(const Runtime& r) noexcept : FilterEntry(r) {}

    FixedArray<detail::Function<void(FilterCall&)>, requestPhases> onRequest;
    FixedArray<May, requestPhases> may{};
    detail::Function<void(Response&)> onRespond;
    detail::Function<void(const Finished&)> onFinish;
};

constexpr std::size_t phaseIndex(std::uint32_t phase) noexcept {
    std::size_t index = 0;
    while (phase > 1 && index < requestPhases) {
        phase >>= 1;
        ++index;
    }
    return index;
}

inline const HookedFilter& hooked(void* context) noexcept {
    return static_cast<const HookedFilter&>(*static_cast<FilterEntry*>(context));
}

// In a catch block: tells the log, and says what a filter returns that has decided `outcome` before it threw.
[[gnu::cold, gnu::noinline]] inline mortise_status filterThrew(const Request& request,
                                                               mortise_status outcome) noexcept {
    const Caught failure = caught();
    request.runtime().complain("A filter threw", failure.message, request.exchange());
    return outcome == MORTISE_OK ? failure.status : outcome;
}

// In a catch block: a filter that has the turn replies as a handler does.
[[gnu::cold, gnu::noinline]] inline mortise_status requestThrew(FilterCall& call, May may) noexcept {
    try {
        try {
            throw;
        } catch (const HttpError& failure) {
            if (may == May::pass || call.outcome() != MORTISE_OK) throw;
            call.reply(replyTo(failure, call.request().log()));
            return call.outcome();
        }
    } catch (...) {
        return filterThrew(call.request(), call.outcome());
    }
}

inline mortise_status filterRequest(void* context, std::uint32_t phase, mortise_exchange exchange,
                                    const mortise_request* raw, std::uint64_t* slot) noexcept {
    const HookedFilter& filter = hooked(context);
    const std::size_t index = phaseIndex(phase);
    if (index >= requestPhases || !filter.onRequest[index]) return MORTISE_OK;
    Request request(filter.runtime, exchange, *raw);
    FilterCall call(request, phase, *slot, filter.may[index]);
    try {
        filter.onRequest[index](call);
        return call.outcome();
    } catch (...) {
        return requestThrew(call, filter.may[index]);
    }
}

// The error in the place of a response.
inline bool becomes(Response& head, const Reply& refusal) {
    if (!head.refuse(refusal.code(), refusal.body(), refusal.errorCode())) return false;
    for (const auto& [name, value] : refusal.fields()) head.setField(name, value);
    return true;
}

// In a catch block: an error that is to be told takes the response's place, where that can be.
[[gnu::cold, gnu::noinline]] inline mortise_status respondThrew(Response& head) noexcept {
    try {
        try {
            throw;
        } catch (const HttpError& failure) {
            if (failure.code() == 500 || head.outcome() != MORTISE_OK ||
                !becomes(head, replyTo(failure, head.request().log())))
                throw;
            return head.outcome();
        }
    } catch (...) {
        return filterThrew(head.request(), head.outcome());
    }
}

inline mortise_status filterRespond(void* context, mortise_exchange exchange, const mortise_request* raw,
                                    mortise_response* response, std::uint64_t* slot) noexcept {
    const HookedFilter& filter = hooked(context);
    Request request(filter.runtime, exchange, *raw);
    Response head(request, *response, *slot);
    try {
        filter.onRespond(head);
        return head.outcome();
    } catch (...) {
        return respondThrew(head);
    }
}

inline void filterFinish(void* context, mortise_exchange exchange, const mortise_request* raw,
                         const mortise_finished* finished, std::uint64_t* slot) noexcept {
    const HookedFilter& filter = hooked(context);
    Request request(filter.runtime, exchange, *raw);
    const Finished end(request, *finished, *slot);
    try {
        filter.onFinish(end);
    } catch (...) {
        filterThrew(request, MORTISE_OK);
    }
}

} // namespace detail

// A filter being declared: setup.filter("request-log").after("cors").onFinish(…). In force as it is said. A handle, for
// `configure`: copies declare the same filter.
class FilterBuilder {
public:
    explicit FilterBuilder(detail::HookedFilter& entry) noexcept : entry_(entry) {}

    FilterBuilder before(std::string_view name) const { return join(entry_.before, name), *this; }
    FilterBuilder after(std::string_view name) const { return join(entry_.after, name), *this; }

    // call(FilterCall&) at the start of each phase named, which may do what `may` says. Throwing ends the request with
    // 500.
    FilterBuilder onRequest(Phase phases, const detail::Function<void(FilterCall&)>& call, May may = May::reply) const {
        const auto bits = static_cast<std::uint32_t>(phases);
        for (std::size_t i = 0; i < detail::requestPhases; ++i) {
            if ((bits >> i & 1u) == 0) continue;
            entry_.onRequest[i] = call;
            entry_.may[i] = may;
        }
        entry_.phases |= bits;
        entry_.callOnRequest = &detail::filterRequest;
        entry_.flags |= static_cast<std::uint32_t>(may);
        return *this;
    }
    // call(Response&) once before the head of any response, errors included. With May::wait it may call later().
    // Throwing makes the response a 500.
    FilterBuilder onRespond(detail::Function<void(Response&)> call, May may = May::pass) const {
        if (may == May::reply) throw Invalid("onRespond changes the response that there is: May::pass or May::wait");
        if (may == May::wait) entry_.flags |= MORTISE_FILTER_MAY_WAIT_RESPOND;
        entry_.onRespond = std::move(call);
        entry_.phases |= MORTISE_PHASE_RESPOND;
        entry_.callOnRespond = &detail::filterRespond;
        return *this;
    }
    // call(const Finished&) once when the exchange is over.
    FilterBuilder onFinish(detail::Function<void(const Finished&)> call) const {
        entry_.onFinish = std::move(call);
        entry_.phases |= MORTISE_PHASE_FINISH;
        entry_.callOnFinish = &detail::filterFinish;
        return *this;
    }

    // All its calls run on workers, and may block for a bounded time. Each costs a way there and back; responses in the
    // place of others (a deadline, a reload, a stop) do without it, and it transforms none.
    FilterBuilder onWorkers() const { return entry_.placement = MORTISE_PLACEMENT_WORKER, *this; }

private:
    static void join(std::string& list, std::string_view name) { list.append(list.empty() ? "" : ",").append(name); }

    detail::HookedFilter& entry_;
};

inline FilterBuilder Setup::filter(std::string_view name) {
    auto entry = detail::Owned<detail::HookedFilter>::make(runtime_);
    entry->name = name;
    FilterBuilder builder(*entry);
    runtime_.declarations<detail::FilterDeclarations>().filters.push_back(std::move(entry));
    return builder;
}

} // namespace v1
} // namespace mortise
