// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/owned.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/reply.hpp>

namespace mortise {
inline namespace v1 {

// Reply to C and out: a terminal call, or the begin of a stream.
struct ReplySender {
    // What a terminal call came to: false where nothing was done, so that the turn is still the caller's.
    static constexpr bool isMade(mortise_status status) noexcept {
        const mortise_status known = detail::peerStatus(status, MORTISE_STALE, MORTISE_INVALID, MORTISE_REFUSED);
        return known == MORTISE_OK || known == MORTISE_REFUSED || known == MORTISE_STALE;
    }

    // Larger bodies are handed over instead of copied.
    static constexpr std::size_t handOverFrom = 32 * 1024;

    static mortise_status send(const detail::Runtime& runtime, mortise_exchange exchange, Reply&& reply) {
        if (reply.kind_ == Reply::Kind::error) return sendError(runtime, exchange, reply);
        if (reply.kind_ == Reply::Kind::file) return sendFile(runtime, exchange, reply);
        return sendWhole(runtime, exchange, reply, runtime.exchange.table.reply);
    }
    static mortise_status begin(const detail::Runtime& runtime, mortise_exchange exchange, Reply&& reply) {
        return sendWhole(runtime, exchange, reply, runtime.exchange.table.begin_stream);
    }
    // Memory of the host for the body of this turn's reply; empty (capacity 0) when there is none.
    static mortise_buffer lend(const detail::Runtime& runtime, mortise_exchange exchange, std::size_t capacity) {
        mortise_buffer buffer{};
        const auto& service = runtime.exchange;
        if (service.table.lend == nullptr ||
            detail::peerStatus(service.table.lend(service.self, exchange, capacity, &buffer)) != MORTISE_OK ||
            buffer.data == nullptr)
            buffer.capacity = 0;
        return buffer;
    }
    // 200 with JSON that is still being held by the caller, or that was written into lent memory.
    static mortise_status sendJson(const detail::Runtime& runtime, mortise_exchange exchange, std::string_view body) {
        if (runtime.exchange.table.reply == nullptr) return MORTISE_UNSUPPORTED;
        mortise_reply raw{};
        raw.struct_size = sizeof raw;
        raw.status = 200;
        raw.flags = MORTISE_REPLY_JSON;
        raw.body = view(body);
        return runtime.exchange.table.reply(runtime.exchange.self, exchange, &raw);
    }

    // A reply in C, for as long as it stays where it is. One that is neither whole nor an error has no form.
    struct Shown {
        std::vector<mortise_field> fields;
        std::vector<mortise_error_detail> details;
        mortise_reply whole{};
        mortise_error_reply error{};

        void of(const Reply& reply) {
            fields = rawFields(reply);
            if (reply.kind_ == Reply::Kind::error) {
                error = errorOf(reply, fields, details);
            } else {
                whole = head(reply, fields);
                whole.body = view(reply.body());
            }
        }
    };

private:
    using Call = mortise_status (*)(void*, mortise_exchange, const mortise_reply*);

    using Fields = std::vector<mortise_field>;

    static Fields rawFields(const Reply& reply) {
        Fields fields;
        fields.reserve(reply.fields().size());
        for (const auto& [name, value] : reply.fields()) fields.push_back({view(name), view(value)});
        return fields;
    }
    // Everything but the body.
    static mortise_reply head(const Reply& reply, const Fields& fields) {
        mortise_reply raw{};
        raw.struct_size = sizeof raw;
        raw.status = reply.status_;
        raw.flags = reply.flags_;
        raw.field_count = static_cast<std::uint32_t>(fields.size());
        raw.fields = fields.data();
        raw.header_block = reply.block_;
        raw.content_type = view(reply.contentType());
        return raw;
    }
    static mortise_error_reply errorOf(const Reply& reply, const Fields& fields,
                                       std::vector<mortise_error_detail>& details) {
        details.clear();
        details.reserve(reply.details().size());
        for (const Detail& d : reply.details())
            details.push_back({view(d.in), view(d.path), view(d.code), view(d.message)});
        mortise_error_reply raw{};
        raw.struct_size = sizeof raw;
        raw.status = reply.status_;
        raw.field_count = static_cast<std::uint32_t>(fields.size());
        raw.detail_count = static_cast<std::uint32_t>(details.size());
        raw.detail_size = sizeof(mortise_error_detail);
        raw.message = view(reply.body_);
        raw.fields = fields.data();
        raw.details = details.data();
        raw.code = view(reply.errorCode());
        return raw;
    }
    static mortise_status sendWhole(const detail::Runtime& runtime, mortise_exchange exchange, Reply& reply,
                                    Call call) {
        if (call == nullptr) return MORTISE_UNSUPPORTED;
        return reply.rare_ || reply.body_.size() >= handOverFrom ? sendRare(runtime, exchange, reply, call)
                                                                 : sendPlain(runtime, exchange, reply, call);
    }
    // No fields, no media type, a body that is copied.
    static mortise_status sendPlain(const detail::Runtime& runtime, mortise_exchange exchange, const Reply& reply,
                                    Call call) {
        mortise_reply raw{};
        raw.struct_size = sizeof raw;
        raw.status = reply.status_;
        raw.flags = reply.flags_;
        raw.header_block = reply.block_;
        raw.body = view(reply.body_);
        return call(runtime.exchange.self, exchange, &raw);
    }
    [[gnu::noinline]] static mortise_status sendRare(const detail::Runtime& runtime, mortise_exchange exchange,
                                                     Reply& reply, Call call) {
        const Fields fields = rawFields(reply);
        mortise_reply raw = head(reply, fields);
        raw.body = view(reply.body());
        detail::Owned<std::string> owned;
        if (reply.isConstant()) {
            raw.release = [](void*) {};
        } else if (reply.body_.size() >= handOverFrom) {
            owned = detail::Owned<std::string>::make(std::move(reply.body_));
            raw.body = view(*owned);
            raw.release = [](void* context) { delete static_cast<std::string*>(context); };
            raw.release_context = owned.get();
        }
        const mortise_status status = call(runtime.exchange.self, exchange, &raw);
        if (status != MORTISE_INVALID) static_cast<void>(owned.release()); // else it was not taken
        return status;
    }
    [[gnu::noinline]] static mortise_status sendFile(const detail::Runtime& runtime, mortise_exchange exchange,
                                                     Reply& reply) {
        const mortise_exchange_table& table = runtime.exchange.table;
        if (table.reply_file == nullptr) return MORTISE_UNSUPPORTED;
        const Fields fields = rawFields(reply);
        const mortise_reply raw = head(reply, fields);
        mortise_file file{};
        file.struct_size = sizeof file;
        file.descriptor = reply.rare_->file.descriptor();
        file.offset = reply.rare_->offset;
        file.length = reply.rare_->length;
        const mortise_status status = table.reply_file(runtime.exchange.self, exchange, &raw, &file);
        if (status != MORTISE_INVALID) static_cast<void>(reply.rare_->file.release()); // else it was not taken
        return status;
    }
    [[gnu::noinline]] static mortise_status sendError(const detail::Runtime& runtime, mortise_exchange exchange,
                                                      const Reply& reply) {
        if (runtime.exchange.table.reply_error == nullptr) return MORTISE_UNSUPPORTED;
        const Fields fields = rawFields(reply);
        std::vector<mortise_error_detail> details;
        const mortise_error_reply raw = errorOf(reply, fields, details);
        return runtime.exchange.table.reply_error(runtime.exchange.self, exchange, &raw);
    }
};

} // namespace v1
} // namespace mortise
