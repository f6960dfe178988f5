// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace mortise::compression {

// Makes one encoded body after the other. Thread: any, one at a time.
class Encoder {
public:
    using Out = std::function<void(std::string_view)>;

    Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    virtual ~Encoder() = default;

    // Before each body, however far the one before came. `size` is all of it, where that is known.
    virtual void begin(std::optional<std::uint64_t> size) = 0;
    // The next bytes; `last` with the final ones. `flush`: a reader of what has come out has all that went in. Throws
    // std::runtime_error, after which only begin() or the destructor are legal.
    virtual void chunk(std::string_view data, bool last, bool flush, const Out& out) = 0;
};

// Levels are the library's own. Throw std::runtime_error when there is no memory.
std::unique_ptr<Encoder> makeGzipEncoder(int level);
std::unique_ptr<Encoder> makeBrotliEncoder(int level);
std::unique_ptr<Encoder> makeZstdEncoder(int level);

// What all of them write to.
constexpr std::size_t outputBytes = 16 * 1024;

} // namespace mortise::compression
