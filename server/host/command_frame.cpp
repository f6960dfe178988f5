// SPDX-License-Identifier: Apache-2.0
#include "host/command_frame.hpp"

#include <cstring>
#include <utility>

namespace mortise::host {
namespace {

template<class Number>
void append(std::string& packet, Number number) {
    packet.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Takes from the front of a packet.
class FrameReader {
public:
    explicit FrameReader(std::string_view packet) noexcept : left_(packet) {}

    template<class Number>
    bool number(Number& into) noexcept {
        if (left_.size() < sizeof into) return false;
        std::memcpy(&into, left_.data(), sizeof into);
        left_.remove_prefix(sizeof into);
        return true;
    }
    bool text(std::string& into) {
        std::uint32_t size = 0;
        if (!number(size) || left_.size() < size) return false;
        into = left_.substr(0, size);
        left_.remove_prefix(size);
        return true;
    }
    bool atEnd() const noexcept { return left_.empty(); }

private:
    std::string_view left_;
};

} // namespace

std::string CommandFrame::encode() const {
    std::string packet;
    append(packet, static_cast<std::uint32_t>(kind));
    append(packet, static_cast<std::uint32_t>(numbers.size()));
    append(packet, static_cast<std::uint32_t>(texts.size()));
    append(packet, std::uint32_t{0});
    for (const std::uint64_t number : numbers) append(packet, number);
    for (const std::string& text : texts) {
        append(packet, static_cast<std::uint32_t>(text.size()));
        packet += text;
    }
    return packet;
}

std::optional<CommandFrame> CommandFrame::decode(std::string_view packet) {
    if (packet.size() > maximumSize) return std::nullopt;
    FrameReader reader(packet);
    std::uint32_t kind = 0, numberCount = 0, textCount = 0, reserved = 0;
    if (!reader.number(kind) || !reader.number(numberCount) || !reader.number(textCount) || !reader.number(reserved))
        return std::nullopt;
    if (numberCount > maximumNumbers || textCount > maximumTexts) return std::nullopt;
    CommandFrame frame;
    frame.kind = static_cast<CommandFrameKind>(kind);
    for (std::uint32_t i = 0; i < numberCount; ++i)
        if (!reader.number(frame.numbers.emplace_back())) return std::nullopt;
    for (std::uint32_t i = 0; i < textCount; ++i)
        if (!reader.text(frame.texts.emplace_back())) return std::nullopt;
    if (!reader.atEnd()) return std::nullopt;
    return frame;
}

} // namespace mortise::host
