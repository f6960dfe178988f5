// SPDX-License-Identifier: Apache-2.0
#include "language/string_literal.hpp"

#include "language/character_class.hpp"
#include "language/escape.hpp"
#include "language/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

namespace mortise::graphql {

namespace {

constexpr std::string_view tripleQuote = "\"\"\"";
constexpr std::size_t longestOneLiner = 70; // of a block string that stands on one line

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

// Cuts the first line off a text; nothing when the text is used up. Lines end at LF, CR or CRLF.
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {}
    std::optional<std::string_view> next() {
        if (isDone_) return std::nullopt;
        const std::size_t end = findLineEnd(rest_, 0);
        const std::string_view line = rest_.substr(0, end);
        isDone_ = end == rest_.size();
        if (!isDone_) rest_.remove_prefix(end + lineEndSize(rest_, end));
        return line;
    }

private:
    std::string_view rest_;
    bool isDone_ = false;
};

// The lines that are kept of a block string, and what is cut off each.
struct BlockShape {
    std::size_t commonIndent = std::numeric_limits<std::size_t>::max();
    std::size_t first = 0;
    std::size_t end = 0; // one past the last line kept
};

BlockShape measureBlock(std::string_view written) {
    BlockShape shape;
    LineReader lines(written);
    bool isFirst = true;
    for (std::size_t i = 0; const auto line = lines.next(); ++i) {
        const auto text = std::find_if_not(line->begin(), line->end(), isBlank);
        if (text == line->end()) continue;
        if (i != 0) shape.commonIndent = std::min(shape.commonIndent, static_cast<std::size_t>(text - line->begin()));
        if (isFirst) shape.first = i;
        isFirst = false;
        shape.end = i + 1;
    }
    return shape;
}

void appendReplacing(std::string& out, std::string_view text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0;;) {
        const std::size_t found = text.find(from, at);
        out += text.substr(at, found - at);
        if (found == std::string_view::npos) return;
        out += to;
        at = found + from.size();
    }
}

} // namespace

std::string resolveEscapes(std::string_view written) {
    std::string out;
    out.reserve(written.size());
    for (std::size_t at = 0;;) {
        const std::size_t backslash = written.find('\\', at);
        out += written.substr(at, backslash - at);
        if (backslash == std::string_view::npos) return out;
        const Escape escape = Escape::read(written, backslash);
        appendUtf8(out, escape.point);
        at = backslash + escape.size;
    }
}

std::string dedentBlockString(std::string_view written) {
    const BlockShape shape = measureBlock(written);
    std::string out;
    LineReader lines(written);
    for (std::size_t i = 0; i < shape.end; ++i) {
        std::string_view line = *lines.next();
        if (i < shape.first) continue;
        if (i != 0) line.remove_prefix(std::min(shape.commonIndent, line.size()));
        if (i != shape.first) out += '\n';
        appendReplacing(out, line, "\\\"\"\"", tripleQuote);
    }
    return out;
}

std::string printString(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        // U+0080 to U+009F are two bytes, of which the second is the code point.
        const bool isUpperControl =
            byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (shortEscape(c) != 0) {
            out += '\\';
            out += shortEscape(c);
        } else if (byte < 0x20 || byte == 0x7F || isUpperControl) {
            const unsigned char point = isUpperControl ? static_cast<unsigned char>(text[++i]) : byte;
            out += "\\u00";
            out += digits[point >> 4];
            out += digits[point & 0xF];
        } else {
            out += c;
        }
    }
    out += '"';
    return out;
}

std::string printBlockString(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    appendReplacing(escaped, text, tripleQuote, "\\\"\"\"");

    const bool isSingleLine = findLineEnd(escaped, 0) == escaped.size();
    const bool endsInTripleQuote = escaped.ends_with("\\\"\"\"");
    const bool forcesTrailingLine = (text.ends_with('"') && !endsInTripleQuote) || text.ends_with('\\');
    const bool isMultiLine =
        !isSingleLine || countUtf16(text) > longestOneLiner || forcesTrailingLine || endsInTripleQuote;
    const bool skipsLeadingLine = isSingleLine && !text.empty() && isBlank(text.front());

    std::string out(tripleQuote);
    if (isMultiLine && !skipsLeadingLine) out += '\n';
    out += escaped;
    if (isMultiLine) out += '\n';
    out += tripleQuote;
    return out;
}

bool isPrintableAsBlockString(std::string_view text) {
    if (text.empty()) return true;
    bool isEmptyLine = true;
    bool hasIndent = false;
    bool hasCommonIndent = true;
    bool hasText = false;
    for (const char c : text) {
        if (c == '\n') {
            if (isEmptyLine && !hasText) return false;
            hasText = true;
            isEmptyLine = true;
            hasIndent = false;
        } else if (isBlank(c)) {
            hasIndent = hasIndent || isEmptyLine;
        } else if (static_cast<unsigned char>(c) < 0x10) {
            return false;
        } else {
            hasCommonIndent = hasCommonIndent && hasIndent;
            isEmptyLine = false;
        }
    }
    return !isEmptyLine && !(hasCommonIndent && hasText);
}

} // namespace mortise::graphql
