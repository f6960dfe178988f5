// SPDX-License-Identifier: Apache-2.0
#include "encoder_pool.hpp"
#include "media_types.hpp"

#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>
#include <mortise/text/accept_encoding.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::compression {
namespace {

struct Settings {
    mortise::TextList algorithms{"br", "zstd", "gzip"};
    int gzipLevel = 5;
    int brotliLevel = 4;
    int zstdLevel = 3;
    mortise::Bytes minSize{1024};
    mortise::TextList types{"text/*",
                            "application/json",
                            "application/javascript",
                            "application/xml",
                            "application/yaml",
                            "application/graphql",
                            "application/wasm",
                            "application/x-ndjson",
                            "image/svg+xml",
                            "*+json",
                            "*+xml",
                            "*+yaml"};
};
MORTISE_SETTINGS(Settings,
                 field(algorithms).text("Of br, zstd and gzip, those in use; among equals the first is taken."),
                 field(gzipLevel).min(1).max(9).text("Level of gzip."),
                 field(brotliLevel).min(0).max(11).text("Level of br."),
                 field(zstdLevel).min(1).max(19).text("Level of zstd."),
                 field(minSize)
                     .min(mortise::Bytes{0})
                     .max(mortise::Bytes{1u << 30})
                     .text("Shorter answers are sent as they are; not of streams."),
                 field(types).text("Media types that are worth it; text/* and *+json stand for many."))

// Owns an encoder for one answer.
class Encoding final : public mortise::Transformer {
public:
    Encoding(std::shared_ptr<EncoderPool> pool, ContentCoding coding, std::optional<std::uint64_t> size)
        : pool_(std::move(pool)), coding_(coding), encoder_(pool_->take(coding)) {
        encoder_->begin(size);
    }
    ~Encoding() override { pool_->give(coding_, std::move(encoder_)); }

    void chunk(std::string_view data, bool last, bool flush, const mortise::Emit& out) override {
        encoder_->chunk(data, last, flush, [&out](std::string_view made) { out(made); });
    }

private:
    std::shared_ptr<EncoderPool> pool_;
    ContentCoding coding_;
    std::unique_ptr<Encoder> encoder_;
};

class Compression : public mortise::Plugin<Settings> {
public:
    void configure(mortise::Setup& setup) override {
        readSettings(setup);
        pool_ = std::make_shared<EncoderPool>(
            EncoderPool::Levels{settings().gzipLevel, settings().brotliLevel, settings().zstdLevel});
        // Two, since an answer that `conditional` cuts down to 304 varies as the whole one does.
        setup.filter("compression-vary").before("conditional").onRespond([this](mortise::Response& response) {
            if (isWorthIt(response)) response.field("Vary", "Accept-Encoding");
        });
        setup.filter("compression")
            .after("conditional,compression-vary")
            .onRespond([this](mortise::Response& response) {
                if (isWorthIt(response)) compress(response);
            });
    }

private:
    void readSettings(mortise::Setup& setup) {
        for (const std::string_view name : settings().algorithms) {
            const std::optional<ContentCoding> coding = contentCodingOf(name);
            if (coding && *coding != ContentCoding::identity && name == nameOf(*coding))
                preferred_.push_back(*coding);
            else
                setup.refuseSetting("algorithms", "'" + std::string(name) + "' is none of br, zstd and gzip");
        }
        std::vector<std::string> good;
        for (const std::string_view pattern : settings().types) {
            const std::string_view fault = MediaTypes::faultOf(pattern);
            if (fault.empty())
                good.emplace_back(pattern);
            else
                setup.refuseSetting("types", "'" + std::string(pattern) + "': " + std::string(fault));
        }
        types_ = MediaTypes(good);
    }

    bool isWorthIt(const mortise::Response& response) const noexcept {
        if (!response.mayTransform() || !types_.contain(response.contentType())) return false;
        return response.bodyKind() != mortise::BodyKind::whole || response.bodySize() >= settings().minSize.count;
    }

    void compress(mortise::Response& response) const {
        AcceptEncoding accepted;
        const mortise_request& request = response.request().raw();
        for (std::uint32_t i = 0; i < request.field_count; ++i)
            if (equalFieldText(mortise::text(request.fields[i].name), "Accept-Encoding"))
                accepted.add(mortise::text(request.fields[i].value));
        const ContentCoding coding = accepted.choose(preferred_);
        if (coding == ContentCoding::identity) return;
        const bool whole = response.bodyKind() == mortise::BodyKind::whole;
        const auto size = whole ? std::make_optional(response.bodySize()) : std::nullopt;
        if (!response.transform(std::make_unique<Encoding>(pool_, coding, size))) return;
        response.setField("Content-Encoding", nameOf(coding));
        // The bytes may come out otherwise another time (RFC 9110 section 8.8.1).
        const std::optional<std::string_view> tag = response.field("ETag");
        if (tag && !tag->empty() && tag->front() == '"') response.setField("ETag", "W/" + std::string(*tag));
    }

    std::vector<ContentCoding> preferred_;
    MediaTypes types_;
    std::shared_ptr<EncoderPool> pool_;
};

} // namespace
} // namespace mortise::compression

MORTISE_PLUGIN(mortise::compression::Compression, "org.mortise.compression", "1.0.0", licence("Apache-2.0"),
               filters("compression-vary", "compression"))
