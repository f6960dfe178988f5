// SPDX-License-Identifier: Apache-2.0
#include "encoder_pool.hpp"

#include <brotli/decode.h>
#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>
#include <zstd.h>

#include <random>
#include <string>
#include <vector>

namespace mortise::compression {

namespace {

constexpr ContentCoding codings[] = {ContentCoding::gzip, ContentCoding::brotli, ContentCoding::zstd};

// What a reader has of `encoded` so far; `whole` tells whether it ended.
std::string decode(ContentCoding coding, const std::string& encoded, bool& whole) {
    std::string out(1 << 22, '\0');
    if (coding == ContentCoding::gzip) {
        z_stream stream{};
        inflateInit2(&stream, 15 + 16);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(encoded.data()));
        stream.avail_in = static_cast<uInt>(encoded.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        whole = inflate(&stream, Z_SYNC_FLUSH) == Z_STREAM_END && stream.avail_in == 0;
        out.resize(stream.total_out);
        inflateEnd(&stream);
    } else if (coding == ContentCoding::brotli) {
        BrotliDecoderState* const state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
        std::size_t left = encoded.size();
        const auto* in = reinterpret_cast<const std::uint8_t*>(encoded.data());
        std::size_t room = out.size();
        auto* made = reinterpret_cast<std::uint8_t*>(out.data());
        const auto result = BrotliDecoderDecompressStream(state, &left, &in, &room, &made, nullptr);
        whole = result == BROTLI_DECODER_RESULT_SUCCESS && left == 0;
        out.resize(out.size() - room);
        BrotliDecoderDestroyInstance(state);
    } else {
        ZSTD_DCtx* const context = ZSTD_createDCtx();
        ZSTD_inBuffer in{encoded.data(), encoded.size(), 0};
        ZSTD_outBuffer made{out.data(), out.size(), 0};
        std::size_t left = 1;
        while (in.pos < in.size && left != 0 && ZSTD_isError(left) == 0)
            left = ZSTD_decompressStream(context, &made, &in);
        whole = left == 0 && in.pos == in.size;
        out.resize(made.pos);
        ZSTD_freeDCtx(context);
    }
    return out;
}

std::string noise(std::size_t size) {
    std::mt19937 random(7); // NOLINT: the same in every run
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(random());
    return out;
}

} // namespace

class EncoderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EncoderTest);
    CPPUNIT_TEST(startsOverAfterABodyThatWasCut);
    CPPUNIT_TEST(roundTrips);
    CPPUNIT_TEST(flushesEverything);
    CPPUNIT_TEST(keepsAFew);
    CPPUNIT_TEST_SUITE_END();

public:
    void startsOverAfterABodyThatWasCut() {
        for (const ContentCoding coding : codings) {
            const auto encoder = pool_.take(coding);
            std::string out;
            const auto to = [&out](std::string_view made) { out.append(made); };
            encoder->begin(std::nullopt);
            encoder->chunk(noise(100'000), false, true, to);
            encoder->begin(3);
            out.clear();
            encoder->chunk("abc", true, false, to);
            expect(coding, "abc", out);
        }
    }
    void roundTrips() {
        for (const ContentCoding coding : codings) {
            for (const std::string& body : {std::string("a"), std::string(2'000'000, 'x'), noise(1'000'000), text()}) {
                const auto encoder = pool_.take(coding);
                for (const std::size_t piece : {body.size(), std::size_t{70'001}}) {
                    std::string out;
                    encoder->begin(piece == body.size() ? std::make_optional<std::uint64_t>(piece) : std::nullopt);
                    for (std::size_t at = 0; at < body.size(); at += piece)
                        encoder->chunk(std::string_view(body).substr(at, piece), at + piece >= body.size(), false,
                                       [&out](std::string_view made) { out.append(made); });
                    expect(coding, body, out);
                }
            }
        }
    }
    void flushesEverything() {
        for (const ContentCoding coding : codings) {
            const auto encoder = pool_.take(coding);
            encoder->begin(std::nullopt);
            std::string out;
            std::string sent;
            const auto to = [&out](std::string_view made) { out.append(made); };
            for (const std::string& piece : {std::string("data: 1\n\n"), noise(50'000), std::string("data: 2\n\n")}) {
                encoder->chunk(piece, false, true, to);
                sent += piece;
                bool whole = true;
                CPPUNIT_ASSERT_MESSAGE(std::string(nameOf(coding)), decode(coding, out, whole) == sent);
                CPPUNIT_ASSERT(!whole);
            }
            encoder->chunk({}, true, false, to);
            expect(coding, sent, out);
        }
    }
    void keepsAFew() {
        std::vector<std::unique_ptr<Encoder>> taken;
        for (std::size_t i = 0; i < EncoderPool::kept + 2; ++i) taken.push_back(pool_.take(ContentCoding::zstd));
        const Encoder* const first = taken.front().get();
        for (auto& one : taken) pool_.give(ContentCoding::zstd, std::move(one));
        CPPUNIT_ASSERT(pool_.take(ContentCoding::zstd).get() == first);
        CPPUNIT_ASSERT(pool_.take(ContentCoding::gzip) != nullptr);
    }

private:
    static std::string text() {
        std::string out;
        for (int i = 0; i < 20'000; ++i) out += "{\"id\":" + std::to_string(i * 7919) + ",\"name\":\"somebody\"},";
        return out;
    }
    static void expect(ContentCoding coding, const std::string& body, const std::string& encoded) {
        bool whole = false;
        CPPUNIT_ASSERT_MESSAGE(std::string(nameOf(coding)), decode(coding, encoded, whole) == body);
        CPPUNIT_ASSERT_MESSAGE(std::string(nameOf(coding)), whole);
    }

    EncoderPool pool_{EncoderPool::Levels{}};
};

CPPUNIT_TEST_SUITE_REGISTRATION(EncoderTest);

} // namespace mortise::compression
