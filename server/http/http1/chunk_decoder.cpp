// SPDX-License-Identifier: Apache-2.0
#include "http/http1/chunk_decoder.hpp"

#include "http/character_class.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace mortise::http::http1 {

void ChunkDecoder::begin(const Bounds& bounds) noexcept {
    *this = ChunkDecoder();
    bounds_ = bounds;
}

ChunkDecoder::Result ChunkDecoder::fail(const Fault& fault) noexcept {
    state_ = State::fault;
    fault_ = &fault;
    return Result::fault;
}

ChunkDecoder::Result ChunkDecoder::decode(const char* data, std::size_t size, char* out, std::size_t& taken,
                                          std::size_t& made) noexcept {
    taken = 0;
    made = 0;
    std::size_t at = 0;
    while (at < size && state_ != State::complete && state_ != State::fault) {
        if (state_ == State::data) {
            const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - at));
            if (out + made != data + at) std::memmove(out + made, data + at, piece);
            made += piece;
            at += piece;
            left_ -= piece;
            if (left_ == 0) state_ = State::dataCr;
            continue;
        }
        if (const Fault* const fault = step(data[at]); fault != nullptr) return fail(*fault);
        ++at;
    }
    taken = at;
    if (state_ == State::complete) return Result::complete;
    return state_ == State::fault ? Result::fault : Result::more;
}

const Fault* ChunkDecoder::step(char c) noexcept {
    switch (state_) {
    case State::sizeFirst:
        line_ = 0;
        digits_ = 0;
        left_ = 0;
        state_ = State::size;
        [[fallthrough]];
    case State::size:
        if (const int digit = hexDigit(c); digit >= 0) {
            if (++digits_ > 16) return &fault::badChunk;
            left_ = left_ << 4 | static_cast<unsigned>(digit);
            return countLine();
        }
        if (digits_ == 0) return &fault::badChunk;
        [[fallthrough]];
    case State::extensionEnd:
        if (c == ';') {
            state_ = State::extensionFirst;
            return countLine();
        }
        if (c != '\r') return &fault::badChunk;
        state_ = State::sizeLf;
        return nullptr;
    case State::extensionFirst:
        if (!isTokenCharacter(c)) return &fault::badChunk;
        state_ = State::extensionName;
        return countLine();
    case State::extensionName:
        if (isTokenCharacter(c)) return countLine();
        if (c == '=') {
            state_ = State::extensionValueFirst;
            return countLine();
        }
        state_ = State::extensionEnd;
        return step(c);
    case State::extensionValueFirst:
        if (c == '"') {
            state_ = State::quoted;
            return countLine();
        }
        if (!isTokenCharacter(c)) return &fault::badChunk;
        state_ = State::extensionValue;
        return countLine();
    case State::extensionValue:
        if (isTokenCharacter(c)) return countLine();
        state_ = State::extensionEnd;
        return step(c);
    case State::quoted:
        if (c == '"') {
            state_ = State::extensionEnd;
        } else if (c == '\\') {
            state_ = State::quotedPair;
        } else if (!isFieldCharacter(c)) {
            return &fault::badChunk;
        }
        return countLine();
    case State::quotedPair:
        if (!isFieldCharacter(c)) return &fault::badChunk;
        state_ = State::quoted;
        return countLine();
    case State::sizeLf:
        if (c != '\n') return &fault::badChunk;
        if (left_ == 0) {
            line_ = 0;
            state_ = State::trailerFirst;
            return nullptr;
        }
        if (left_ > bounds_.body_bytes || total_ > bounds_.body_bytes - left_) return &fault::bodyTooLarge;
        total_ += left_;
        state_ = State::data;
        return nullptr;
    case State::dataCr:
        if (c != '\r') return &fault::badChunk;
        state_ = State::dataLf;
        return nullptr;
    case State::dataLf:
        if (c != '\n') return &fault::badChunk;
        state_ = State::sizeFirst;
        return nullptr;
    case State::trailerFirst:
        if (c == '\r') {
            state_ = State::endLf;
            return nullptr;
        }
        if (c == ':') return &fault::badTrailer;
        state_ = State::trailerName;
        name_size_ = 0;
        return stepTrailerName(c);
    case State::trailerName:
        return stepTrailerName(c);
    case State::trailerValue:
        if (c == '\r') {
            state_ = State::trailerLf;
        } else if (!isFieldCharacter(c)) {
            return &fault::badTrailer;
        }
        return countTrailer();
    case State::trailerLf:
        if (c != '\n') return &fault::badTrailer;
        state_ = State::trailerFirst;
        return countTrailer();
    case State::endLf:
        if (c != '\n') return &fault::badTrailer;
        state_ = State::complete;
        return nullptr;
    case State::data:
    case State::complete:
    case State::fault:
        break; // not stepped by characters
    }
    return &fault::badChunk;
}

const Fault* ChunkDecoder::stepTrailerName(char c) noexcept {
    if (c == ':') {
        const bool kept = name_size_ <= name_.size();
        if (kept && isHeaderOnlyField({name_.data(), name_size_})) return &fault::forbiddenTrailer;
        state_ = State::trailerValue;
        return countTrailer();
    }
    if (!isTokenCharacter(c)) return &fault::badTrailer;
    if (name_size_ < name_.size()) name_[name_size_] = c;
    ++name_size_;
    return countTrailer();
}

const Fault* ChunkDecoder::countLine() noexcept {
    return ++line_ > bounds_.line_bytes ? &fault::badChunk : nullptr;
}

const Fault* ChunkDecoder::countTrailer() noexcept {
    return ++line_ > bounds_.trailer_bytes ? &fault::badTrailer : nullptr;
}

const Fault* ChunkDecoder::faultIn(const char* data, std::size_t size, Bounds bounds) noexcept {
    ChunkDecoder ahead;
    bounds.body_bytes = std::numeric_limits<std::uint64_t>::max();
    ahead.begin(bounds);
    std::array<char, 1024> dropped;
    while (size > 0) {
        std::size_t taken = 0;
        std::size_t made = 0;
        const Result result = ahead.decode(data, std::min(size, dropped.size()), dropped.data(), taken, made);
        if (result == Result::fault) return &ahead.fault();
        if (result == Result::complete) return nullptr;
        data += taken;
        size -= taken;
    }
    return nullptr;
}

} // namespace mortise::http::http1
