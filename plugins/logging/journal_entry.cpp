// SPDX-License-Identifier: Apache-2.0
#include "journal_entry.hpp"

#include "escape.hpp"
#include "numbers.hpp"

namespace mortise::logging {

namespace {

// Fields take at most half of an entry, so that MESSAGE always has its room: message_limit, one member more, the name.
constexpr std::size_t fields_limit = LineBuffer::capacity / 2;
constexpr std::size_t message_limit = LineBuffer::capacity / 4;
constexpr std::size_t longest_value = 2048;  // bytes of a field, before escaping
constexpr std::size_t longest_member = 1024; // bytes of a value in MESSAGE, before escaping
constexpr std::size_t longest_name = 64;     // of a journal field

// "userAgent" is USER_AGENT.
bool appendFieldName(LineBuffer& out, std::string_view name) noexcept {
    out.put("MORTISE_");
    std::size_t length = 8;
    bool after_lower = false;
    for (const char byte : name) {
        const bool upper = byte >= 'A' && byte <= 'Z';
        const bool lower = byte >= 'a' && byte <= 'z';
        const bool digit = byte >= '0' && byte <= '9';
        if (length + 2 > longest_name) break;
        if (upper && after_lower) {
            out.put('_');
            ++length;
        }
        if (lower)
            out.put(static_cast<char>(byte - 'a' + 'A'));
        else
            out.put(upper || digit ? byte : '_');
        ++length;
        after_lower = lower || digit;
    }
    return out.put('=');
}

} // namespace

JournalEntry::JournalEntry(LineBuffer& out, Level level, std::string_view logger, std::string_view message) noexcept
    : out_(out), members_(message_, {}, {}) {
    out_.put("PRIORITY=");
    appendInteger(out_, severityOf(level));
    out_.put("\nSYSLOG_IDENTIFIER=mortised\n");
    if (!logger.empty()) {
        out_.put("MORTISE_LOGGER=");
        appendEscaped(out_, logger.substr(0, 256), Quotes::plain);
        out_.put('\n');
        appendEscaped(message_, logger.substr(0, 256), Quotes::plain);
        message_.put(": ");
    }
    appendEscaped(message_, message.substr(0, message_limit / 6), Quotes::plain);
    if (message.size() > message_limit / 6) message_.put("...");
}

bool JournalEntry::field(std::string_view name) noexcept {
    return out_.size() < fields_limit && appendFieldName(out_, name);
}

void JournalEntry::endField(std::size_t begin) noexcept {
    out_.put('\n');
    if (out_.size() > fields_limit) out_.rewind(begin);
}

void JournalEntry::text(std::string_view name, std::string_view value) noexcept {
    if (message_.size() < message_limit) members_.text(name.substr(0, longest_name), value.substr(0, longest_member));
    const std::size_t begin = out_.size();
    if (!field(name)) return;
    appendEscaped(out_, value.substr(0, longest_value), Quotes::plain);
    endField(begin);
}

void JournalEntry::integer(std::string_view name, std::int64_t value) noexcept {
    if (message_.size() < message_limit) members_.integer(name.substr(0, longest_name), value);
    const std::size_t begin = out_.size();
    if (!field(name)) return;
    appendInteger(out_, value);
    endField(begin);
}

void JournalEntry::number(std::string_view name, double value) noexcept {
    if (message_.size() < message_limit) members_.number(name.substr(0, longest_name), value);
    const std::size_t begin = out_.size();
    if (!field(name)) return;
    appendNumber(out_, value);
    endField(begin);
}

void JournalEntry::boolean(std::string_view name, bool value) noexcept {
    if (message_.size() < message_limit) members_.boolean(name.substr(0, longest_name), value);
    const std::size_t begin = out_.size();
    if (!field(name)) return;
    out_.put(value ? '1' : '0');
    endField(begin);
}

void JournalEntry::milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept {
    if (message_.size() < message_limit) members_.milliseconds(name.substr(0, longest_name), nanoseconds);
    const std::size_t begin = out_.size();
    if (!field(name)) return;
    appendMilliseconds(out_, nanoseconds);
    endField(begin);
}

std::string_view JournalEntry::finish() noexcept {
    // Both halves are bounded, so this fits whatever came before.
    out_.put("MESSAGE=");
    out_.put(message_.text());
    out_.put("\n\n");
    return out_.text();
}

} // namespace mortise::logging
