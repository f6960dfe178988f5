// SPDX-License-Identifier: Apache-2.0
#include "database_url.hpp"

#include "database_error.hpp"
#include "server_url.hpp"
#include "url_text.hpp"

namespace mortise::database {

namespace {

constexpr std::string_view expected = "write sqlite:///name.db (in the state directory), sqlite:////absolute/name.db, "
                                      "or mariadb://host/name with user:password@ in front of the host";
constexpr std::string_view expectedFile =
    "write sqlite:///name.db (in the state directory) or sqlite:////absolute/name.db";

[[noreturn]] void refuse(std::string_view url, const std::string& reason) {
    refuseUrl(redactedUrl(url), reason);
}

bool startsWith(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

std::filesystem::path fileOf(std::string_view url, std::string_view path) {
    if (path.find_first_of("?#") != std::string_view::npos)
        refuse(url, "no options are known after '?' or '#' (in a name, write %3F or %23)");
    std::filesystem::path file = urlDecoded(path, redactedUrl(url));
    if (!file.has_filename() || file.filename() == "." || file.filename() == "..")
        refuse(url, "the name of a file is missing; " + std::string(expectedFile));
    return file.lexically_normal();
}

// As Prisma writes it; relative to the state directory, as the other form.
std::filesystem::path prismaFile(std::string_view url) {
    std::string_view path = url.substr(std::string_view("file:").size());
    if (startsWith(path, "///"))
        path.remove_prefix(2);
    else if (startsWith(path, "//"))
        refuse(url, "a file has no host; write file:./name.db (in the state directory) or file:/absolute/name.db");
    return fileOf(url, path);
}

std::filesystem::path sqliteFile(std::string_view url, std::string_view rest) {
    if (rest == ":memory:" || rest == "//:memory:" || rest == "///:memory:")
        refuse(url, "a database in memory is a different one for every connection and is lost at the end; " +
                        std::string(expectedFile));
    if (!startsWith(rest, "///"))
        refuse(url, "three or four slashes must follow 'sqlite:'; " + std::string(expectedFile));
    return fileOf(url, rest.substr(3));
}

} // namespace

std::string redactedUrl(std::string_view url) {
    // A path, which may have an '@'.
    if (startsWith(url, "sqlite:///") || startsWith(url, "file:///") ||
        (startsWith(url, "file:") && !startsWith(url, "file://")))
        return std::string(url);
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
    if (scheme.size() == url.size()) refuse(url, "not a database URL; " + std::string(expected));
    if (scheme == "mysql" || scheme == "mariadb")
        return {Kind::mariadb, {}, serverOfUrl(url.substr(scheme.size() + 1), redactedUrl(url))};
    if (scheme == "postgres" || scheme == "postgresql")
        refuse(url, "PostgreSQL is not supported, only SQLite and MariaDB; " + std::string(expected));
    if (scheme == "file") return {Kind::sqlite, prismaFile(url)};
    if (scheme == "sqlite") return {Kind::sqlite, sqliteFile(url, url.substr(scheme.size() + 1))};
    refuse(url, "not a database URL; " + std::string(expected));
}

} // namespace mortise::database
