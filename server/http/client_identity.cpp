// SPDX-License-Identifier: Apache-2.0
#include "http/client_identity.hpp"

#include "http/character_class.hpp"
#include "http/field_block.hpp"
#include "http/limits.hpp"
#include "http/request_head.hpp"

#include <mortise/text/forwarded.hpp>

#include <cstddef>
#include <optional>

namespace mortise::http {
namespace {

base::IpAddress unknownAddress() noexcept {
    return *base::IpAddress::parse("::");
}

// What one of the fields says. The walk goes on as long as what is found is a trusted proxy.
class Walk {
public:
    explicit Walk(const base::IpNetworkList& trusted) noexcept : trusted_(trusted) {}

    bool goesOn() const noexcept { return goes_on_; }
    void visit(const std::optional<base::IpAddress>& address) noexcept {
        found_ = address.value_or(unknownAddress());
        goes_on_ = address.has_value() && trusted_.contains(*address);
    }
    const base::IpAddress& found() const noexcept { return found_; }

private:
    const base::IpNetworkList& trusted_;
    base::IpAddress found_ = unknownAddress();
    bool goes_on_ = true;
};

// Calls visit(value) for the field lines of that name, the last one first, until it returns false.
template<class Visit>
void visitFromLast(const RequestHead& head, const char* message, std::string_view name, Visit&& visit) noexcept {
    for (std::size_t i = head.fields.size(); i > 0; --i) {
        const RequestHead::FieldSpan& field = head.fields[i - 1];
        if (field.name.size == name.size() && equalsIgnoreCase(field.name.in(message), name) &&
            !visit(field.value.in(message)))
            return;
    }
}

base::IpAddress walkXForwardedFor(const RequestHead& head, const char* message,
                                  const base::IpNetworkList& trusted) noexcept {
    Walk walk(trusted);
    visitFromLast(head, message, "x-forwarded-for", [&](std::string_view list) {
        for (bool more = true; more && walk.goesOn();) {
            const std::size_t comma = list.rfind(',');
            walk.visit(forwardedAddress(list.substr(comma + 1))); // npos + 1 is 0
            more = comma != list.npos;
            list = list.substr(0, more ? comma : 0);
        }
        return walk.goesOn();
    });
    return walk.found();
}

std::optional<base::IpAddress> nodeAddress(std::string_view value) noexcept {
    char buffer[ForwardedNode::maxSize];
    const auto text = forwardedValue(value, buffer, sizeof buffer);
    if (!text) return std::nullopt;
    const ForwardedNode node = ForwardedNode::parse(*text);
    return node.kind == ForwardedNode::Kind::address ? base::IpAddress::parse(node.host) : std::nullopt;
}

struct Reported {
    base::IpAddress address;
    std::optional<bool> secure; // nothing: it does not say
};

Reported walkForwarded(const RequestHead& head, const char* message, const base::IpNetworkList& trusted) noexcept {
    Walk walk(trusted);
    Reported reported;
    visitFromLast(head, message, "forwarded", [&](std::string_view line) {
        ForwardedReader reader(line);
        for (ForwardedElement element; walk.goesOn() && reader.previous(element);) {
            walk.visit(nodeAddress(element.forNode));
            reported.secure.reset();
            if (element.proto.data() == nullptr) continue;
            char buffer[8];
            const auto proto = forwardedValue(element.proto, buffer, sizeof buffer);
            reported.secure = proto && equalsIgnoreCase(*proto, "https");
        }
        return walk.goesOn();
    });
    reported.address = walk.found();
    return reported;
}

bool lastProtocolIsSecure(const RequestHead& head, const char* message) noexcept {
    bool secure = false;
    visitFromLast(head, message, "x-forwarded-proto", [&](std::string_view list) {
        std::string_view last = list.substr(list.rfind(',') + 1);
        while (!last.empty() && isBlank(last.front())) last.remove_prefix(1);
        secure = equalsIgnoreCase(last, "https");
        return false;
    });
    return secure;
}

} // namespace

std::optional<base::IpAddress> forwardedAddress(std::string_view item) noexcept {
    while (!item.empty() && isBlank(item.front())) item.remove_prefix(1);
    while (!item.empty() && isBlank(item.back())) item.remove_suffix(1);
    const std::size_t colon = item.find(':');
    const bool bare = colon != item.npos && item.front() != '[' && item.find(':', colon + 1) != item.npos;
    if (bare) return base::IpAddress::parse(item); // IPv6, and no port
    const ForwardedNode node = ForwardedNode::parse(item);
    return node.kind == ForwardedNode::Kind::address ? base::IpAddress::parse(node.host) : std::nullopt;
}

ClientIdentity findClient(const base::IpAddress& peer, const RequestHead& head, const char* message,
                          const Settings& settings) noexcept {
    constexpr std::uint8_t both = forwarding::x_forwarded_for | forwarding::forwarded;
    ClientIdentity client;
    client.address = peer;
    client.known = head.forwarding == 0;
    if (client.known) return client;
    if (!settings.trusted_proxies.contains(peer)) {
        if ((head.forwarding & both) != 0)
            client.fault = peer.isLoopback() ? ProxyFault::untrustedLocal : ProxyFault::untrusted;
        else if ((head.forwarding & forwarding::x_real_ip) != 0)
            client.fault = ProxyFault::untrustedRealIp;
        return client;
    }
    std::uint8_t read = head.forwarding;
    if (settings.forwarded_header == ForwardedHeader::xForwardedFor)
        read &= static_cast<std::uint8_t>(~forwarding::forwarded);
    if (settings.forwarded_header == ForwardedHeader::forwarded)
        read &= static_cast<std::uint8_t>(~(forwarding::x_forwarded_for | forwarding::x_forwarded_proto));
    if ((read & both) == 0)
        client.fault = (head.forwarding & both) != 0 ? ProxyFault::otherHeader : ProxyFault::noHeader;

    std::optional<bool> secure;
    if ((read & forwarding::x_forwarded_for) != 0) {
        client.address = walkXForwardedFor(head, message, settings.trusted_proxies);
        client.known = true;
        if (client.address.isUnspecified()) client.fault = ProxyFault::unusableXForwardedFor;
    }
    if ((read & forwarding::forwarded) != 0) {
        const Reported reported = walkForwarded(head, message, settings.trusted_proxies);
        if (client.known && client.address != reported.address) {
            client.fault = ProxyFault::disagreement;
            client.address = unknownAddress();
        } else {
            if (!client.known && reported.address.isUnspecified()) client.fault = ProxyFault::unusableForwarded;
            client.address = reported.address;
        }
        client.known = true;
        secure = reported.secure;
    }
    if ((read & forwarding::x_forwarded_proto) != 0)
        secure = secure.value_or(true) && lastProtocolIsSecure(head, message);
    client.secure = secure.value_or(false) && client.fault != ProxyFault::disagreement;
    client.known = client.known && !client.address.isUnspecified();
    return client;
}

} // namespace mortise::http
