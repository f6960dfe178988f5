// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// The command channel: packets of a Unix socket (SOCK_SEQPACKET), one frame each, between whoever called a command and
// the process that runs it. Numbers are of the machine's byte order. First each side says hello, the caller first; then
// the caller sends `run`, and is told `end`. A descriptor travels with `opened`.
enum class CommandFrameKind : std::uint32_t {
    hello = 1,  // numbers: protocol; texts: build id. Stays as it is in every protocol.
    run = 2,    // texts: plugin, command, arguments; none: all commands are listed
    cancel = 3, // nobody wants the result
    opened = 4, // of `open`; numbers: 1 when it could be; texts: else why not
    done = 5,   // of `commit`; likewise

    output = 16,   // texts: one, for standard output
    error = 17,    // texts: one, for standard error
    progress = 18, // numbers: done, total; texts: unit
    open = 19,     // numbers: CommandFileMode, the file's number; texts: path
    commit = 20,   // numbers: the file's number
    end = 21,      // numbers: exit code. The last one.
};

// How a file is opened, as the plugin interface numbers it.
enum class CommandFileMode : std::uint32_t { read = 0, create = 1, replace = 2 };

struct CommandFrame {
    static constexpr std::uint32_t protocol = 1;
    static constexpr std::size_t maximumSize = 64 * 1024; // bytes of a packet
    static constexpr std::size_t maximumText = 32 * 1024; // of an output at once
    static constexpr std::uint32_t maximumNumbers = 8;
    static constexpr std::uint32_t maximumTexts = 4096;

    CommandFrameKind kind{};
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> texts;

    // 0 and "" where there are not as many.
    std::uint64_t number(std::size_t index) const noexcept { return index < numbers.size() ? numbers[index] : 0; }
    std::string_view text(std::size_t index) const noexcept {
        return index < texts.size() ? std::string_view(texts[index]) : std::string_view();
    }

    // May be longer than maximumSize: then it cannot be sent.
    std::string encode() const;
    // Nothing for what is no frame. Unknown kinds are frames.
    static std::optional<CommandFrame> decode(std::string_view packet);
};

} // namespace mortise::host
