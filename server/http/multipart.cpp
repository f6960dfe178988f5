// SPDX-License-Identifier: Apache-2.0
#include "http/multipart.hpp"

#include "base/text.hpp"
#include "http/character_class.hpp"
#include "http/field_block.hpp"

#include <mortise/text/parameter_reader.hpp>

#include <algorithm>
#include <utility>

namespace mortise::http {
namespace {

constexpr std::size_t longest_boundary = 70; // RFC 2046 section 5.1.1

bool isBoundary(std::string_view text) noexcept {
    constexpr std::string_view others = "'()+_,-./:=? ";
    const auto allowed = [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               others.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= longest_boundary && text.back() != ' ' &&
           std::all_of(text.begin(), text.end(), allowed);
}

// "form-data; name=..." into the type and what follows it.
std::pair<std::string_view, std::string_view> splitType(std::string_view value) noexcept {
    const std::size_t end = std::min(value.find(';'), value.size());
    return {base::trim(value.substr(0, end)), value.substr(end)};
}

bool isText(std::string_view text) noexcept {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return std::none_of(text.begin(), text.end(), control) && base::findInvalidUtf8(text) == std::string_view::npos;
}

bool readDisposition(std::string_view value, MultipartHead& head) {
    const auto [type, parameters] = splitType(value);
    if (!equalsIgnoreCase(type, "form-data")) return false;
    std::optional<std::string> name;
    ParameterReader reader(parameters);
    while (reader.next()) {
        if (equalsIgnoreCase(reader.name(), "name")) {
            if (name) return false;
            name = reader.value();
        } else if (equalsIgnoreCase(reader.name(), "filename")) {
            if (head.file_name) return false;
            head.file_name = reader.value();
        } // filename* is not for form-data (RFC 7578 section 4.2)
    }
    if (reader.isMalformed() || !name || !isText(*name) || (head.file_name && !isText(*head.file_name))) return false;
    head.name = *std::move(name);
    return true;
}

// Of transfer encodings only those that change nothing are left (RFC 7578 section 4.7).
bool isIdentity(std::string_view coding) noexcept {
    return equalsIgnoreCase(coding, "binary") || equalsIgnoreCase(coding, "8bit") || equalsIgnoreCase(coding, "7bit");
}

} // namespace

bool isMultipartForm(std::string_view content_type) noexcept {
    return equalsIgnoreCase(splitType(content_type).first, "multipart/form-data");
}

std::optional<std::string> multipartBoundary(std::string_view content_type) {
    if (!isMultipartForm(content_type)) return std::nullopt;
    std::optional<std::string> boundary;
    ParameterReader reader(splitType(content_type).second);
    while (reader.next()) {
        if (!equalsIgnoreCase(reader.name(), "boundary")) continue;
        if (boundary || !isBoundary(reader.value())) return std::nullopt;
        boundary = reader.value();
    }
    return reader.isMalformed() ? std::nullopt : boundary;
}

// The buffer begins with a line's end that nobody sent, so that the first boundary looks like the others.
MultipartReader::MultipartReader(std::string_view boundary, const MultipartLimits& limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits), buffer_("\r\n") {}

void MultipartReader::feed(std::string_view bytes) {
    if (state_ == State::end || state_ == State::fault) return;
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_.append(bytes);
}

MultipartReader::Event MultipartReader::fail(const Fault& fault) noexcept {
    fault_ = &fault;
    state_ = State::fault;
    return Event::fault;
}

MultipartReader::Event MultipartReader::wait() noexcept {
    return finished_ ? fail(fault::badMultipart) : Event::more;
}

MultipartReader::Event MultipartReader::next() {
    switch (state_) {
    case State::preamble:
    case State::body:
        return readBody();
    case State::boundary:
        return readBoundary();
    case State::head:
        return readHead();
    case State::end:
        return Event::end;
    case State::fault:
        break;
    }
    return Event::fault;
}

// Behind a delimiter: "--" at the last one, else blanks and the end of the line.
MultipartReader::Event MultipartReader::readBoundary() {
    if (std::exchange(in_part_, false)) return Event::part_end;
    const std::string_view text = rest();
    if (text.size() < 2) return wait();
    if (text.substr(0, 2) == "--") {
        state_ = State::end;
        buffer_.clear();
        at_ = 0;
        return Event::end;
    }
    const std::size_t blanks = std::min(text.find_first_not_of(" \t"), text.size());
    if (blanks > limits_.head_bytes) return fail(fault::badMultipart);
    if (text.size() < blanks + 2) return wait();
    if (text.substr(blanks, 2) != "\r\n") return fail(fault::badMultipart);
    at_ += blanks + 2;
    state_ = State::head;
    return readHead();
}

MultipartReader::Event MultipartReader::readHead() {
    const std::string_view text = rest();
    const std::size_t end = text.substr(0, limits_.head_bytes + 4).find("\r\n\r\n");
    if (end == std::string_view::npos) return text.size() > limits_.head_bytes + 3 ? fail(fault::badMultipart) : wait();
    if (parts_++ == limits_.parts) return fail(fault::tooManyParts);
    head_ = {};
    bool disposed = false;
    bool coded = false;
    for (std::string_view lines = text.substr(0, end); !lines.empty();) {
        const std::size_t line = std::min(lines.find("\r\n"), lines.size());
        if (!takeField(lines.substr(0, line), disposed, coded)) return fail(fault::badMultipart);
        lines.remove_prefix(std::min(line + 2, lines.size()));
    }
    if (!disposed) return fail(fault::badMultipart);
    at_ += end + 2; // the empty line may be the beginning of a delimiter: a part may have no body at all
    at_head_end_ = true;
    state_ = State::body;
    in_part_ = true;
    return Event::part;
}

bool MultipartReader::takeField(std::string_view line, bool& disposed, bool& coded) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = base::trim(line.substr(colon + 1));
    if (!std::all_of(name.begin(), name.end(), isTokenCharacter) ||
        !std::all_of(value.begin(), value.end(), isFieldCharacter))
        return false;
    if (equalsIgnoreCase(name, "Content-Disposition"))
        return !std::exchange(disposed, true) && readDisposition(value, head_);
    if (equalsIgnoreCase(name, "Content-Transfer-Encoding")) return !std::exchange(coded, true) && isIdentity(value);
    if (equalsIgnoreCase(name, "Content-Type")) {
        if (!head_.content_type.empty() || !isText(value)) return false;
        head_.content_type = value;
    }
    return true;
}

// Up to the next delimiter. What may be the beginning of one waits for the rest.
MultipartReader::Event MultipartReader::readBody() {
    const std::string_view text = rest();
    const std::size_t found = text.find(delimiter_);
    std::size_t size = found;
    if (found == std::string_view::npos) {
        if (finished_) return fail(fault::badMultipart);
        const std::size_t window = text.size() - std::min(text.size(), delimiter_.size() - 1);
        size = std::min(text.find('\r', window), text.size());
    }
    const std::size_t skipped = at_head_end_ ? 2 : 0;
    if (state_ == State::body && size > skipped) {
        data_ = text.substr(skipped, size - skipped);
        at_head_end_ = false;
        at_ += size;
        return Event::data;
    }
    if (found == std::string_view::npos) {
        if (state_ == State::preamble) at_ += size;
        return Event::more;
    }
    at_ += found + delimiter_.size();
    at_head_end_ = false;
    state_ = State::boundary;
    return readBoundary();
}

} // namespace mortise::http
