// SPDX-License-Identifier: Apache-2.0
#include "http/http1/parser.hpp"

#include "http/character_class.hpp"
#include "http/field_block.hpp"
#include "http/http1/request_line.hpp"
#include "http/name_set.hpp"
#include "http/proxy_trace.hpp"
#include "http/repeated_fields.hpp"
#include "http/target.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#if LLHTTP_STRICT_MODE != 1
#error "llhttp must be compiled with LLHTTP_STRICT_MODE=1: without it a bare CR hides a field (request smuggling)"
#endif

namespace mortise::http::http1 {

// llhttp calls these with pieces of the message that begin where the last piece of the same kind ended, as long as the
// message holds no folded line.
struct ParserCallbacks {
    static Parser& of(llhttp_t* llhttp) noexcept { return *static_cast<Parser*>(llhttp->data); }

    static int url(llhttp_t* llhttp, const char* at, std::size_t size) noexcept {
        Parser& parser = of(llhttp);
        return extend(parser, parser.head_->target, at, size);
    }

    static int fieldName(llhttp_t* llhttp, const char* at, std::size_t size) {
        Parser& parser = of(llhttp);
        auto& fields = parser.head_->fields;
        if (fields.empty() || parser.value_open_) {
            fields.emplace_back();
            parser.value_open_ = false;
        }
        return extend(parser, fields.back().name, at, size);
    }

    // Counted here and not at its first byte, which is told before or after a fault in the name as the bytes are cut.
    static int fieldNameComplete(llhttp_t* llhttp) noexcept {
        Parser& parser = of(llhttp);
        return parser.head_->fields.size() > parser.limits_->header_fields ? stop(parser, fault::tooManyFields) : 0;
    }

    static int fieldValue(llhttp_t* llhttp, const char* at, std::size_t size) noexcept {
        Parser& parser = of(llhttp);
        auto& fields = parser.head_->fields;
        if (fields.empty()) return stop(parser, fault::badField);
        parser.value_open_ = true;
        if (size == 0) return 0;
        if (extend(parser, fields.back().value, at, size) == 0) return 0;
        return stop(parser, fault::obsFold);
    }

    static int headersComplete(llhttp_t* llhttp) noexcept {
        of(llhttp).head_complete_ = true;
        return HPE_PAUSED;
    }

private:
    static std::size_t offset(const Parser& parser, const char* at) noexcept {
        return static_cast<std::size_t>(at - parser.message_);
    }
    static int stop(Parser& parser, const Fault& fault) noexcept {
        parser.fault_ = &fault;
        return -1;
    }
    static int extend(Parser& parser, Span& span, const char* at, std::size_t size) noexcept {
        const std::size_t begin = offset(parser, at);
        if (!span.present()) {
            span.offset = static_cast<std::uint32_t>(begin);
        } else if (span.offset + span.size != begin) {
            return stop(parser, fault::badRequestLine);
        }
        span.size += static_cast<std::uint32_t>(size);
        return 0;
    }
};

namespace {

const llhttp_settings_t& callbacks() noexcept {
    static const llhttp_settings_t settings = [] {
        llhttp_settings_t made;
        llhttp_settings_init(&made);
        made.on_url = [](llhttp_t* llhttp, const char* at, std::size_t size) {
            return ParserCallbacks::url(llhttp, at, size);
        };
        made.on_header_field = [](llhttp_t* llhttp, const char* at, std::size_t size) {
            return ParserCallbacks::fieldName(llhttp, at, size);
        };
        made.on_header_field_complete = [](llhttp_t* llhttp) { return ParserCallbacks::fieldNameComplete(llhttp); };
        made.on_header_value = [](llhttp_t* llhttp, const char* at, std::size_t size) {
            return ParserCallbacks::fieldValue(llhttp, at, size);
        };
        made.on_headers_complete = [](llhttp_t* llhttp) { return ParserCallbacks::headersComplete(llhttp); };
        return made;
    }();
    return settings;
}

bool isRequestId(std::string_view text) noexcept {
    if (text.empty() || text.size() > 128) return false;
    for (const char c : text) {
        if (!isClass(c, character_class::id)) return false;
    }
    return true;
}

// RFC 9110 section 8.6, without lists: at most 18 digits, so that sums of it cannot overflow.
bool parseLength(std::string_view text, std::uint64_t& length) noexcept {
    if (text.empty() || text.size() > 18) return false;
    length = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        length = length * 10 + static_cast<unsigned>(c - '0');
    }
    return true;
}

// Whether the comma list holds `token`.
bool listHolds(std::string_view list, std::string_view token) noexcept {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view item = list.substr(0, comma);
        while (!item.empty() && isBlank(item.front())) item.remove_prefix(1);
        while (!item.empty() && isBlank(item.back())) item.remove_suffix(1);
        if (equalsIgnoreCase(item, token)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

} // namespace

void Parser::begin(RequestHead& head, const Limits& limits) noexcept {
    head.clear();
    head_ = &head;
    limits_ = &limits;
    fault_ = nullptr;
    message_ = nullptr;
    parsed_ = 0;
    skipped_ = 0;
    head_bytes_ = 0;
    line_end_ = 0;
    body_left_ = 0;
    method_unknown_ = false;
    value_open_ = false;
    head_complete_ = false;
    closes_ = false;
    llhttp_init(&llhttp_, HTTP_REQUEST, &callbacks());
    llhttp_.data = this;
}

Parser::Result Parser::fail(const Fault& fault) noexcept {
    fault_ = &fault;
    return Result::fault;
}

Parser::Result Parser::parseHead(const char* message, std::size_t size) {
    if (fault_ != nullptr) return Result::fault;
    // RFC 9112 section 2.2: an empty line or two before the request line is let pass.
    while (parsed_ == 0) {
        const std::string_view start(message + skipped_, size - skipped_);
        if (start.empty() || start == "\r") return Result::more;
        if (start[0] != '\r' && start[0] != '\n') break;
        if (start.substr(0, 2) != "\r\n" || skipped_ >= 4) return fail(fault::badRequestLine);
        skipped_ += 2;
    }
    message += skipped_;
    size -= skipped_;
    message_ = message;
    // Line and fields one after the other, and no byte past the limit of either: whatever stands behind a limit cannot
    // change the verdict.
    while (!head_complete_) {
        if (method_unknown_) return failedByMethod(message, size);
        if (parsed_ == size) return Result::more;
        const bool in_line = line_end_ == 0;
        std::size_t end =
            std::min(size, in_line ? limits_->request_line_bytes + 1 : line_end_ + limits_->header_bytes + 1);
        const void* const newline = in_line ? std::memchr(message + parsed_, '\n', end - parsed_) : nullptr;
        if (newline != nullptr) end = static_cast<std::size_t>(static_cast<const char*>(newline) - message) + 1;
        const llhttp_errno_t error = llhttp_execute(&llhttp_, message + parsed_, end - parsed_);
        parsed_ = end;
        if (fault_ != nullptr) return Result::fault;
        if (head_complete_) break;
        if (error != HPE_OK) {
            const Result result = failedByLlhttp(error, message, end);
            return method_unknown_ ? failedByMethod(message, size) : result;
        }
        if (in_line && end > limits_->request_line_bytes) return tooLong(message, end);
        if (newline != nullptr) {
            line_end_ = end;
            // llhttp takes a line without a version (HTTP/0.9) and one that ends in a bare LF.
            const std::size_t target_end = head_->target.offset + head_->target.size;
            if ((llhttp_.http_major == 0 || message[end - 2] != '\r') &&
                !endsWithVersion({message + target_end, end - target_end}))
                return fail(fault::badRequestLine);
        }
        if (!in_line && end - line_end_ > limits_->header_bytes) return fail(fault::headerTooLarge);
    }
    head_bytes_ = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - message);
    if (!checkRequestLine(message) || !checkFields(message)) return Result::fault;
    return Result::complete;
}

Parser::Result Parser::tooLong(const char* message, std::size_t size) noexcept {
    // Only a line that began with a method is a request line.
    const std::string_view line(message, size);
    const std::size_t blank = line.find(' ');
    return fail(blank != line.npos && isToken(line.substr(0, blank)) ? fault::targetTooLong : fault::badRequestLine);
}

Parser::Result Parser::failedByMethod(const char* message, std::size_t size) noexcept {
    const std::string_view line(message, std::min(size, limits_->request_line_bytes + 1));
    std::size_t method = 0;
    while (method < line.size() && isTokenCharacter(line[method])) ++method;
    if (method > longest_method) return fail(fault::unknownMethod); // RFC 9112 section 3
    switch (lineFormOf(line)) {
    case LineForm::wellFormed:
        return fail(fault::unknownMethod);
    case LineForm::malformed:
        return fail(fault::badRequestLine);
    case LineForm::incomplete:
        break;
    }
    return line.size() > limits_->request_line_bytes ? tooLong(message, line.size()) : Result::more;
}

Parser::Result Parser::failedByLlhttp(int error, const char* message, std::size_t size) noexcept {
    // As far as llhttp has come, so that the verdict does not depend on how the bytes were cut.
    const auto before = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - message);
    const std::string_view text(message, std::min(size, before + 1));
    switch (error) {
    case HPE_INVALID_METHOD:
        method_unknown_ = true;
        return Result::more;
    case HPE_PAUSED_H2_UPGRADE:
        return fail(fault::badVersion);
    case HPE_INVALID_VERSION:
    case HPE_INVALID_CONSTANT: {
        if (line_end_ != 0) return fail(fault::badField);
        const std::size_t at = head_->target.offset + head_->target.size;
        if (text.substr(0, 14) == "PRI * HTTP/2.0") return fail(fault::badVersion);
        if (Method method{}; !methodOf(llhttp_.method, method)) { // RTSP, ICE
            method_unknown_ = true;
            return Result::more;
        }
        if (at > text.size() || !looksLikeVersion(text.substr(at))) return fail(fault::badRequestLine);
        const std::string_view number = text.substr(at + 6, 3); // one that is spoken here is followed by something odd
        return fail(number == "1.0" || number == "1.1" ? fault::badRequestLine : fault::badVersion);
    }
    case HPE_INVALID_URL:
        return fail(before > limits_->request_line_bytes ? fault::targetTooLong : fault::badTarget);
    case HPE_INVALID_CONTENT_LENGTH:
        return fail(fault::badLength);
    case HPE_UNEXPECTED_CONTENT_LENGTH:
        return fail((llhttp_.flags & F_TRANSFER_ENCODING) != 0 ? fault::bothLengths : fault::badLength);
    case HPE_INVALID_TRANSFER_ENCODING:
        if (llhttp_.http_minor == 0) return fail(fault::codingOnHttp10);
        return fail((llhttp_.flags & F_CONTENT_LENGTH) != 0 ? fault::bothLengths : fault::unknownCoding);
    default:
        return fail(text.find("\r\n") != text.npos ? fault::badField : fault::badRequestLine);
    }
}

bool Parser::checkRequestLine(const char* message) noexcept {
    RequestHead& head = *head_;
    const char* const blank = static_cast<const char*>(std::memchr(message, ' ', head_bytes_));
    const std::size_t target_end = head.target.offset + head.target.size;
    if (blank == nullptr) return refuse(fault::badRequestLine);
    head.method_size = static_cast<std::uint32_t>(blank - message);
    if (llhttp_.method == HTTP_PRI) return refuse(fault::badVersion);
    // Exactly one blank on both sides of the target, and a version (HTTP/0.9 has none).
    if (head.target.offset != head.method_size + 1 || target_end + version_size > head_bytes_) {
        return refuse(fault::badRequestLine);
    }
    const std::string_view version(message + target_end, version_size);
    if (!looksLikeVersion(version) || version.substr(9) != "\r\n") return refuse(fault::badRequestLine);
    if (!methodOf(llhttp_.method, head.method)) return refuse(fault::unknownMethod);
    if (version[6] != '1' || version[8] > '1') return refuse(fault::badVersion);
    head.minor_version = static_cast<std::uint8_t>(version[8] - '0');
    head.keep_alive = head.minor_version == 1;
    const std::size_t line_end = target_end + version_size;
    if (line_end > limits_->request_line_bytes) return refuse(fault::targetTooLong);
    if (head_bytes_ - line_end > limits_->header_bytes) return refuse(fault::headerTooLarge);
    if (line_end_ == 0) line_end_ = line_end;
    if (line_end_ != line_end) return refuse(fault::badField);
    const Fault* const fault = readTarget(head, message);
    return fault == nullptr || refuse(*fault);
}

bool Parser::checkFields(const char* message) noexcept {
    RequestHead& head = *head_;
    bool coded = false;
    bool host_seen = false;
    std::string_view coding;
    NameSet names;
    NameSet repeated;
    std::size_t next = line_end_;
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        RequestHead::FieldSpan& field = head.fields[i];
        // The gaps between what llhttp took for name and value hold a colon, blanks and one CRLF, nothing else.
        const std::size_t name_end = field.name.offset + field.name.size;
        const std::size_t end =
            (i + 1 < head.fields.size() ? head.fields[i + 1].name.offset : head_bytes_ - 2); // of the line
        if (field.name.size == 0) return refuse(fault::badField);
        if (field.name.offset != next || message[name_end] != ':' || end < name_end + 3) return refuse(fault::badField);
        if (message[end - 2] != '\r' || message[end - 1] != '\n') return refuse(fault::badField);
        if (!field.value.present()) field.value.offset = static_cast<std::uint32_t>(end - 2);
        const std::size_t value_end = field.value.offset + field.value.size;
        if (value_end > end - 2) return refuse(fault::badField);
        for (std::size_t at = name_end + 1; at < field.value.offset; ++at) {
            if (!isBlank(message[at])) return refuse(fault::badField);
        }
        for (std::size_t at = value_end; at < end - 2; ++at) {
            if (!isBlank(message[at])) return refuse(message[at] == '\r' ? fault::obsFold : fault::badField);
        }
        while (field.value.size > 0 && isBlank(message[field.value.offset + field.value.size - 1])) --field.value.size;
        next = end;

        const std::string_view name = field.name.in(message);
        const std::string_view value = field.value.in(message);
        names.addTwice(name, repeated);
        switch (name.size()) {
        case 4:
            if (!equalsIgnoreCase(name, "host")) break;
            if (host_seen || !isHost(value)) return refuse(fault::badHost);
            host_seen = true;
            if (!head.host.present()) head.host = field.value; // an absolute target goes first (RFC 9112 section 3.2.2)
            break;
        case 6:
            if (!equalsIgnoreCase(name, "expect") || head.minor_version == 0) break;
            if (!equalsIgnoreCase(value, "100-continue")) return refuse(fault::badExpectation);
            head.expects_continue = true;
            break;
        case 9:
            if (equalsIgnoreCase(name, "forwarded")) head.forwarding |= forwarding::forwarded;
            if (equalsIgnoreCase(name, "x-real-ip")) head.forwarding |= forwarding::x_real_ip;
            break;
        case 10:
            if (equalsIgnoreCase(name, "user-agent")) {
                if (!head.user_agent.present()) head.user_agent = field.value;
            } else if (equalsIgnoreCase(name, "connection")) {
                if (listHolds(value, "close")) {
                    closes_ = true;
                } else if (head.minor_version == 0 && listHolds(value, "keep-alive")) {
                    head.keep_alive = true;
                }
            }
            break;
        case 12:
            if (equalsIgnoreCase(name, "content-type")) {
                if (!head.content_type.present()) head.content_type = field.value;
            } else if (equalsIgnoreCase(name, "x-request-id") && !head.request_id.present() && isRequestId(value)) {
                head.request_id = field.value;
            }
            break;
        case 13:
            if (equalsIgnoreCase(name, "authorization") && !head.authorization.present()) {
                head.authorization = field.value;
            } else if (isProxyTrace(name)) {
                head.forwarding |= forwarding::trace;
            }
            break;
        case 14:
            if (!equalsIgnoreCase(name, "content-length")) {
                if (isProxyTrace(name)) head.forwarding |= forwarding::trace;
                break;
            }
            if (head.has_length || !parseLength(value, head.content_length)) return refuse(fault::badLength);
            head.has_length = true;
            break;
        case 15:
            if (equalsIgnoreCase(name, "x-forwarded-for")) {
                head.forwarding |= forwarding::x_forwarded_for;
            } else if (isProxyTrace(name)) {
                head.forwarding |= forwarding::trace;
            }
            break;
        case 17:
            if (equalsIgnoreCase(name, "x-forwarded-proto")) {
                head.forwarding |= forwarding::x_forwarded_proto;
            } else if (equalsIgnoreCase(name, "transfer-encoding")) {
                coding = coded ? std::string_view() : value;
                coded = true;
            }
            break;
        case 3:
        case 8:
        case 11:
        case 16:
        case 18:
        case 19:
        case 24:
            if (isProxyTrace(name)) head.forwarding |= forwarding::trace;
            break;
        default:
            break;
        }
    }
    if (next + 2 != head_bytes_ || message[next] != '\r' || message[next + 1] != '\n') return refuse(fault::badField);
    if (closes_) head.keep_alive = false;
    if (coded) {
        if (head.minor_version == 0) return refuse(fault::codingOnHttp10);
        if (head.has_length) return refuse(fault::bothLengths);
        if (!equalsIgnoreCase(coding, "chunked")) return refuse(fault::unknownCoding);
        head.chunked = true;
    }
    if (!host_seen && head.minor_version == 1) return refuse(fault::badHost);
    if (repeatsSingleton(head, message, repeated)) return refuse(fault::repeatedField);
    head.names = names;
    return true;
}

bool Parser::refuse(const Fault& fault) noexcept {
    fault_ = &fault;
    return false;
}

Parser::Result Parser::checkChunks(const char* data, std::size_t size) noexcept {
    const Fault* const fault =
        ChunkDecoder::faultIn(data, size, {0, limits_->chunk_line_bytes, limits_->trailer_bytes});
    return fault == nullptr ? Result::more : fail(*fault);
}

Parser::Result Parser::beginBody(std::uint64_t limit) noexcept {
    if (head_->chunked) {
        chunks_.begin({limit, limits_->chunk_line_bytes, limits_->trailer_bytes});
        return Result::more;
    }
    body_left_ = head_->content_length;
    if (body_left_ > limit) return fail(fault::bodyTooLarge);
    return body_left_ == 0 ? Result::complete : Result::more;
}

Parser::Result Parser::parseBody(const char* data, std::size_t size, char* out, std::size_t& taken,
                                 std::size_t& made) noexcept {
    if (head_->chunked) {
        const ChunkDecoder::Result result = chunks_.decode(data, size, out, taken, made);
        if (result == ChunkDecoder::Result::fault) return fail(chunks_.fault());
        return result == ChunkDecoder::Result::complete ? Result::complete : Result::more;
    }
    taken = static_cast<std::size_t>(std::min<std::uint64_t>(size, body_left_));
    made = taken;
    if (taken != 0 && out != data) std::memmove(out, data, taken);
    body_left_ -= taken;
    return body_left_ == 0 ? Result::complete : Result::more;
}

} // namespace mortise::http::http1
