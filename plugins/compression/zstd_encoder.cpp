// SPDX-License-Identifier: Apache-2.0
#include "encoder.hpp"

#include <zstd.h>

#include <array>
#include <stdexcept>

namespace mortise::compression {
namespace {

constexpr int windowLog = 18; // 256 KiB, far below the 8 MiB of RFC 9659

void check(std::size_t result) {
    if (ZSTD_isError(result) != 0) throw std::runtime_error(ZSTD_getErrorName(result));
}

class ZstdEncoder final : public Encoder {
public:
    explicit ZstdEncoder(int level) : context_(ZSTD_createCCtx()) {
        if (context_ == nullptr) throw std::runtime_error("no memory for zstd");
        check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level));
        check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, windowLog));
    }

    void begin(std::optional<std::uint64_t> size) override {
        check(ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only));
        if (size) check(ZSTD_CCtx_setPledgedSrcSize(context_.get(), *size));
    }

    void chunk(std::string_view data, bool last, bool flush, const Out& out) override {
        const ZSTD_EndDirective mode = last ? ZSTD_e_end : flush ? ZSTD_e_flush : ZSTD_e_continue;
        std::array<char, outputBytes> buffer;
        ZSTD_inBuffer in{data.data(), data.size(), 0};
        std::size_t left = 0;
        do {
            ZSTD_outBuffer made{buffer.data(), buffer.size(), 0};
            left = ZSTD_compressStream2(context_.get(), &made, &in, mode);
            check(left);
            if (made.pos != 0) out({buffer.data(), made.pos});
        } while (mode == ZSTD_e_continue ? in.pos < in.size : left != 0);
    }

private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    };

    std::unique_ptr<ZSTD_CCtx, Free> context_;
};

} // namespace

std::unique_ptr<Encoder> makeZstdEncoder(int level) {
    return std::make_unique<ZstdEncoder>(level);
}

} // namespace mortise::compression
