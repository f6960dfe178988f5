// SPDX-License-Identifier: Apache-2.0
#include "server_url.hpp"

#include "url_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace mortise::database {

namespace {

constexpr std::string_view form = "write mariadb://host:3306/name with user:password@ in front of the host";
constexpr std::string_view encode =
    "in a user, a password and an option '@', ':', '/', '?', '#', '&' and '%' are percent-encoded (%40, %3A, %2F, "
    "%3F, %23, %26, %25)";
constexpr std::size_t maximumName = 64; // of a database: https://mariadb.com/kb/en/identifier-names/

std::optional<std::uint32_t> numberOf(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return number;
}

// Reads one URL.
class ServerUrlReader {
public:
    explicit ServerUrlReader(std::string_view shown) : shown_(shown) {}

    MariadbServer read(std::string_view rest) {
        if (rest.substr(0, 2) != "//") refuse("two slashes must follow the scheme; " + std::string(form));
        rest.remove_prefix(2);
        if (rest.find('#') != std::string_view::npos) refuse("it has a '#': " + std::string(encode));
        const std::size_t query = rest.find('?');
        const std::string_view options = query == std::string_view::npos ? "" : rest.substr(query + 1);
        const std::string_view place = rest.substr(0, query);
        const std::size_t slash = place.find('/');
        // What would be read as an address is a password's then.
        if (options.find('@') != std::string_view::npos ||
            (slash != std::string_view::npos && place.find('@', slash) != std::string_view::npos))
            refuse(std::string(encode));
        readAuthority(place.substr(0, slash));
        readName(slash == std::string_view::npos ? "" : place.substr(slash + 1));
        readOptions(options);
        return finished();
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const { refuseUrl(shown_, reason); }
    std::string decoded(std::string_view part) const { return urlDecoded(part, shown_); }

    void readAuthority(std::string_view authority) {
        const std::size_t at = authority.find('@');
        if (at == std::string_view::npos || at == 0) refuse("the user is missing; " + std::string(form));
        const std::string_view person = authority.substr(0, at);
        const std::string_view address = authority.substr(at + 1);
        const std::size_t colon = person.find(':');
        const std::string_view password = colon == std::string_view::npos ? "" : person.substr(colon + 1);
        if (address.find('@') != std::string_view::npos || password.find(':') != std::string_view::npos)
            refuse(std::string(encode));
        server_.user = decoded(person.substr(0, colon));
        server_.password = decoded(password);
        if (server_.user.empty()) refuse("the user is missing; " + std::string(form));
        readAddress(address);
    }
    void readAddress(std::string_view address) {
        std::string_view port;
        if (!address.empty() && address.front() == '[') {
            const std::size_t end = address.find(']');
            if (end == std::string_view::npos) refuse("']' is missing behind an IPv6 address");
            server_.host = address.substr(1, end - 1);
            port = address.substr(end + 1);
            if (server_.host.empty()) refuse("there is no address between '[' and ']'");
        } else {
            const std::size_t colon = address.find(':');
            server_.host = decoded(address.substr(0, colon));
            port = colon == std::string_view::npos ? "" : address.substr(colon);
        }
        if (port.empty()) return;
        const auto number = port.front() == ':' ? numberOf(port.substr(1)) : std::nullopt;
        if (!number || *number == 0 || *number > 65535)
            refuse("a port is 1 to 65535, and an IPv6 address stands in brackets; " + std::string(form));
        server_.port = static_cast<std::uint16_t>(*number);
    }
    void readName(std::string_view name) {
        server_.database = decoded(name);
        if (server_.database.empty()) refuse("the name of the database is missing; " + std::string(form));
        if (server_.database.size() > maximumName || server_.database.find('/') != std::string::npos)
            refuse("the name of a database has no '/' and at most 64 bytes; " + std::string(form));
    }
    void readOptions(std::string_view options) {
        while (!options.empty()) {
            const std::size_t end = options.find('&');
            const std::string_view one = options.substr(0, end);
            options = end == std::string_view::npos ? "" : options.substr(end + 1);
            const std::size_t equals = one.find('=');
            const std::string name(one.substr(0, equals));
            const std::string value = equals == std::string_view::npos ? "" : decoded(one.substr(equals + 1));
            if (!given_.insert(name).second) refuse("an option stands there twice");
            take(name, value);
        }
    }
    void take(const std::string& name, const std::string& value) {
        if (name == "socket") {
            if (value.empty() || value.front() != '/') refuse("socket is the absolute path of a Unix socket");
            server_.socket = value;
        } else if (name == "ssl-mode") {
            server_.tls = tlsOf(value);
        } else if (name == "ssl-ca") {
            if (value.empty()) refuse("ssl-ca is the path of a file of certificates");
            server_.caFile = value;
        } else if (name == "connection_limit") {
            server_.connectionLimit = bounded(name, value, 2, 1024, "connections");
        } else if (name == "pool_timeout") {
            server_.poolTimeout = std::chrono::seconds(bounded(name, value, 1, 60, "seconds"));
        } else if (name == "connect_timeout") {
            server_.connectTimeout = std::chrono::seconds(bounded(name, value, 1, 60, "seconds"));
        } else {
            refuse("there is no option" + named(name) +
                   "; there are socket, ssl-mode, ssl-ca, connection_limit, pool_timeout and connect_timeout");
        }
    }
    // What does not look like the name of an option may be part of a secret.
    static std::string named(const std::string& name) {
        const bool isWord = !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
        });
        return isWord ? " '" + name + "'" : std::string(" of that name");
    }
    std::uint32_t bounded(const std::string& name, const std::string& value, std::uint32_t least, std::uint32_t most,
                          const char* unit) const {
        const auto number = numberOf(value);
        if (!number || *number < least || *number > most)
            refuse(name + " is " + std::to_string(least) + " to " + std::to_string(most) + " " + unit);
        return *number;
    }
    MariadbServer::Tls tlsOf(std::string value) const {
        std::transform(value.begin(), value.end(), value.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        if (value == "DISABLED") return MariadbServer::Tls::off;
        if (value == "REQUIRED") return MariadbServer::Tls::required;
        if (value == "VERIFY_CA") return MariadbServer::Tls::verifyCa;
        if (value == "VERIFY_IDENTITY") return MariadbServer::Tls::verifyIdentity;
        refuse("ssl-mode is DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY (PREFERRED would send the password "
               "unencrypted where somebody stands between)");
    }
    MariadbServer finished() {
        const bool local = server_.host.empty() || server_.host == "localhost";
        if (!server_.socket.empty() && !local) refuse("it has a socket and a host: leave one of them out");
        if (server_.socket.empty() && server_.host.empty())
            refuse("the host is missing, or the option socket; " + std::string(form));
        if (!server_.socket.empty()) server_.host.clear();
        const bool verifies =
            server_.tls == MariadbServer::Tls::verifyCa || server_.tls == MariadbServer::Tls::verifyIdentity;
        if (!server_.caFile.empty() && !given_.contains("ssl-mode"))
            server_.tls = MariadbServer::Tls::verifyIdentity;
        else if (!server_.caFile.empty() && !verifies)
            refuse("ssl-ca is of use with ssl-mode VERIFY_CA or VERIFY_IDENTITY only");
        if (server_.host.empty() && server_.tls == MariadbServer::Tls::verifyIdentity)
            refuse("over a socket the server has no name that VERIFY_IDENTITY could compare: use VERIFY_CA, or none");
        return std::move(server_);
    }

    std::string_view shown_;
    MariadbServer server_;
    std::set<std::string> given_;
};

} // namespace

MariadbServer serverOfUrl(std::string_view rest, std::string_view shown) {
    return ServerUrlReader(shown).read(rest);
}

std::string MariadbServer::place() const {
    return "'" + database + "' on " + (host.empty() ? socket : host + ":" + std::to_string(port));
}

} // namespace mortise::database
