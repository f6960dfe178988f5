// SPDX-License-Identifier: Apache-2.0
#include "host/dispatcher.hpp"
#include "host/instance.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include "http/field_block.hpp"

#include <chrono>
#include <utility>

#include <sys/stat.h>

namespace mortise::host {
namespace {

constexpr std::string_view jsonType = "application/json; charset=utf-8";
constexpr std::uint32_t knownFlags = MORTISE_REPLY_JSON | MORTISE_REPLY_NO_STORE;

// Calls the plugin's release exactly once, whatever becomes of the reply.
class Release {
public:
    explicit Release(const mortise_reply& reply) noexcept : reply_(reply) {}
    ~Release() {
        if (reply_.release != nullptr) reply_.release(reply_.release_context);
    }
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;

private:
    const mortise_reply& reply_;
};

// The exchange, won for the terminal call; null: STALE.
http::Exchange* claim(Instance& caller, mortise_exchange id) noexcept {
    http::Exchange* const exchange = caller.runtime().exchanges().find({id});
    if (exchange != nullptr && exchange->claim({id})) return exchange;
    if (exchange != nullptr && exchange->isClaimed({id})) Dispatcher::stateOf(*exchange).dispatcher->late({id});
    caller.runtime().log().log(base::Level::warn, "host.http", "A plugin answered an exchange that was over",
                               {{"plugin", std::string_view(caller.name())}});
    return nullptr;
}

std::string_view faultOf(const mortise_reply& reply) noexcept {
    if (reply.status < 200 || reply.status > 599) return "its status is not between 200 and 599";
    if ((reply.flags & ~knownFlags) != 0) return "it has an unknown flag";
    if (reply.content_type.size != 0 && !http::isFieldValue(text(reply.content_type)))
        return "its content type has a forbidden byte";
    return {};
}

// Appends checked fields to `out`. False: one is not allowed.
bool appendFields(std::string& out, const mortise_field* fields, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i)
        if (!http::appendField(out, text(fields[i].name), text(fields[i].value))) return false;
    return true;
}

mortise_status refuseReply(Instance& caller, http::Exchange& exchange, RequestState& state, std::string_view why) {
    caller.runtime().log().log(
        base::Level::error, "host.http", "A plugin's reply breaks a rule",
        {{"plugin", std::string_view(caller.name())}, {"reason", why}, {"requestId", exchange.requestId()}});
    state.dispatcher->prepareError(
        exchange, state,
        {error::internal, nullptr, std::nullopt, state.generation->serving().development ? why : std::string_view()});
    state.dispatcher->deliver(exchange, state);
    return MORTISE_INVALID;
}

// Everything of a reply but its body, into state.answer. Empty: all is well.
std::string_view takeHead(const Instance& caller, RequestState& state, const mortise_reply& reply) {
    PendingAnswer& answer = state.answer;
    if (const std::string_view fault = faultOf(reply); !fault.empty()) return fault;
    if (!appendFields(answer.fields, reply.fields, reply.field_count)) return "a field is not allowed or malformed";
    answer.status = static_cast<int>(reply.status);
    answer.noStore = (reply.flags & MORTISE_REPLY_NO_STORE) != 0;
    if (const auto* const block = caller.headerBlock(reply.header_block)) answer.constantFields = block->text();
    if (reply.content_type.size != 0) {
        answer.contentTypeText = text(reply.content_type);
        answer.contentType = answer.contentTypeText;
    } else if ((reply.flags & MORTISE_REPLY_JSON) != 0) {
        answer.contentType = jsonType;
    }
    return {};
}

mortise_status reply(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    const mortise_reply given = readStruct(*theirs);
    const Release release(given);
    http::Exchange* const exchange = claim(caller, id);
    if (exchange == nullptr) return MORTISE_STALE;
    RequestState& state = Dispatcher::stateOf(*exchange);
    const std::string_view fault = takeHead(caller, state, given);
    if (!fault.empty()) return refuseReply(caller, *exchange, state, fault);
    PendingAnswer& answer = state.answer;
    if (!exchange->server().loop().inLoopThread()) {
        answer.body.assign(text(given.body));
        state.dispatcher->deliver(*exchange, state);
        return MORTISE_OK;
    }
    // On the loop the body goes from the plugin's memory straight into the connection's output.
    exchange->replyFields().append(answer.fields);
    state.dispatcher->send(*exchange, state,
                           {answer.status, answer.noStore, true, answer.contentType, answer.constantFields,
                            text(given.body), nullptr, nullptr});
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
    const mortise_reply given = readStruct(*theirs);
    const Release release(given);
    const mortise_file file = readStruct(*theirFile);
    base::UniqueFd descriptor(file.descriptor);
    http::Exchange* const exchange = claim(caller, id);
    if (exchange == nullptr) return MORTISE_STALE;
    RequestState& state = Dispatcher::stateOf(*exchange);
    std::string_view fault = takeHead(caller, state, given);
    if (fault.empty()) fault = faultOf(file);
    if (fault.empty() && given.body.size != 0) fault = "it has both a body and a file";
    if (!fault.empty()) return refuseReply(caller, *exchange, state, fault);
    state.answer.file = {std::move(descriptor), file.offset, file.length};
    state.dispatcher->deliver(*exchange, state);
    return MORTISE_OK;
}

mortise_status replyError(void* self, mortise_exchange id, const mortise_error_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    const mortise_error_reply given = readStruct(*theirs);
    http::Exchange* const exchange = claim(caller, id);
    if (exchange == nullptr) return MORTISE_STALE;
    RequestState& state = Dispatcher::stateOf(*exchange);
    if (given.status < 400 || given.status > 599)
        return refuseReply(caller, *exchange, state, "its status is not between 400 and 599");
    json::Details details;
    for (std::uint32_t i = 0; i < given.detail_count; ++i) {
        const mortise_error_detail& detail = given.details[i];
        const std::string_view in = text(detail.in);
        const json::Location location = in == "query"    ? json::Location::query
                                        : in == "path"   ? json::Location::path
                                        : in == "header" ? json::Location::header
                                        : in == "cookie" ? json::Location::cookie
                                                         : json::Location::body;
        details.add(location, std::string(text(detail.path)), text(detail.code), std::string(text(detail.message)));
    }
    const bool internal = given.status == 500;
    const std::string_view said = text(given.sentence);
    if (internal)
        caller.runtime().log().log(
            base::Level::error, "host.http", "A plugin answered with an internal error",
            {{"plugin", std::string_view(caller.name())}, {"reason", said}, {"requestId", exchange->requestId()}});
    state.dispatcher->prepareError(*exchange, state,
                                   {internal ? error::internal : http::Fault{static_cast<int>(given.status), {}, said},
                                    details.empty() ? nullptr : &details, std::nullopt,
                                    internal && state.generation->serving().development ? said : std::string_view()});
    std::string fields;
    if (!appendFields(fields, given.fields, given.field_count))
        return refuseReply(caller, *exchange, state, "a field is not allowed or malformed");
    state.answer.fields.append(fields);
    state.dispatcher->deliver(*exchange, state);
    return MORTISE_OK;
}

mortise_status abandon(void* self, mortise_exchange id) noexcept {
    Instance& caller = callerOf(self);
    http::Exchange* const exchange = claim(caller, id);
    if (exchange == nullptr) return MORTISE_STALE;
    RequestState& state = Dispatcher::stateOf(*exchange);
    caller.runtime().log().log(base::Level::error, "host.http", "A plugin abandoned a request",
                               {{"plugin", std::string_view(caller.name())}, {"requestId", exchange->requestId()}});
    state.dispatcher->prepareError(*exchange, state, {error::internal});
    state.dispatcher->deliver(*exchange, state);
    return MORTISE_OK;
}

mortise_status beginStream(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    const mortise_reply given = readStruct(*theirs);
    const Release release(given);
    http::Exchange* const exchange = claim(caller, id);
    if (exchange == nullptr) return MORTISE_STALE;
    RequestState& state = Dispatcher::stateOf(*exchange);
    const std::string_view fault = takeHead(caller, state, given);
    if (!fault.empty()) return refuseReply(caller, *exchange, state, fault);
    const auto stream = std::make_shared<Stream>();
    stream->put(text(given.body), std::chrono::steady_clock::now());
    state.openStream(id, stream);
    if (exchange->cancelled()) stream->breakOff(); // else onCancelled finds it
    state.dispatcher->deliver(*exchange, state);
    return MORTISE_OK;
}

// The open stream of an exchange, with the exchange; null when there is none such.
std::shared_ptr<Stream> streamOf(Instance& caller, mortise_exchange id, http::Exchange*& exchange) noexcept {
    exchange = caller.runtime().exchanges().find({id});
    if (exchange == nullptr || !exchange->hasAttachment()) return nullptr;
    return Dispatcher::stateOf(*exchange).streamFor(id);
}

void pump(http::Exchange& exchange, Stream& stream, mortise_exchange id) noexcept {
    RequestState& state = Dispatcher::stateOf(exchange);
    base::EventLoop& loop = exchange.server().loop();
    if (loop.inLoopThread()) {
        state.dispatcher->pumpStream(exchange, state);
        return;
    }
    if (!stream.askPump()) return; // a task that takes all is on its way
    loop.postAlways([&exchange, &state, id] {
        if (state.streamFor(id) != nullptr) state.dispatcher->pumpStream(exchange, state);
    });
}

mortise_status write(void* self, mortise_exchange id, mortise_view data) noexcept {
    Instance& caller = callerOf(self);
    http::Exchange* exchange = nullptr;
    const auto stream = streamOf(caller, id, exchange);
    if (stream == nullptr) return MORTISE_STALE;
    const bool onLoop = exchange->server().loop().inLoopThread();
    const auto wait = onLoop ? std::chrono::milliseconds(0) : caller.runtime().settings().writeTimeout;
    const auto deadline = std::chrono::steady_clock::now() + wait;
    for (;;) {
        const Stream::Put outcome = stream->put(text(data), deadline);
        if (outcome == Stream::Put::broken) return MORTISE_STALE;
        if (outcome == Stream::Put::full) return MORTISE_BUSY;
        pump(*exchange, *stream, id);
        if (outcome == Stream::Put::taken) return MORTISE_OK;
    }
}

mortise_status endStream(void* self, mortise_exchange id, std::uint32_t complete) noexcept {
    http::Exchange* exchange = nullptr;
    const auto stream = streamOf(callerOf(self), id, exchange);
    if (stream == nullptr) return MORTISE_STALE;
    stream->end(complete != 0);
    pump(*exchange, *stream, id);
    return MORTISE_OK;
}

std::uint32_t cancelled(void* self, mortise_exchange id) noexcept {
    http::Exchange* const exchange = callerOf(self).runtime().exchanges().find({id});
    if (exchange == nullptr || !exchange->hasAttachment()) return 1;
    if (Dispatcher::stateOf(*exchange).streamFor(id) != nullptr) return exchange->cancelled() ? 1 : 0;
    return !exchange->isOpen({id}) || exchange->cancelled() ? 1 : 0;
}

mortise_status resume(void* self, mortise_exchange id, mortise_status outcome) noexcept {
    http::Exchange* const exchange = callerOf(self).runtime().exchanges().find({id});
    if (exchange == nullptr || !exchange->hasAttachment()) return MORTISE_STALE;
    return Dispatcher::stateOf(*exchange).dispatcher->resume(*exchange, {id}, outcome) ? MORTISE_OK : MORTISE_STALE;
}

mortise_status declareHeaderBlock(void* self, const mortise_field* fields, std::uint32_t count, std::uint64_t* number,
                                  mortise_error* error) noexcept {
    Instance& caller = callerOf(self);
    if (!caller.configuring()) {
        setError(error, "header blocks are declared in configure");
        return MORTISE_INVALID;
    }
    std::string block;
    if (!appendFields(block, fields, count)) {
        setError(error, "a field is not allowed or malformed");
        return MORTISE_INVALID;
    }
    *number = caller.addHeaderBlock(std::move(block));
    return MORTISE_OK;
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
                                                  replyFile};
    return table;
}

} // namespace mortise::host
