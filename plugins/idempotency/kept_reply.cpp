// SPDX-License-Identifier: Apache-2.0
#include "kept_reply.hpp"

#include <mortise/detail/elements.hpp>
#include <mortise/detail/service.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/error.hpp>

#include <cstdint>
#include <string>

namespace mortise::idempotency {
namespace {

void takeFields(StoredResponse& stored, const mortise_field* fields, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) stored.fields.emplace_back(text(fields[i].name), text(fields[i].value));
}

StoredResponse keptFrom(const mortise_reply& reply) {
    if (reply.header_block != 0) throw Error("a response with a declared block of header fields cannot be kept");
    StoredResponse stored;
    stored.status = reply.status;
    stored.isJson = (reply.flags & MORTISE_REPLY_JSON) != 0;
    stored.noStore = (reply.flags & MORTISE_REPLY_NO_STORE) != 0;
    stored.contentType = text(reply.content_type);
    stored.body = text(reply.body);
    takeFields(stored, reply.fields, reply.field_count);
    return stored;
}

StoredResponse keptFrom(const mortise_error_reply& reply) {
    StoredResponse stored;
    stored.isError = true;
    stored.status = reply.status;
    stored.body = text(reply.message);
    stored.errorCode = text(reply.code);
    takeFields(stored, reply.fields, reply.field_count);
    for (const mortise_error_detail& detail :
         detail::Elements<mortise_error_detail>(reply.details, reply.detail_count, reply.detail_size))
        stored.details.push_back({std::string(text(detail.in)), std::string(text(detail.path)),
                                  std::string(text(detail.code)), std::string(text(detail.message))});
    return stored;
}

} // namespace

StoredResponse keptFrom(const mortise_sql_response& response) {
    if (response.reply != nullptr) return keptFrom(detail::adopt<mortise_reply>(response.reply));
    if (response.error != nullptr) return keptFrom(detail::adopt<mortise_error_reply>(response.error));
    throw Error("a response with a file, or one that comes later, cannot be kept");
}

Reply replayed(const StoredResponse& response) {
    Reply reply = response.isError  ? Reply::error(response.status, response.body)
                  : response.isJson ? Reply::rawJson(response.status, response.body)
                                    : Reply::bytes(response.status, response.contentType, response.body);
    if (response.isJson && !response.contentType.empty()) reply.contentType(response.contentType);
    if (response.noStore) reply.noStore();
    if (!response.errorCode.empty()) reply.errorCode(response.errorCode);
    for (const StoredResponse::Detail& one : response.details) reply.detail({one.in, one.path, one.code, one.message});
    for (const auto& [name, value] : response.fields) reply.field(name, value);
    reply.field("Idempotency-Replayed", "true");
    return reply;
}

} // namespace mortise::idempotency
