// SPDX-License-Identifier: Apache-2.0
#include "dispatch/exchange_service.hpp"

#include "base/unique_fd.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/exchange_table.hpp"
#include "host/services.hpp"
#include "http/field_block.hpp"
#include "http/name_set.hpp"
#include "http/repeated_fields.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <sys/stat.h>

namespace mortise::dispatch {
namespace {

using host::callerOf;

constexpr std::string_view jsonType = "application/json; charset=utf-8";
constexpr std::uint32_t knownFlags = MORTISE_REPLY_JSON | MORTISE_REPLY_NO_STORE;

// The slot of a handle, whoever is in it now.
RequestState* find(Instance& caller, mortise_exchange id) noexcept {
    const auto& table = static_cast<const ExchangeTable&>(caller.runtime().requests());
    http::Exchange* const exchange = table.find({id});
    return exchange == nullptr || exchange->attachment() == nullptr ? nullptr : &Dispatcher::stateOf(*exchange);
}

std::uint64_t serialOf(mortise_exchange id) noexcept {
    return http::Handle{id}.serial();
}

// A handle that is not the caller's turn and never was its: a fault of the plugin, logged with its name.
mortise_status stale(Instance& caller, std::string_view call) noexcept {
    if (caller.mayWarn())
        caller.runtime().log().log(base::Level::warn, "host.http", "A plugin used a handle that is not its turn",
                                   {{"plugin", std::string_view(caller.name())}, {"call", call}});
    return MORTISE_STALE;
}

// What is to be said of an argument that breaks the contract: nothing is done, and the turn is still the caller's.
mortise_status invalid(Instance& caller, std::string_view call, std::string_view why) noexcept {
    if (caller.mayWarn())
        caller.runtime().log().log(base::Level::warn, "host.http",
                                   "A plugin's call has an argument that breaks the interface",
                                   {{"plugin", std::string_view(caller.name())}, {"call", call}, {"reason", why}});
    return MORTISE_INVALID;
}

// The right to record what the turn comes to, held from its making to its end. Not made: `status` says why, and all
// that was due was done.
class Record {
public:
    Record(Instance& caller, mortise_exchange id, std::string_view call) noexcept
        : state_(find(caller, id)), serial_(serialOf(id)) {
        const auto outcome = state_ == nullptr ? http::Turn::Record::stale : turn().record(serial_, &caller);
        mine_ = outcome == http::Turn::Record::mine;
        if (!mine_) explain(caller, call, outcome);
    }
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;
    ~Record() {
        if (mine_ && turn().publish()) state_->dispatcher.postComplete(*state_, serial_);
    }

    explicit operator bool() const noexcept { return mine_; }
    RequestState& state() const noexcept { return *state_; }
    http::Response& response() const noexcept { return state_->exchange.response(); }
    std::uint64_t serial() const noexcept { return serial_; }
    // The turn of a filter at the response: it takes nothing but resume and abandon.
    bool isOfResponse() const noexcept { return serial_ >= http::Handle::response_serials; }
    void say(Recorded what) const noexcept {
        (isOfResponse() ? state_->responseTurn.recorded : state_->recorded) = what;
    }
    // Publishes as a stream: the promise stays open.
    void publishStream() noexcept {
        mine_ = false;
        static_cast<void>(turn().publish(true));
    }

private:
    http::Turn& turn() const noexcept { return state_->exchange.turnOf(serial_); }
    // Why the right was not given, and what is due then.
    void explain(Instance& caller, std::string_view call, http::Turn::Record outcome) const noexcept {
        switch (outcome) {
        case http::Turn::Record::mine:
            return;
        case http::Turn::Record::over:
            state_->dispatcher.postOver(*state_, serial_);
            [[fallthrough]];
        case http::Turn::Record::late:
            // The host ended the request first: normal.
            caller.countLate();
            caller.runtime().log().log(base::Level::debug, "host.http",
                                       "A plugin's call came after its request had ended",
                                       {{"plugin", std::string_view(caller.name())},
                                        {"call", call},
                                        {"calls", static_cast<std::int64_t>(caller.lateCalls())}});
            return;
        case http::Turn::Record::second:
            if (caller.mayWarn())
                caller.runtime().log().log(base::Level::warn, "host.http",
                                           "A plugin made a second terminal call in one turn",
                                           {{"plugin", std::string_view(caller.name())}, {"call", call}});
            return;
        case http::Turn::Record::stale:
            stale(caller, call);
            return;
        }
    }

    RequestState* state_;
    std::uint64_t serial_;
    bool mine_ = false;
};

// What of a reply is no reply; empty: nothing.
std::string_view mistakeIn(const Instance& caller, const mortise_reply* reply) noexcept {
    if (reply == nullptr) return "there is no reply";
    if (reply->struct_size < MORTISE_SIZE_TO(mortise_reply, release_context))
        return "struct_size of mortise_reply: make one with MORTISE_INIT(mortise_reply)";
    if ((reply->flags & ~knownFlags) != 0) return "mortise_reply.flags has an unknown flag";
    if (reply->fields == nullptr && reply->field_count != 0) return "mortise_reply.fields is NULL";
    if (reply->header_block != 0 && caller.headerBlock(reply->header_block) == nullptr)
        return "mortise_reply.header_block is none that this plugin declared";
    return {};
}

std::string_view mistakeIn(const mortise_error_reply* reply) noexcept {
    if (reply == nullptr) return "there is no reply";
    if (reply->struct_size < MORTISE_SIZE_TO(mortise_error_reply, detail_size))
        return "struct_size of mortise_error_reply: make one with MORTISE_INIT(mortise_error_reply)";
    if (reply->fields == nullptr && reply->field_count != 0) return "mortise_error_reply.fields is NULL";
    if (reply->details == nullptr && reply->detail_count != 0) return "mortise_error_reply.details is NULL";
    if (!module::Elements(reply->details, reply->detail_count, reply->detail_size).valid())
        return "mortise_error_reply.detail_size is not the size of a mortise_error_detail";
    return {};
}

std::string_view mistakeIn(const mortise_principal* principal) noexcept {
    if (principal == nullptr) return "there is no principal";
    if (principal->struct_size < MORTISE_SIZE_TO(mortise_principal, name))
        return "struct_size of mortise_principal: make one with MORTISE_INIT(mortise_principal)";
    if (principal->roles == nullptr && principal->role_count != 0) return "mortise_principal.roles is NULL";
    return {};
}

std::string_view faultOf(const mortise_reply& reply) noexcept {
    if (reply.status < 200 || reply.status > 599) return "its status is not between 200 and 599";
    if (reply.content_type.size != 0 && !http::isFieldValue(text(reply.content_type)))
        return "its content type has a forbidden byte";
    return {};
}

// Whether a field that may stand only once stands twice, in fields and block together.
bool repeatsSingleton(const mortise_field* fields, std::uint32_t count, const http::ConstantFields* block) noexcept {
    http::SingletonsSeen seen;
    if (block != nullptr)
        for (const auto& line : block->lines()) seen.addTwice(line.name);
    return std::any_of(fields, fields + count, [&](const auto& field) { return seen.addTwice(text(field.name)); });
}

// Appends checked fields to `out`. False: one is not allowed, also beside those of the block that goes with them.
bool appendFields(std::string& out, const mortise_field* fields, std::uint32_t count,
                  const http::ConstantFields* block = nullptr) {
    http::NameSet names;
    if (block != nullptr) names = block->names();
    http::NameSet repeated;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!http::appendField(out, text(fields[i].name), text(fields[i].value))) return false;
        names.addTwice(text(fields[i].name), repeated);
    }
    return !repeated.mayMeet(http::singletonNames) || !repeatsSingleton(fields, count, block);
}

// What a turn of this kind may not do.
std::string_view faultOf(const Record& record) noexcept {
    const RequestState& state = record.state();
    if (record.isOfResponse()) return "on_respond changes the response that there is, and makes no other";
    if (state.turnKind == TurnKind::filter && (state.turnFilter->filter.flags & MORTISE_FILTER_MAY_REPLY) == 0)
        return "its filter does not say that it may reply";
    return {};
}

// The reply breaks a rule: it becomes a 500.
mortise_status refuseReply(Instance& caller, const Record& record, std::string_view why) {
    RequestState& state = record.state();
    caller.runtime().log().log(
        base::Level::error, "host.http", "A plugin's reply breaks a rule",
        {{"plugin", std::string_view(caller.name())}, {"reason", why}, {"requestId", state.exchange.requestId()}});
    const std::string_view message = state.serving().development ? why : std::string_view();
    if (!record.isOfResponse()) state.dispatcher.makeError(state, {error::internal, nullptr, std::nullopt, message});
    record.say(Recorded::reply);
    return MORTISE_REFUSED;
}

// Everything of a reply but its body. Empty: all is well.
std::string_view takeHead(const Instance& caller, const Record& record, const mortise_reply& reply) {
    http::Response& response = record.response();
    if (const std::string_view fault = faultOf(record); !fault.empty()) return fault;
    if (const std::string_view fault = faultOf(reply); !fault.empty()) return fault;
    const http::ConstantFields* const block = caller.headerBlock(reply.header_block);
    if (!appendFields(response.fields, reply.fields, reply.field_count, block))
        return "a field is not allowed, malformed or repeated";
    response.status = static_cast<int>(reply.status);
    response.noStore = (reply.flags & MORTISE_REPLY_NO_STORE) != 0;
    if (block != nullptr) response.constantFields = block->text();
    if (reply.content_type.size != 0) {
        response.contentTypeText = text(reply.content_type);
        response.contentType = response.contentTypeText;
    } else if ((reply.flags & MORTISE_REPLY_JSON) != 0) {
        response.contentType = jsonType;
    }
    return {};
}

http::BorrowedBytes borrowed(Instance& caller, const mortise_reply& reply) noexcept {
    return {text(reply.body), reply.release, reply.release_context, &caller};
}

void takeBody(const Record& record, const mortise_reply& reply, http::BorrowedBytes& bytes) {
    http::Response& response = record.response();
    RequestState& state = record.state();
    const std::string_view body = text(reply.body);
    if (reply.release != nullptr) {
        response.borrowed = std::move(bytes);
        response.body = http::Response::Body::borrowed;
    } else if (state.isLent && body.data() == state.lent.get() && body.size() <= RequestState::lentBytes) {
        response.constant = body;
        response.body = http::Response::Body::constant;
    } else {
        response.bytes.assign(body);
        response.body = http::Response::Body::bytes;
    }
}

mortise_status reply(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    if (const auto mistake = mistakeIn(caller, theirs); !mistake.empty()) return invalid(caller, "reply", mistake);
    const mortise_reply given = readStruct(*theirs);
    http::BorrowedBytes bytes = borrowed(caller, given);
    const Record record(caller, id, "reply");
    if (!record) return MORTISE_STALE;
    if (const std::string_view fault = takeHead(caller, record, given); !fault.empty())
        return refuseReply(caller, record, fault);
    takeBody(record, given, bytes);
    record.state().recorded = Recorded::reply;
    return MORTISE_OK;
}

// What is wrong with the file of a reply; empty: nothing.
std::string_view faultOf(const mortise_file& file) noexcept {
    struct stat status {};
    if (file.descriptor < 0 || ::fstat(file.descriptor, &status) != 0) return "its file is not open";
    if (!S_ISREG(status.st_mode)) return "its file is not a regular one";
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (file.offset > size || file.length > size - file.offset) return "its file is shorter than that";
    return {};
}

mortise_status replyFile(void* self, mortise_exchange id, const mortise_reply* theirs,
                         const mortise_file* theirFile) noexcept {
    Instance& caller = callerOf(self);
    if (const auto mistake = mistakeIn(caller, theirs); !mistake.empty()) return invalid(caller, "reply_file", mistake);
    if (theirFile == nullptr || theirFile->struct_size < MORTISE_SIZE_TO(mortise_file, length))
        return invalid(caller, "reply_file", "struct_size of mortise_file: make one with MORTISE_INIT(mortise_file)");
    const mortise_reply given = readStruct(*theirs);
    const http::BorrowedBytes bytes = borrowed(caller, given);
    const mortise_file file = readStruct(*theirFile);
    base::UniqueFd descriptor(file.descriptor);
    const Record record(caller, id, "reply_file");
    if (!record) return MORTISE_STALE;
    std::string_view fault = takeHead(caller, record, given);
    if (fault.empty()) fault = faultOf(file);
    if (fault.empty() && given.body.size != 0) fault = "it has both a body and a file";
    if (!fault.empty()) return refuseReply(caller, record, fault);
    record.response().file = {std::move(descriptor), file.offset, file.length};
    record.response().body = http::Response::Body::file;
    record.state().recorded = Recorded::reply;
    return MORTISE_OK;
}

mortise_status replyError(void* self, mortise_exchange id, const mortise_error_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    if (const auto mistake = mistakeIn(theirs); !mistake.empty()) return invalid(caller, "reply_error", mistake);
    const mortise_error_reply given = readStruct(*theirs);
    const Record record(caller, id, "reply_error");
    if (!record) return MORTISE_STALE;
    RequestState& state = record.state();
    if (const std::string_view fault = faultOf(record); !fault.empty()) return refuseReply(caller, record, fault);
    if (given.status < 400 || given.status > 599)
        return refuseReply(caller, record, "its status is not between 400 and 599");
    json::Details details;
    const module::Elements failed(given.details, given.detail_count, given.detail_size);
    for (std::size_t i = 0; i < failed.size(); ++i) {
        const mortise_error_detail detail = failed[i];
        const std::string_view in = text(detail.in);
        const json::Location location = in == "query"    ? json::Location::query
                                        : in == "path"   ? json::Location::path
                                        : in == "header" ? json::Location::header
                                        : in == "cookie" ? json::Location::cookie
                                                         : json::Location::body;
        details.add(location, std::string(text(detail.path)), text(detail.code), std::string(text(detail.message)));
    }
    const bool internal = given.status == 500;
    const std::string_view message = text(given.message);
    if (internal)
        caller.runtime().log().log(base::Level::error, "host.http", "A plugin answered with an internal error",
                                   {{"plugin", std::string_view(caller.name())},
                                    {"reason", message},
                                    {"requestId", state.exchange.requestId()}});
    state.dispatcher.makeError(state,
                               {internal ? error::internal : http::Fault{static_cast<int>(given.status), {}, message},
                                details.empty() ? nullptr : &details, std::nullopt,
                                internal && state.serving().development ? message : std::string_view()});
    std::string fields;
    if (!appendFields(fields, given.fields, given.field_count))
        return refuseReply(caller, record, "a field is not allowed, malformed or repeated");
    record.response().fields.append(fields);
    state.recorded = Recorded::reply;
    return MORTISE_OK;
}

mortise_status abandon(void* self, mortise_exchange id) noexcept {
    Instance& caller = callerOf(self);
    const Record record(caller, id, "abandon");
    if (!record) return MORTISE_STALE;
    RequestState& state = record.state();
    caller.runtime().log().log(
        base::Level::error, "host.http", "A plugin abandoned a request",
        {{"plugin", std::string_view(caller.name())}, {"requestId", state.exchange.requestId()}});
    if (!record.isOfResponse()) state.dispatcher.makeError(state, {error::internal});
    record.say(Recorded::abandon);
    return MORTISE_OK;
}

mortise_status beginStream(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    if (const auto mistake = mistakeIn(caller, theirs); !mistake.empty())
        return invalid(caller, "begin_stream", mistake);
    const mortise_reply given = readStruct(*theirs);
    const http::BorrowedBytes bytes = borrowed(caller, given);
    Record record(caller, id, "begin_stream");
    if (!record) return MORTISE_STALE;
    RequestState& state = record.state();
    std::string_view fault = takeHead(caller, record, given);
    if (fault.empty() && state.turnKind != TurnKind::handler) fault = "only a handler begins a stream";
    if (!fault.empty()) return refuseReply(caller, record, fault);
    const auto stream = std::make_shared<Stream>();
    stream->put(text(given.body), std::chrono::steady_clock::now());
    if (state.exchange.isLost()) stream->breakOff(); // else Dispatcher::onLost finds it
    record.response().body = http::Response::Body::stream;
    state.recorded = Recorded::stream;
    state.openStream(record.serial(), stream);
    record.publishStream();
    if (state.exchange.isLost()) stream->breakOff();
    // On the loop, inside of its call, the head goes when that has returned.
    if (state.calledOnWorker || !state.exchange.turn().isInCall()) state.dispatcher.postStream(state, record.serial());
    return MORTISE_OK;
}

// The stream that the handle's turn has open; null when there is none such.
std::shared_ptr<Stream> streamOf(Instance& caller, mortise_exchange id, RequestState*& state,
                                 std::string_view call) noexcept {
    state = find(caller, id);
    auto stream = state == nullptr ? nullptr : state->streamFor(serialOf(id));
    if (stream != nullptr && state->exchange.turn().isStreaming(serialOf(id), &caller)) return stream;
    stale(caller, call);
    return nullptr;
}

void pump(RequestState& state, Stream& stream, std::uint64_t serial) noexcept {
    if (stream.askPump()) state.dispatcher.postStream(state, serial); // else a task that takes all is on its way
}

mortise_status write(void* self, mortise_exchange id, mortise_view data) noexcept {
    Instance& caller = callerOf(self);
    RequestState* state = nullptr;
    const auto stream = streamOf(caller, id, state, "write");
    if (stream == nullptr) return MORTISE_STALE;
    const bool onLoop = state->dispatcher.environment().isLoop() || caller.runtime().currentLoop() != 0;
    const auto wait = onLoop ? std::chrono::milliseconds(0) : caller.runtime().settings().writeTimeout;
    const auto deadline = std::chrono::steady_clock::now() + wait;
    for (;;) {
        const Stream::Put outcome = stream->put(text(data), deadline);
        if (outcome == Stream::Put::broken) return MORTISE_STALE;
        if (outcome == Stream::Put::full) return MORTISE_BUSY;
        pump(*state, *stream, serialOf(id));
        if (outcome == Stream::Put::taken) return MORTISE_OK;
    }
}

mortise_status endStream(void* self, mortise_exchange id, std::uint32_t complete) noexcept {
    Instance& caller = callerOf(self);
    RequestState* state = nullptr;
    const auto stream = streamOf(caller, id, state, "end_stream");
    if (stream == nullptr) return MORTISE_STALE;
    stream->end(complete != 0);
    pump(*state, *stream, serialOf(id));
    // From here on the request may be over at any moment.
    Dispatcher& dispatcher = state->dispatcher;
    switch (state->exchange.turn().endPromise(serialOf(id), &caller)) {
    case http::Turn::Record::stale:
        return MORTISE_STALE; // another thread did at this moment
    case http::Turn::Record::over:
        dispatcher.postOver(*state, serialOf(id));
        return MORTISE_OK;
    default:
        return MORTISE_OK;
    }
}

std::uint32_t cancelled(void* self, mortise_exchange id) noexcept {
    const RequestState* const state = find(callerOf(self), id);
    if (state == nullptr || !state->exchange.belongs({id})) return 1;
    return state->exchange.isLost() || state->exchange.turnOf(serialOf(id)).ended() ? 1 : 0;
}

std::uint64_t timeLeft(void* self, mortise_exchange id) noexcept {
    const RequestState* const state = find(callerOf(self), id);
    if (state == nullptr || !state->exchange.belongs({id})) return 0;
    const http::Turn& turn = state->exchange.turnOf(serialOf(id));
    if (turn.ended()) return 0;
    if (turn.hasStream()) return UINT64_MAX;
    const std::uint64_t due = state->deadlineMs.load(std::memory_order_relaxed);
    const std::uint64_t now = state->dispatcher.environment().clockMs();
    return due > now ? due - now : 0;
}

mortise_status resume(void* self, mortise_exchange id, mortise_status outcome) noexcept {
    const Record record(callerOf(self), id, "resume");
    if (!record) return MORTISE_STALE;
    record.say(Recorded::resume);
    if (record.isOfResponse())
        record.state().responseTurn.resumedOk = outcome == MORTISE_OK;
    else
        record.state().resumedOk = outcome == MORTISE_OK && record.state().turnKind == TurnKind::filter;
    return MORTISE_OK;
}

mortise_status beginCommit(void* self, mortise_exchange id) noexcept {
    Instance& caller = callerOf(self);
    const RequestState* const state = find(caller, id);
    if (state == nullptr) return stale(caller, "begin_commit");
    http::Turn& turn = state->exchange.turnOf(serialOf(id));
    if (turn.claim(serialOf(id))) return MORTISE_OK;
    if (turn.serial() != serialOf(id) || !turn.ended()) return stale(caller, "begin_commit");
    return MORTISE_STALE;
}

mortise_status record(Instance& caller, const Record& record, Verdict::Kind kind, mortise_view message,
                      mortise_view challenge) {
    RequestState& state = record.state();
    if (record.isOfResponse()) return refuseReply(caller, record, faultOf(record));
    state.verdict.kind = kind;
    state.verdict.message = text(message);
    state.verdict.challenge = text(challenge);
    // A 401 must carry a challenge (RFC 9110 section 15.5.2); these are RFC 6750's, section 3.
    if (state.verdict.challenge.empty())
        state.verdict.challenge = kind == Verdict::Kind::rejected ? R"(Bearer error="invalid_token")" : "Bearer";
    state.recorded = Recorded::verdict;
    return MORTISE_OK;
}

mortise_status accept(void* self, mortise_exchange id, const mortise_principal* principal) noexcept {
    Instance& caller = callerOf(self);
    if (const auto mistake = mistakeIn(principal); !mistake.empty()) return invalid(caller, "accept", mistake);
    const Record verdict(caller, id, "accept");
    if (!verdict) return MORTISE_STALE;
    if (verdict.isOfResponse()) return refuseReply(caller, verdict, faultOf(verdict));
    RequestState& state = verdict.state();
    // Of anybody else it is a fault: what the request shows as its caller stays.
    if (state.turnKind == TurnKind::authenticator) state.principal.assign(*principal);
    state.verdict.kind = Verdict::Kind::accepted;
    state.recorded = Recorded::verdict;
    return MORTISE_OK;
}

mortise_status reject(void* self, mortise_exchange id, mortise_view message, mortise_view challenge) noexcept {
    Instance& caller = callerOf(self);
    const Record verdict(caller, id, "reject");
    return verdict ? record(caller, verdict, Verdict::Kind::rejected, message, challenge) : MORTISE_STALE;
}

mortise_status missing(void* self, mortise_exchange id, mortise_view message, mortise_view challenge) noexcept {
    Instance& caller = callerOf(self);
    const Record verdict(caller, id, "missing");
    return verdict ? record(caller, verdict, Verdict::Kind::missing, message, challenge) : MORTISE_STALE;
}

mortise_status lend(void* self, mortise_exchange id, std::uint64_t capacity, mortise_buffer* buffer) noexcept {
    Instance& caller = callerOf(self);
    if (buffer == nullptr) return invalid(caller, "lend", "there is no mortise_buffer to fill");
    RequestState* const state = find(caller, id);
    if (state == nullptr || !state->exchange.turn().isOpenFor(serialOf(id), &caller)) return MORTISE_STALE;
    if (capacity > RequestState::lentBytes || state->isLent) return MORTISE_BUSY;
    try {
        if (state->lent == nullptr) state->lent.reset(new char[RequestState::lentBytes]);
    } catch (const std::bad_alloc&) {
        return MORTISE_BUSY;
    }
    state->isLent = true;
    buffer->data = state->lent.get();
    buffer->capacity = RequestState::lentBytes;
    return MORTISE_OK;
}

mortise_status declareHeaderBlock(void* self, const mortise_field* fields, std::uint32_t count, std::uint64_t* number,
                                  mortise_error* error) noexcept {
    Instance& caller = callerOf(self);
    if (!caller.configuring()) {
        setError(error, "header blocks are declared in configure");
        return MORTISE_INVALID;
    }
    std::string block;
    if (number == nullptr || (fields == nullptr && count != 0) || !appendFields(block, fields, count)) {
        setError(error, "a field is not allowed, malformed or repeated");
        return MORTISE_INVALID;
    }
    *number = caller.addHeaderBlock(std::move(block));
    return MORTISE_OK;
}

mortise_status watch(void* self, mortise_exchange id, void (*onCancelled)(void* context),
                     void (*onEnded)(void* context), void* context, void (*release)(void* context)) noexcept {
    Instance& caller = callerOf(self);
    RequestState* const state = find(caller, id);
    const std::uint64_t serial = serialOf(id);
    if (state == nullptr) return stale(caller, "watch");
    const http::Turn& turn = state->exchange.turnOf(serial);
    if (!turn.isOpenFor(serial, &caller) && !turn.isStreaming(serial, &caller))
        return turn.serial() == serial && turn.ended() ? MORTISE_STALE : stale(caller, "watch");
    try {
        switch (state->watches.add({caller.shared_from_this(), onCancelled, onEnded, context, release})) {
        case Watches::Added::kept:
            return MORTISE_OK;
        case Watches::Added::tooMany:
            return MORTISE_BUSY;
        case Watches::Added::over:
            break;
        }
        return MORTISE_STALE;
    } catch (const std::bad_alloc&) {
        return MORTISE_BUSY;
    }
}

} // namespace

const mortise_exchange_table& exchangeService() noexcept {
    static constexpr mortise_exchange_table table{sizeof(mortise_exchange_table),
                                                  0,
                                                  reply,
                                                  replyError,
                                                  abandon,
                                                  beginStream,
                                                  write,
                                                  endStream,
                                                  cancelled,
                                                  resume,
                                                  declareHeaderBlock,
                                                  replyFile,
                                                  beginCommit,
                                                  accept,
                                                  reject,
                                                  missing,
                                                  lend,
                                                  timeLeft,
                                                  watch};
    return table;
}

} // namespace mortise::dispatch
