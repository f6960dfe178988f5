// SPDX-License-Identifier: Apache-2.0
#include "json/writer.hpp"

#include "json/scan.hpp"
#include "json/utf8.hpp"

#include <charconv>
#include <cmath>

namespace mortise::json {
namespace {

template<class Number, class... Format>
void appendNumber(std::string& out, Number value, Format... format) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, format...);
    out.append(buffer, end);
}

void appendEscape(std::string& out, char byte) {
    switch (byte) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\b':
        out += "\\b";
        return;
    case '\f':
        out += "\\f";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    const char escape[] = {'\\', 'u', '0', '0', digits[value >> 4], digits[value & 15]};
    out.append(escape, sizeof escape);
}

} // namespace

void Writer::appendString(std::string& out, std::string_view value) {
    out += '"';
    const char* const end = value.data() + value.size();
    const char* run = value.data();
    const char* at = run;
    bool checked = false; // the rest is known to be valid UTF-8
    bool valid = true;
    while ((at = scanPlainAscii(at, end)) != end) {
        if (static_cast<unsigned char>(*at) < 0x80) {
            out.append(run, at);
            appendEscape(out, *at);
            run = ++at;
            continue;
        }
        const std::string_view rest(at, static_cast<std::size_t>(end - at));
        if (!checked) {
            valid = isUtf8(rest);
            checked = true;
        }
        if (valid) {
            while (at != end && isPlain(*at)) ++at;
            continue;
        }
        const Utf8Step step = utf8Step(rest);
        if (!step.valid) {
            out.append(run, at);
            out += "\xef\xbf\xbd";
            run = at + step.length;
        }
        at += step.length;
    }
    out.append(run, end);
    out += '"';
}

Writer& Writer::beginObject() {
    separate();
    out_ += '{';
    return *this;
}

Writer& Writer::endObject() {
    out_ += '}';
    return *this;
}

Writer& Writer::beginArray() {
    separate();
    out_ += '[';
    return *this;
}

Writer& Writer::endArray() {
    out_ += ']';
    return *this;
}

Writer& Writer::key(std::string_view name) {
    separate();
    appendString(out_, name);
    out_ += ':';
    return *this;
}

Writer& Writer::quoted(std::string_view fragment) {
    separate();
    out_ += fragment;
    return *this;
}

Writer& Writer::string(std::string_view value) {
    separate();
    appendString(out_, value);
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    separate();
    appendNumber(out_, value);
    return *this;
}

Writer& Writer::integer(std::uint64_t value) {
    separate();
    appendNumber(out_, value);
    return *this;
}

Writer& Writer::number(double value) {
    if (!std::isfinite(value)) return null();
    separate();
    // Past 2^53 with an exponent, so that no reader takes it for an integer beyond 64 bits.
    if (std::fabs(value) < 0x1p53)
        appendNumber(out_, value);
    else
        appendNumber(out_, value, std::chars_format::scientific);
    return *this;
}

Writer& Writer::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}

Writer& Writer::null() {
    separate();
    out_ += "null";
    return *this;
}

Writer& Writer::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

Writer& Writer::value(Value value) {
    switch (value.kind()) {
    case MORTISE_JSON_NULL:
        return null();
    case MORTISE_JSON_FALSE:
    case MORTISE_JSON_TRUE:
        return boolean(value.boolean());
    case MORTISE_JSON_INTEGER:
    case MORTISE_JSON_NUMBER:
        return raw(value.bytes());
    case MORTISE_JSON_STRING:
        return string(value.bytes());
    case MORTISE_JSON_ARRAY:
        beginArray();
        for (const Value element : value.elements()) this->value(element);
        return endArray();
    default:
        break;
    }
    beginObject();
    for (const Member member : value.members()) key(member.key).value(member.value);
    return endObject();
}

std::string Writer::quotedKey(std::string_view name) {
    std::string fragment;
    appendString(fragment, name);
    fragment += ':';
    return fragment;
}

} // namespace mortise::json
