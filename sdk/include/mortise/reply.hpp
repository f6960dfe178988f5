// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/challenge.hpp>
#include <mortise/detail/owned.hpp>
#include <mortise/detail/type_mark.hpp>
#include <mortise/encode.hpp>
#include <mortise/issues.hpp>
#include <mortise/open_file.hpp>
#include <mortise/service/exchange.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

class Cookie;

namespace detail {
class RouteReplies;
}

// Constant header fields, checked once in configure (Setup::headerBlock); replies carry them at no cost.
struct HeaderBlock {
    std::uint64_t id = 0;
};

// An answer as a value. A described struct converts to 200 with its JSON; errors get the host's one shape. Header
// fields are checked by the host at each reply: framing fields, bytes that do not belong and a field that may stand
// only once (text/singleton_fields.hpp) and is repeated, in the block too, make it a 500.
class Reply {
public:
    enum class Kind { whole, file, error, later };

    // 200 with the JSON of a described struct.
    template<class T, std::enable_if_t<isDescribed<std::decay_t<T>>, int> = 0>
    Reply(const T& value) : Reply(json(200, value)) {}

    template<class T>
    static Reply json(std::uint32_t status, const T& value) {
        static_assert(detail::isKnown<T>(), "a reply of JSON: T has no MORTISE_DESCRIBE");
        Reply reply(Kind::whole, status);
        reply.flags_ = MORTISE_REPLY_JSON;
        reply.type_ = &detail::typeMark<T>;
        if constexpr (detail::isKnown<T>()) reply.body_ = encodeJson(value);
        return reply;
    }
    // JSON text made elsewhere.
    static Reply rawJson(std::uint32_t status, std::string body) {
        Reply reply(Kind::whole, status);
        reply.flags_ = MORTISE_REPLY_JSON;
        reply.body_ = std::move(body);
        return reply;
    }
    static Reply text(std::uint32_t status, std::string body) {
        return bytes(status, "text/plain; charset=utf-8", std::move(body));
    }
    static Reply bytes(std::uint32_t status, std::string contentType, std::string body) {
        Reply reply(Kind::whole, status);
        reply.rare().contentType = std::move(contentType);
        reply.body_ = std::move(body);
        return reply;
    }
    // A body that lives as long as the plugin's file, sent without a copy.
    static Reply constant(std::uint32_t status, std::string contentType, std::string_view body) {
        Reply reply(Kind::whole, status);
        reply.rare().contentType = std::move(contentType);
        reply.rare().constant = body;
        return reply;
    }
    // Bytes of a regular file, sent without a copy; a file that turns out shorter cuts the connection. Give its media
    // type with contentType().
    static Reply file(std::uint32_t status, OpenFile opened, std::uint64_t offset, std::uint64_t length) {
        Reply reply(Kind::file, status);
        Rare& rare = reply.rare();
        rare.file = std::move(opened);
        rare.offset = offset;
        rare.length = length;
        return reply;
    }
    static Reply empty(std::uint32_t status) {
        Reply reply(Kind::whole, status);
        reply.type_ = &detail::noBody;
        return reply;
    }
    // 400-599 in the one error shape. Of a 500 the sentence is logged and told only in development mode.
    static Reply error(std::uint32_t status, std::string sentence) {
        Reply reply(Kind::error, status);
        reply.type_ = &detail::errorBody;
        reply.body_ = std::move(sentence);
        return reply;
    }
    // The answer comes from a Deferred or a Stream.
    static Reply later() { return Reply(Kind::later, 0); }

    Reply& status(std::uint32_t code) & { return status_ = code, *this; }
    Reply status(std::uint32_t code) && { return std::move(status(code)); }
    Reply& field(std::string_view name, std::string_view value) & {
        rare().fields.emplace_back(name, value);
        return *this;
    }
    Reply field(std::string_view name, std::string_view value) && { return std::move(field(name, value)); }
    Reply& contentType(std::string type) & { return rare().contentType = std::move(type), *this; }
    Reply contentType(std::string type) && { return std::move(contentType(std::move(type))); }
    // Include cookie.hpp. Throws Invalid for one that browsers would not take.
    Reply& cookie(const Cookie& cookie) &;
    Reply cookie(const Cookie& cookie) &&;
    Reply& location(std::string_view url) & { return field("Location", url); }
    Reply location(std::string_view url) && { return std::move(field("Location", url)); }
    Reply& block(HeaderBlock block) & { return block_ = block.id, *this; } // of whole answers
    Reply block(HeaderBlock block) && { return block_ = block.id, std::move(*this); }
    Reply& noStore() & {
        if (kind_ == Kind::error) return field("Cache-Control", "no-store");
        flags_ |= MORTISE_REPLY_NO_STORE;
        return *this;
    }
    Reply noStore() && { return std::move(noStore()); }
    Reply& detail(Detail detail) & { return rare().details.push_back(std::move(detail)), *this; }
    Reply detail(Detail detail) && { return std::move(this->detail(std::move(detail))); }

    // Of an error: what went wrong, for programs: a word of a-z, 0-9 and '_'.
    Reply& errorCode(std::string word) & { return rare().errorCode = std::move(word), *this; }
    Reply errorCode(std::string word) && { return std::move(errorCode(std::move(word))); }

    Kind kind() const noexcept { return kind_; }
    std::uint32_t code() const noexcept { return status_; }
    // The body, or the sentence of an error.
    std::string_view body() const noexcept { return isConstant() ? rare_->constant : std::string_view(body_); }
    const std::vector<std::pair<std::string, std::string>>& fields() const noexcept {
        static const std::vector<std::pair<std::string, std::string>> none;
        return rare_ ? rare_->fields : none;
    }
    std::string_view errorCode() const noexcept { return rare_ ? rare_->errorCode : std::string_view(); }
    const std::vector<Detail>& details() const noexcept {
        static const std::vector<Detail> none;
        return rare_ ? rare_->details : none;
    }

private:
    friend struct ReplySender;
    friend class detail::RouteReplies;

    // What few replies have: most are made and gone without it, and without code for it where they go.
    struct Rare {
        Rare() = default;
        Rare(const Rare&) = delete;
        Rare& operator=(const Rare&) = delete;
        [[gnu::noinline]] ~Rare() = default;

        std::vector<std::pair<std::string, std::string>> fields;
        std::string contentType;
        std::string_view constant;
        OpenFile file = OpenFile();
        std::uint64_t offset = 0; // of the file
        std::uint64_t length = 0;
        std::vector<Detail> details;
        std::string errorCode;
    };

    Reply(Kind kind, std::uint32_t status) : kind_(kind), status_(status) {}

    Rare& rare() {
        if (!rare_) rare_ = detail::Owned<Rare>::make();
        return *rare_;
    }
    bool isConstant() const noexcept { return rare_ && rare_->constant.data() != nullptr; }
    std::string_view contentType() const noexcept { return rare_ ? rare_->contentType : std::string_view(); }

    Kind kind_;
    std::uint32_t status_;
    std::uint32_t flags_ = 0;
    std::uint64_t block_ = 0;
    const detail::TypeMark* type_ = nullptr; // what the body is made of, where that is known
    std::string body_;
    detail::Owned<Rare> rare_;
};

template<class T>
Reply ok(const T& value) {
    return Reply::json(200, value);
}
template<class T>
Reply created(const T& value) {
    return Reply::json(201, value);
}
inline Reply noContent() {
    return Reply::empty(204);
}
inline Reply badRequest(std::string sentence = "Bad request") {
    return Reply::error(400, std::move(sentence));
}
// A validation failure, as the host's own validator answers it.
inline Reply invalid(std::vector<Detail> details) {
    Reply reply = Reply::error(400, "Validation error");
    for (auto& detail : details) reply.detail(std::move(detail));
    return reply;
}
inline Reply unauthorized(std::string sentence, std::string_view challenge = bearerChallenge) {
    return Reply::error(401, std::move(sentence)).field("WWW-Authenticate", challenge);
}
inline Reply forbidden(std::string sentence = "Forbidden") {
    return Reply::error(403, std::move(sentence));
}
inline Reply notFound(std::string sentence = "Not found") {
    return Reply::error(404, std::move(sentence));
}
inline Reply conflict(std::string sentence = "Conflict") {
    return Reply::error(409, std::move(sentence));
}
inline Reply internalError(std::string sentence) {
    return Reply::error(500, std::move(sentence));
}
// 503 with Retry-After, in seconds.
inline Reply serviceUnavailable(std::string sentence = "Service unavailable", unsigned retryAfter = 1) {
    return Reply::error(503, std::move(sentence)).field("Retry-After", std::to_string(retryAfter));
}

} // namespace v1
} // namespace mortise
