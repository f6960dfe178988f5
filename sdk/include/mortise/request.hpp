// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/exchange.h>
#include <mortise/date_time.hpp>
#include <mortise/decode.hpp>
#include <mortise/deferred.hpp>
#include <mortise/detail/boxed_call.hpp>
#include <mortise/detail/find_cookie.hpp>
#include <mortise/log.hpp>
#include <mortise/part.hpp>
#include <mortise/principal.hpp>

namespace mortise {
inline namespace v1 {

class Stream;

namespace detail {

template<class Visit>
void visitRoutes(const Runtime& runtime, mortise_exchange exchange, Visit&& visit); // declared_routes.hpp

} // namespace detail

// An IPv4 address, the first 64 bits of an IPv6 network, everybody on Unix sockets, or everybody of whom nothing is
// known.
struct ClientNetwork {
    std::uint64_t network = 0;
    std::uint32_t family = MORTISE_CLIENT_UNKNOWN;
};

// A request while its handler, filter or authenticator runs. The views it gives live until the turn is over: until the
// call has returned and, after a defer(), until its reply. The object itself ends with the call.
class Request {
public:
    Request(const detail::Runtime& runtime, mortise_exchange exchange, const mortise_request& peer,
            const detail::RouteReplies* replies = nullptr) noexcept
        : runtime_(&runtime), exchange_(exchange), raw_(&peer), replies_(replies) {
        if (peer.struct_size < sizeof(mortise_request)) {
            older_ = detail::adopt<mortise_request>(&peer);
            raw_ = &older_;
        }
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    std::string_view method() const noexcept { return text(raw_->method); }
    std::string_view target() const noexcept { return text(raw_->target); }
    std::string_view path() const noexcept { return text(raw_->path); }
    std::string_view query() const noexcept { return text(raw_->query); } // as received, without '?'
    std::string_view route() const noexcept { return text(raw_->route); } // the pattern; empty before the route phase
    std::string_view id() const noexcept { return text(raw_->request_id); }
    std::string_view clientAddress() const noexcept { return text(raw_->client_address); }
    // False: a proxy stands between that is not trusted, or that does not tell who the client is. What is decided by
    // the client's address is decided by NetworkList::admits().
    bool isClientKnown() const noexcept { return (raw_->flags & MORTISE_REQUEST_CLIENT_UNKNOWN) == 0; }
    // Who counts as one client wherever clients are counted or remembered.
    ClientNetwork clientNetwork() const noexcept { return {raw_->client_network, raw_->client_family}; }
    std::string_view body() const noexcept { return text(raw_->body); }
    bool tls() const noexcept { return (raw_->flags & MORTISE_REQUEST_TLS) != 0; }
    DateTime receivedAt() const noexcept { return {raw_->received_ms}; }
    // Number of the generation that serves this request; 0 under a host that does not tell.
    std::uint64_t generation() const noexcept { return raw_->generation; }

    // The first header field of that name, in any case; empty when there is none.
    std::string_view field(std::string_view name) const noexcept {
        for (std::uint32_t i = 0; i < raw_->field_count; ++i)
            if (sameName(text(raw_->fields[i].name), name)) return text(raw_->fields[i].value);
        return {};
    }
    bool hasField(std::string_view name) const noexcept {
        for (std::uint32_t i = 0; i < raw_->field_count; ++i)
            if (sameName(text(raw_->fields[i].name), name)) return true;
        return false;
    }
    // The first cookie of that name, as it was sent. Whoever sets cookies for a parent domain may have set it: see
    // CookieSigner and the prefix __Host-.
    std::optional<std::string_view> cookie(std::string_view name) const noexcept {
        for (std::uint32_t i = 0; i < raw_->field_count; ++i) {
            if (!sameName(text(raw_->fields[i].name), "cookie")) continue;
            if (const auto found = detail::findCookie(text(raw_->fields[i].value), name)) return found;
        }
        return std::nullopt;
    }
    // A path parameter, percent-decoded; empty when the pattern has none of that name.
    std::string_view parameter(std::string_view name) const noexcept {
        for (std::uint32_t i = 0; i < raw_->parameter_count; ++i)
            if (text(raw_->parameters[i].name) == name) return text(raw_->parameters[i].value);
        return {};
    }
    // The parts of a multipart body, in the order received; the handler of a multipart() route sees them.
    std::uint32_t partCount() const noexcept { return raw_->parts != nullptr ? raw_->part_count : 0; }
    Part part(std::uint32_t place) const noexcept { // place below partCount()
        return Part(detail::Elements<mortise_part>(raw_->parts, raw_->part_count, raw_->part_size)[place]);
    }
    // The file of a member of the body. Throws Error where the member has none.
    Part part(UploadedFile file) const {
        if (file.place >= partCount() || !part(file.place).isFile())
            throw Error("there is no such file in the request");
        return part(file.place);
    }
    Principal principal() const noexcept { return Principal(raw_->principal); }

    // True when the client is gone or the request has ended. Only informs: what is stored on behalf of the request may
    // still be stored, and its reply is dropped.
    bool cancelled() const noexcept {
        const auto& service = runtime_->exchange;
        return service.table.cancelled != nullptr && service.table.cancelled(service.self, exchange_) != 0;
    }

    // Until the request's deadline, past which the host responds; 0 from there on, milliseconds::max() of a stream.
    std::chrono::milliseconds timeLeft() const noexcept { return detail::timeLeft(*runtime_, Turn(exchange_)); }

    // When that is, of Clock::monotonic().
    std::chrono::milliseconds deadline() const noexcept {
        return std::chrono::milliseconds(static_cast<std::int64_t>(raw_->deadline));
    }
    // Where the request stands in a trace. Include trace.hpp.
    Trace trace() const noexcept;
    // While this turn is open: onCancelled() on the loop when the client is gone or the host ends the request,
    // onEnded() when its response is out or there will be none; each at most once, and both are destroyed then. False:
    // it has ended already.
    template<class Cancelled, class Ended>
    bool watch(Cancelled&& onCancelled, Ended&& onEnded) const {
        return detail::watch(*runtime_, exchange_, std::forward<Cancelled>(onCancelled), std::forward<Ended>(onEnded));
    }

    // To reply by another thread, or later; the handler returns Reply::later(). Once a request.
    Deferred defer() { return Deferred(share()); }
    // Begins a response of unknown length; the handler then returns Reply::later(). Include stream.hpp.
    Stream stream(Reply head);

    // Calls visit(const DeclaredRoute&) for every route of the generation that serves this request, in the order of
    // declaration. Include declared_routes.hpp. Until the response; throws Absent under a host that does not show them.
    template<class Visit>
    void visitRoutes(Visit&& visit) const {
        detail::visitRoutes(*runtime_, exchange_, std::forward<Visit>(visit));
    }

    // Writes records with this request's id.
    Log log() const noexcept { return Log(*runtime_, {}, exchange_); }

    mortise_exchange exchange() const noexcept { return exchange_; }
    // For Database::transact and others that store.
    operator Turn() const noexcept { return Turn(exchange_); }
    const mortise_request& raw() const noexcept { return *raw_; }
    const detail::Runtime& runtime() const noexcept { return *runtime_; }
    // What its route documents, where a route's handler runs.
    const detail::RouteReplies* replies() const noexcept { return replies_; }
    // What defer() made, if anything.
    const detail::Shared<detail::DeferredState>& deferred() const noexcept { return deferred_; }

private:
    // Header names are ASCII; `a` and `b` differ in case only.
    static bool sameName(std::string_view a, std::string_view b) noexcept {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            const auto x = static_cast<unsigned char>(a[i]);
            const auto y = static_cast<unsigned char>(b[i]);
            if (x == y) continue;
            const unsigned folded = x | 0x20u;
            if (folded != (y | 0x20u) || folded < 'a' || folded > 'z') return false;
        }
        return true;
    }
    detail::Shared<detail::DeferredState> share() {
        if (deferred_) throw Invalid("a request is deferred once");
        deferred_ = detail::Shared<detail::DeferredState>::make(*runtime_, exchange_, replies_);
        return deferred_;
    }

    const detail::Runtime* runtime_;
    mortise_exchange exchange_;
    const mortise_request* raw_;
    const detail::RouteReplies* replies_;
    detail::Shared<detail::DeferredState> deferred_;
    mortise_request older_; // only where the host's struct is smaller
};

} // namespace v1
} // namespace mortise
