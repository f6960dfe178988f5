// SPDX-License-Identifier: Apache-2.0
// Replies of plugins as mortise.exchange/1 takes them.
#include "base/unique_fd.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/exchange_calls.hpp"
#include "dispatch/stream.hpp"
#include "host/services.hpp"
#include "http/field_block.hpp"
#include "http/name_set.hpp"
#include "http/repeated_fields.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <utility>

#include <sys/stat.h>

namespace mortise::dispatch::calls {
namespace {

using host::callerOf;

constexpr std::string_view jsonType = "application/json; charset=utf-8";
constexpr std::uint32_t knownFlags = MORTISE_REPLY_JSON | MORTISE_REPLY_NO_STORE;

std::string_view mistakeIn(const mortise_error_reply* reply) noexcept {
    if (reply->fields == nullptr && reply->field_count != 0) return "mortise_error_reply.fields is NULL";
    if (reply->details == nullptr && reply->detail_count != 0) return "mortise_error_reply.details is NULL";
    if (!module::Elements(reply->details, reply->detail_count, reply->detail_size).valid())
        return "mortise_error_reply.detail_size is not the size of a mortise_error_detail";
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

// What is wrong with the file of a reply; empty: nothing.
std::string_view faultOf(const mortise_file& file) noexcept {
    struct stat status {};
    if (file.descriptor < 0 || ::fstat(file.descriptor, &status) != 0) return "its file is not open";
    if (!S_ISREG(status.st_mode)) return "its file is not a regular one";
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (file.offset > size || file.length > size - file.offset) return "its file is shorter than that";
    return {};
}

std::string_view mistakeIn(const mortise_reply& reply) noexcept {
    if ((reply.flags & ~knownFlags) != 0) return "mortise_reply.flags has a flag that this host does not know";
    if (reply.fields == nullptr && reply.field_count != 0) return "mortise_reply.fields is NULL";
    return "mortise_reply.header_block is none that this plugin declared";
}

// Whether a reply is one; otherwise it was warned of, and MORTISE_INVALID is due.
inline bool isReply(const Instance& caller, const char* call, const mortise_reply* reply) noexcept {
    if (!isReadable(caller, call, "mortise_reply", reply)) return false;
    if ((reply->flags & ~knownFlags) == 0 && (reply->fields != nullptr || reply->field_count == 0) &&
        (reply->header_block == 0 || caller.headerBlock(reply->header_block) != nullptr))
        return true;
    static_cast<void>(invalidCall(caller, call, mistakeIn(*reply)));
    return false;
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

// Its body, given back when this is destroyed.
http::BorrowedBytes borrowed(Instance& caller, const mortise_reply& reply) noexcept {
    return {text(reply.body), reply.release, reply.release_context, &caller,
            [](const void* lender) noexcept { return !static_cast<const Instance*>(lender)->quarantined(); }};
}

} // namespace

mortise_status reply(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    if (!isReply(caller, "reply", theirs)) return MORTISE_INVALID;
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

mortise_status replyFile(void* self, mortise_exchange id, const mortise_reply* theirs,
                         const mortise_file* theirFile) noexcept {
    Instance& caller = callerOf(self);
    if (!isReply(caller, "reply_file", theirs)) return MORTISE_INVALID;
    if (!isReadable(caller, "reply_file", "mortise_file", theirFile)) return MORTISE_INVALID;
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

mortise_status beginStream(void* self, mortise_exchange id, const mortise_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    if (!isReply(caller, "begin_stream", theirs)) return MORTISE_INVALID;
    const mortise_reply given = readStruct(*theirs);
    const http::BorrowedBytes bytes = borrowed(caller, given);
    Record record(caller, id, "begin_stream");
    if (!record) return MORTISE_STALE;
    RequestState& state = record.state();
    std::string_view fault = takeHead(caller, record, given);
    if (fault.empty() && state.turnKind != TurnKind::handler) fault = "only a handler begins a stream";
    if (!fault.empty()) return refuseReply(caller, record, fault);
    const auto stream = std::make_shared<Stream>(state.dispatcher.environment());
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

mortise_status replyError(void* self, mortise_exchange id, const mortise_error_reply* theirs) noexcept {
    Instance& caller = callerOf(self);
    if (!isReadable(caller, "reply_error", "mortise_error_reply", theirs)) return MORTISE_INVALID;
    if (const auto mistake = mistakeIn(theirs); !mistake.empty()) return invalidCall(caller, "reply_error", mistake);
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
    const std::string_view code = text(given.code);
    if (!isErrorCode(code))
        return refuseReply(caller, record, "its code has more than a-z, 0-9 and '_', or is too long");
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
                                internal && state.serving().development ? message : std::string_view(), code});
    record.response().mayRepeat = code != MORTISE_CODE_OUTCOME_UNKNOWN;
    std::string fields;
    if (!appendFields(fields, given.fields, given.field_count))
        return refuseReply(caller, record, "a field is not allowed, malformed or repeated");
    record.response().fields.append(fields);
    state.recorded = Recorded::reply;
    return MORTISE_OK;
}

mortise_status lend(void* self, mortise_exchange id, std::uint64_t capacity, mortise_buffer* buffer) noexcept {
    Instance& caller = callerOf(self);
    if (buffer == nullptr) return invalidCall(caller, "lend", "there is no mortise_buffer to fill");
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

} // namespace mortise::dispatch::calls
