// SPDX-License-Identifier: Apache-2.0
#include "record_reader.hpp"

#include <algorithm>

namespace users {
namespace {

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t pieceSize = std::size_t{256} * 1024;

bool isBlank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace

void RecordReader::seek(const Place& place) {
    place_ = place;
    buffer_.clear();
    begin_ = 0;
    atEnd_ = false;
}

bool RecordReader::fill() {
    const std::size_t wanted = maxSize_ + 2; // with its line end
    if (!atEnd_ && buffer_.size() - begin_ < wanted) {
        buffer_.erase(0, begin_);
        begin_ = 0;
        const std::size_t had = buffer_.size();
        const std::size_t piece = std::max(wanted, pieceSize);
        buffer_.resize(had + piece);
        const std::size_t got = file_.read(place_.position + had, buffer_.data() + had, piece);
        buffer_.resize(had + got);
        atEnd_ = got < piece;
    }
    return begin_ < buffer_.size();
}

/// The line end outside of quotes, or npos. Only a quote at the beginning of a field opens: others are for whoever
/// reads the record to reject.
std::size_t RecordReader::closingLineEnd(std::string_view bytes, std::uint64_t& lines) noexcept {
    bool quoted = false;
    bool fresh = true; // at the beginning of a field
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (quoted) {
            if (c == '\n') ++lines;
            if (c != '"') continue;
            if (i + 1 < bytes.size() && bytes[i + 1] == '"')
                ++i;
            else
                quoted = false;
            continue;
        }
        if (c == '\n') return i;
        quoted = fresh && c == '"';
        fresh = c == ',';
    }
    return quoted ? std::string_view::npos : bytes.size();
}

RecordReader::Extent RecordReader::extent() const {
    const std::string_view bytes = ahead().substr(0, maxSize_ + 2);
    Extent found;
    std::size_t end = format_ == TransferFormat::csv ? closingLineEnd(bytes, found.lines) : bytes.find('\n');
    const bool isWhole = bytes.size() == ahead().size() && atEnd_;
    if (end == std::string_view::npos && format_ == TransferFormat::csv && isWhole) {
        found.fault = Record::Fault::unclosed;
        found.lines = 1;
        end = bytes.find('\n');
    }
    end = std::min(end, bytes.size());
    found.text = end;
    if (end < bytes.size()) {
        found.whole = end + 1;
        if (end != 0 && bytes[end - 1] == '\r') --found.text;
    } else {
        found.whole = end;
        if (!isWhole) found.fault = Record::Fault::tooLong;
    }
    if (found.text > maxSize_) found.fault = Record::Fault::tooLong;
    return found;
}

void RecordReader::consume(std::size_t size, std::uint64_t lines) {
    place_.before.add(ahead().substr(0, size));
    place_.position += size;
    place_.line += lines;
    begin_ += size;
}

void RecordReader::skipLine() {
    while (fill()) {
        const std::size_t end = ahead().find('\n');
        if (end != std::string_view::npos) return consume(end + 1, 1);
        consume(ahead().size(), 0);
    }
}

std::optional<Record> RecordReader::next() {
    while (fill()) {
        if (place_.position == 0 && ahead().substr(0, byteOrderMark.size()) == byteOrderMark) {
            consume(byteOrderMark.size(), 0);
            continue;
        }
        const Extent found = extent();
        Record record;
        record.line = place_.line;
        record.fault = found.fault;
        if (found.fault == Record::Fault::tooLong) {
            skipLine();
            return record;
        }
        record.text = ahead().substr(0, found.text);
        consume(found.whole, found.lines);
        if (!isBlank(record.text)) return record;
    }
    return std::nullopt;
}

} // namespace users
