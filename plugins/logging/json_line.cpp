// SPDX-License-Identifier: Apache-2.0
#include "json_line.hpp"

#include "escape.hpp"

namespace mortise::logging {

namespace {

// Members every line has; a field of the same name gets an underscore, since a key occurs once.
bool isTaken(std::string_view name) noexcept {
    switch (name.size()) {
    case 3:
        return name == "pid" || name == "msg";
    case 4:
        return name == "time";
    case 5:
        return name == "level";
    case 6:
        return name == "logger";
    case 8:
        return name == "hostname";
    case 9:
        return name == "truncated";
    default:
        return false;
    }
}

} // namespace

std::string makeJsonIdentity(std::int64_t pid, std::string_view hostname) {
    LineBuffer buffer;
    buffer.put(",\"pid\":");
    appendInteger(buffer, pid);
    buffer.put(",\"hostname\":\"");
    appendEscaped(buffer, hostname.substr(0, 256), Quotes::escaped);
    buffer.put("\",\"msg\":");
    return std::string(buffer.text());
}

JsonLine::JsonLine(LineBuffer& out, std::string_view identity, Level level, std::int64_t time_ms,
                   std::string_view logger, std::string_view message) noexcept
    : out_(out) {
    out_.put("{\"level\":\"");
    out_.put(labelOf(level));
    out_.put("\",\"time\":");
    appendInteger(out_, time_ms);
    out_.put(identity);
    quoted(message);
    if (!logger.empty() && out_.room() >= value_room && out_.put(",\"logger\":")) quoted(logger);
}

void JsonLine::quoted(std::string_view value) noexcept {
    out_.put('"');
    appendEscaped(out_, value, Quotes::escaped);
    if (!out_.put('"')) out_.putLast("\"");
}

bool JsonLine::key(std::string_view name) noexcept {
    const std::size_t begin = out_.size();
    bool fits = out_.put(",\"") && appendEscaped(out_, name, Quotes::escaped);
    if (fits && isTaken(name)) fits = out_.put('_');
    if (fits && out_.put("\":") && out_.room() >= value_room) return true;
    out_.cutAt(begin);
    return false;
}

void JsonLine::text(std::string_view name, std::string_view value) noexcept {
    if (key(name)) quoted(value);
}

template<class Put>
void JsonLine::member(std::string_view name, Put&& put) noexcept {
    if (key(name)) put(); // key() left room for any number
}

void JsonLine::integer(std::string_view name, std::int64_t value) noexcept {
    member(name, [&] { appendInteger(out_, value); });
}

void JsonLine::number(std::string_view name, double value) noexcept {
    member(name, [&] { appendNumber(out_, value); });
}

void JsonLine::boolean(std::string_view name, bool value) noexcept {
    member(name, [&] { out_.put(value ? "true" : "false"); });
}

void JsonLine::milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept {
    member(name, [&] { appendMilliseconds(out_, nanoseconds); });
}

std::string_view JsonLine::finish() noexcept {
    out_.putLast(out_.cut() ? ",\"truncated\":true}\n" : "}\n");
    return out_.text();
}

} // namespace mortise::logging
