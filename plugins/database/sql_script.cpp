// SPDX-License-Identifier: Apache-2.0
#include "sql_script.hpp"

#include <sqlite3.h>

namespace mortise::database {
namespace {

// Behind white space, semicolons and comments.
std::size_t beginOfStatement(std::string_view sql, std::size_t at) {
    while (at < sql.size()) {
        const std::string_view rest = sql.substr(at);
        std::size_t end = 0;
        if (rest.starts_with("--"))
            end = rest.find('\n');
        else if (rest.starts_with("/*"))
            end = rest.find("*/", 2) == std::string_view::npos ? rest.size() : rest.find("*/", 2) + 2;
        else if (rest.front() == ';' || std::string_view(" \t\r\n\f\v").find(rest.front()) != std::string_view::npos)
            end = 1;
        else
            break;
        at = end == std::string_view::npos ? sql.size() : at + end;
    }
    return at;
}

} // namespace

std::vector<std::string> statementsOf(std::string_view sql) {
    std::vector<std::string> statements;
    for (std::size_t begin = beginOfStatement(sql, 0); begin < sql.size();) {
        std::size_t end = begin;
        bool complete = false;
        while (!complete && (end = sql.find(';', end)) != std::string_view::npos) {
            ++end;
            complete = sqlite3_complete(std::string(sql.substr(begin, end - begin)).c_str()) != 0;
        }
        if (!complete) end = sql.size();
        const std::string_view text = sql.substr(begin, complete ? end - 1 - begin : end - begin);
        statements.emplace_back(text.substr(0, text.find_last_not_of(" \t\r\n") + 1));
        begin = beginOfStatement(sql, end);
    }
    return statements;
}

} // namespace mortise::database
