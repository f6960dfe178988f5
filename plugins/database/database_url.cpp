// SPDX-License-Identifier: Apache-2.0
#include "database_url.hpp"

#include "database_error.hpp"

#include <optional>

namespace mortise::database {

namespace {

constexpr std::string_view expected = "write sqlite:///name.db (in the state directory) or sqlite:////absolute/name.db";

[[noreturn]] void refuse(std::string_view url, const std::string& reason) {
    throw DatabaseError(DatabaseError::Kind::invalid, "'" + redactedUrl(url) + "': " + reason);
}

std::optional<unsigned> hexDigit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

std::string decoded(std::string_view url, std::string_view part) {
    std::string text;
    text.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] != '%') {
            text += part[i];
            continue;
        }
        const auto high = i + 2 < part.size() ? hexDigit(part[i + 1]) : std::nullopt;
        const auto low = i + 2 < part.size() ? hexDigit(part[i + 2]) : std::nullopt;
        if (!high || !low) refuse(url, "'%' must be followed by two hexadecimal digits (a percent sign itself is %25)");
        text += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    if (text.find('\0') != std::string::npos) refuse(url, "a path cannot hold %00");
    return text;
}

} // namespace

std::string redactedUrl(std::string_view url) {
    if (url.substr(0, 10) == "sqlite:///") return std::string(url); // a path, which may have an '@'
    // The last '@', wherever it stands, also escaped: a password may hold unencoded '/' and '@'.
    std::size_t at = url.rfind('@');
    if (at == std::string_view::npos) at = url.rfind("%40");
    if (at == std::string_view::npos) return std::string(url);
    const std::size_t scheme = url.find("://");
    const std::size_t begin = scheme < at ? scheme + 3 : 0; // without a scheme, everything may be the password's
    return std::string(url.substr(0, begin)) + "***" + std::string(url.substr(at));
}

DatabaseUrl DatabaseUrl::parse(std::string_view url) {
    const std::string_view scheme = url.substr(0, url.find(':'));
    if (scheme == "mysql" || scheme == "mariadb")
        refuse(url, std::string(scheme) + " is not supported by this plugin, only sqlite; " + std::string(expected));
    if (scheme != "sqlite" || scheme.size() == url.size()) refuse(url, "not a database URL; " + std::string(expected));
    const std::string_view rest = url.substr(scheme.size() + 1);
    if (rest == ":memory:" || rest == "//:memory:" || rest == "///:memory:")
        refuse(url, "a database in memory is a different one for every connection and is lost at the end; " +
                        std::string(expected));
    if (rest.substr(0, 3) != "///")
        refuse(url, "three or four slashes must follow 'sqlite:'; " + std::string(expected));
    const std::string_view path = rest.substr(3);
    if (path.find_first_of("?#") != std::string_view::npos)
        refuse(url, "no options are known after '?' or '#' (in a name, write %3F or %23)");
    std::filesystem::path file = decoded(url, path);
    if (!file.has_filename() || file.filename() == "." || file.filename() == "..")
        refuse(url, "the name of a file is missing; " + std::string(expected));
    return {file.lexically_normal()};
}

} // namespace mortise::database
