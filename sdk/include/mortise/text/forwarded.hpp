// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/forwarded_node.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// The field Forwarded (RFC 7239), read from its right end: the nearest proxy wrote the last element, and what a client
// sent itself stands to the left of that. Nothing to the left changes how an element is read, so no client can hide
// what a proxy wrote. No allocation; views point into the text given.

// One element. A parameter that is not there has data() == nullptr; a value is as written, see forwardedValue().
struct ForwardedElement {
    bool wellFormed = false; // else nothing is known of it, nor of what stands to the left of it
    std::string_view forNode;
    std::string_view byNode;
    std::string_view host;
    std::string_view proto;
};

// The elements of one field line, the last one first. Empty ones are skipped (RFC 9110 section 5.6.1.2). Several field
// lines are one list: begin with the last line.
class ForwardedReader {
public:
    explicit ForwardedReader(std::string_view line) noexcept : rest_(line) {}

    // False when no more is left. One that is not well-formed is the last.
    bool previous(ForwardedElement& element) noexcept;

private:
    std::string_view rest_;
    bool more_ = true;
};

// The value of a parameter without its quotes, unescaped into `buffer` where it has to be. Nothing when it does not
// fit.
std::optional<std::string_view> forwardedValue(std::string_view value, char* buffer, std::size_t size) noexcept;

namespace detail {

inline bool isForwardedBlank(char c) noexcept {
    return c == ' ' || c == '\t';
}

inline bool isForwardedTokenCharacter(char c) noexcept { // RFC 9110 section 5.6.2
    return isForwardedAlphanumeric(c) ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

inline bool isForwardedText(char c) noexcept { // what may be quoted, and follow a backslash (RFC 9110 section 5.6.4)
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

inline std::string_view trimForwarded(std::string_view text) noexcept {
    while (!text.empty() && isForwardedBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isForwardedBlank(text.back())) text.remove_suffix(1);
    return text;
}

// Where the quoted string begins whose closing quote is the last character; npos when it does not. A quote inside of
// one is escaped, so the nearest that follows a '=' is it.
inline std::size_t openingQuote(std::string_view text) noexcept {
    const std::size_t at = text.substr(0, text.size() - 1).rfind("=\"");
    return at == std::string_view::npos ? at : at + 1;
}

// Takes a token, or a quoted string with its quotes, off the front of `text`; nothing when there is none.
inline std::string_view takeForwardedValue(std::string_view& text) noexcept {
    std::size_t end = 0;
    if (!text.empty() && text.front() == '"') {
        for (end = 1; end < text.size() && text[end] != '"'; ++end) {
            if (text[end] == '\\') ++end;
            if (end == text.size() || !isForwardedText(text[end])) return {};
        }
        if (end >= text.size()) return {};
        ++end;
    } else {
        while (end < text.size() && isForwardedTokenCharacter(text[end])) ++end;
    }
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(end);
    return taken;
}

// pairs separated by ';', of which some may be empty; blanks around ';' are taken.
inline ForwardedElement parseForwardedElement(std::string_view text) noexcept {
    ForwardedElement element;
    for (;;) {
        text = trimForwarded(text);
        if (!text.empty() && text.front() != ';') {
            const std::string_view name = text.front() == '"' ? std::string_view() : takeForwardedValue(text);
            if (name.empty() || text.empty() || text.front() != '=') return {};
            text.remove_prefix(1);
            const std::string_view value = takeForwardedValue(text);
            if (value.empty()) return {};
            std::string_view ignored;
            std::string_view& place = sameForwarded(name, "for")     ? element.forNode
                                      : sameForwarded(name, "by")    ? element.byNode
                                      : sameForwarded(name, "host")  ? element.host
                                      : sameForwarded(name, "proto") ? element.proto
                                                                     : ignored;
            if (place.data() != nullptr) return {}; // each at most once (RFC 7239 section 4)
            place = value;
            text = trimForwarded(text);
        }
        if (text.empty()) break;
        if (text.front() != ';') return {};
        text.remove_prefix(1);
    }
    element.wellFormed = true;
    return element;
}

} // namespace detail

inline bool ForwardedReader::previous(ForwardedElement& element) noexcept {
    while (more_) {
        std::size_t begin = rest_.size();
        bool closed = true;
        while (begin > 0 && rest_[begin - 1] != ',') {
            if (rest_[--begin] != '"') continue;
            const std::size_t opening = detail::openingQuote(rest_.substr(0, begin + 1));
            closed = opening != std::string_view::npos;
            begin = closed ? opening : 0;
        }
        const std::string_view text = detail::trimForwarded(rest_.substr(begin));
        more_ = begin > 0;
        rest_ = rest_.substr(0, more_ ? begin - 1 : 0);
        if (closed && text.empty()) continue;
        element = closed ? detail::parseForwardedElement(text) : ForwardedElement();
        more_ = more_ && element.wellFormed;
        return true;
    }
    return false;
}

inline std::optional<std::string_view> forwardedValue(std::string_view value, char* buffer, std::size_t size) noexcept {
    if (value.empty() || value.front() != '"') return value;
    value = value.substr(1, value.size() - 2);
    if (value.find('\\') == std::string_view::npos) return value;
    std::size_t length = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (length == size) return std::nullopt;
        if (value[i] == '\\') ++i;
        buffer[length++] = value[i];
    }
    return std::string_view(buffer, length);
}

} // namespace v1
} // namespace mortise
