// SPDX-License-Identifier: Apache-2.0
#include "encoder.hpp"

#include <zlib.h>

#include <array>
#include <stdexcept>

namespace mortise::compression {
namespace {

constexpr int gzipWindow = 15 + 16; // 32 KiB, with gzip's header and checksum
constexpr int memoryLevel = 8;      // together with the window about 256 KiB
constexpr std::size_t pieceBytes = std::size_t{1} << 30;

class GzipEncoder final : public Encoder {
public:
    explicit GzipEncoder(int level) {
        if (deflateInit2(&stream_, level, Z_DEFLATED, gzipWindow, memoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::runtime_error("no memory for gzip");
    }
    ~GzipEncoder() override { deflateEnd(&stream_); }

    void begin(std::optional<std::uint64_t>) override { deflateReset(&stream_); }

    void chunk(std::string_view data, bool last, bool flush, const Out& out) override {
        do {
            const std::string_view piece = data.substr(0, pieceBytes);
            data.remove_prefix(piece.size());
            const int mode = !data.empty() ? Z_NO_FLUSH : last ? Z_FINISH : flush ? Z_SYNC_FLUSH : Z_NO_FLUSH;
            // zlib does not write to it.
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
            stream_.avail_in = static_cast<uInt>(piece.size());
            run(mode, out);
        } while (!data.empty());
    }

private:
    void run(int mode, const Out& out) {
        std::array<char, outputBytes> buffer;
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream_.avail_out = static_cast<uInt>(buffer.size());
            // Z_BUF_ERROR: there was nothing to do.
            if (deflate(&stream_, mode) == Z_STREAM_ERROR) throw std::runtime_error("gzip failed");
            const std::size_t made = buffer.size() - stream_.avail_out;
            if (made != 0) out({buffer.data(), made});
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
};

} // namespace

std::unique_ptr<Encoder> makeGzipEncoder(int level) {
    return std::make_unique<GzipEncoder>(level);
}

} // namespace mortise::compression
