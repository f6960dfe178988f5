// SPDX-License-Identifier: Apache-2.0
#include "encoder.hpp"

#include <brotli/encode.h>

#include <algorithm>
#include <stdexcept>

namespace mortise::compression {
namespace {

constexpr std::uint32_t windowBits = 18; // 256 KiB: four times that in memory

class BrotliEncoder final : public Encoder {
public:
    explicit BrotliEncoder(int level) : level_(level) {}

    // The library cannot start over with what it has.
    void begin(std::optional<std::uint64_t> size) override {
        state_.reset(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr));
        if (state_ == nullptr) throw std::runtime_error("no memory for brotli");
        BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(level_));
        BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_LGWIN, windowBits);
        if (size) {
            constexpr std::uint64_t most = 1u << 30;
            BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_SIZE_HINT,
                                      static_cast<std::uint32_t>(std::min(*size, most)));
        }
    }

    void chunk(std::string_view data, bool last, bool flush, const Out& out) override {
        const auto mode = last ? BROTLI_OPERATION_FINISH : flush ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_PROCESS;
        std::size_t left = data.size();
        const auto* next = reinterpret_cast<const std::uint8_t*>(data.data());
        do {
            std::size_t room = 0; // its own buffer is read below
            if (BrotliEncoderCompressStream(state_.get(), mode, &left, &next, &room, nullptr, nullptr) == BROTLI_FALSE)
                throw std::runtime_error("brotli failed");
            while (BrotliEncoderHasMoreOutput(state_.get()) != BROTLI_FALSE) {
                std::size_t made = 0; // in: no limit
                const std::uint8_t* const bytes = BrotliEncoderTakeOutput(state_.get(), &made);
                out({reinterpret_cast<const char*>(bytes), made});
            }
        } while (left != 0 || (last && BrotliEncoderIsFinished(state_.get()) == BROTLI_FALSE));
    }

private:
    struct Free {
        void operator()(BrotliEncoderState* state) const noexcept { BrotliEncoderDestroyInstance(state); }
    };

    int level_;
    std::unique_ptr<BrotliEncoderState, Free> state_;
};

} // namespace

std::unique_ptr<Encoder> makeBrotliEncoder(int level) {
    return std::make_unique<BrotliEncoder>(level);
}

} // namespace mortise::compression
