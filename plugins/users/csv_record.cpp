// SPDX-License-Identifier: Apache-2.0
#include "csv_record.hpp"

#include <cstddef>

namespace users {
namespace {

std::string inField(std::size_t number, const char* what) {
    return "field " + std::to_string(number) + ' ' + what;
}

/// Takes the quoted field that begins at `at`, which is then behind its closing quote. False: there is none.
bool takeQuoted(std::string_view record, std::size_t& at, std::string& out) {
    for (++at;;) {
        const std::size_t quote = record.find('"', at);
        if (quote == std::string_view::npos) return false;
        out.append(record.substr(at, quote - at));
        at = quote + 1;
        if (at >= record.size() || record[at] != '"') return true;
        out.push_back('"');
        ++at;
    }
}

} // namespace

std::optional<std::string> readCsvRecord(std::string_view record, std::vector<CsvField>& fields) {
    std::size_t count = 0;
    std::size_t at = 0;
    for (;;) {
        if (count == fields.size()) fields.emplace_back();
        CsvField& field = fields[count++];
        field.text.clear();
        field.isQuoted = at < record.size() && record[at] == '"';
        if (field.isQuoted) {
            if (!takeQuoted(record, at, field.text)) return inField(count, "has a quote that is never closed");
            if (at < record.size() && record[at] != ',')
                return inField(count, "goes on behind its closing quote (a quote inside of quotes is written twice)");
        } else {
            const std::size_t end = std::min(record.find(',', at), record.size());
            field.text = record.substr(at, end - at);
            if (field.text.find('"') != std::string::npos)
                return inField(count, "has a quote and is not in quotes itself");
            at = end;
        }
        if (at == record.size()) break;
        ++at; // the comma
    }
    fields.resize(count);
    return std::nullopt;
}

void writeCsvField(std::string& out, std::string_view text) {
    if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos && text.front() != ' ' &&
        text.back() != ' ') {
        out.append(text);
        return;
    }
    out.push_back('"');
    for (const char c : text) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

} // namespace users
