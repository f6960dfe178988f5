// SPDX-License-Identifier: Apache-2.0
#include "user_commands.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace users {
namespace {

constexpr std::int64_t listedAtOnce = 500;
constexpr std::string_view roleOption = "--role";

struct Asked {
    std::optional<std::string_view> role;
    std::string fault; // not empty: nothing is listed
};

Asked askedFor(const mortise::Arguments& arguments) {
    Asked asked;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view value;
        if (arguments[i] == roleOption && i + 1 < arguments.size())
            value = arguments[++i];
        else if (arguments[i].substr(0, roleOption.size() + 1) == "--role=")
            value = arguments[i].substr(roleOption.size() + 1);
        else
            asked.fault = "'" + escapedForLine(arguments[i]) + "' is not understood";
        if (asked.fault.empty() && asked.role) asked.fault = "--role stands there twice";
        if (asked.fault.empty() && value != "admin" && value != "user")
            asked.fault = "the role is 'admin' or 'user', not '" + escapedForLine(value) + "'";
        if (!asked.fault.empty()) return asked;
        asked.role = value;
    }
    return asked;
}

} // namespace

int setRole(const UserStore& store, const mortise::Arguments& arguments, const mortise::CommandSession& session,
            std::string_view role) {
    if (arguments.size() != 1) {
        session.printError("exactly one e-mail address is needed\n");
        return mortise::exitUsage;
    }
    const std::string email = escapedForLine(arguments.front());
    if (!store.setRole(arguments.front(), role)) {
        session.printError("no user has the address " + email + "\n");
        return mortise::exitFailed;
    }
    session.print(email + " is now " + (role == "admin" ? "an administrator" : "a user") + "\n");
    return mortise::exitOk;
}

int listUsers(const UserStore& store, const mortise::Arguments& arguments, const mortise::CommandSession& session) {
    const Asked asked = askedFor(arguments);
    if (!asked.fault.empty()) {
        session.printError(asked.fault + "\n");
        return mortise::exitUsage;
    }
    std::string last;
    for (;;) {
        if (session.cancelled()) return mortise::exitCancelled;
        const std::vector<ListedUser> page = store.listRoles(last, listedAtOnce, asked.role);
        std::string lines;
        for (const ListedUser& user : page)
            lines.append(user.id)
                .append("\t")
                .append(escapedForLine(user.email))
                .append("\t")
                .append(escapedForLine(user.name))
                .append("\t")
                .append(escapedForLine(user.role))
                .append("\n");
        if (!lines.empty()) session.print(lines);
        if (page.size() < static_cast<std::size_t>(listedAtOnce)) return mortise::exitOk;
        last = page.back().id;
    }
}

std::string escapedForLine(std::string_view utf8) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        unsigned code = byte;
        // U+0080 to U+009F, which steer terminals, too.
        if (byte == 0xc2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xa0)
            code = static_cast<unsigned char>(utf8[++i]);
        else if (byte >= 0x20 && byte != 0x7f && byte != '\\') {
            out.push_back(utf8[i]);
            continue;
        }
        switch (code) {
        case '\\':
            out.append("\\\\");
            break;
        case '\t':
            out.append("\\t");
            break;
        case '\n':
            out.append("\\n");
            break;
        case '\r':
            out.append("\\r");
            break;
        default:
            out.append("\\u00").append(1, digits[code >> 4]).append(1, digits[code & 15]);
        }
    }
    return out;
}

} // namespace users
