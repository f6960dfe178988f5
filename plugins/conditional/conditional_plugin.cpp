// SPDX-License-Identifier: Apache-2.0
#include "body_hash.hpp"
#include "path_list.hpp"
#include "preconditions.hpp"

#include <mortise/entity_tag.hpp>
#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::conditional {
namespace {

struct Settings {
    std::string_view etag = "strong";
    mortise::Bytes maxSize{1024 * 1024};
    mortise::TextList skip{"/health", "/ready"};
};
MORTISE_SETTINGS(
    Settings,
    field(etag).choices("strong", "weak", "off").text("The tag given to answers that have none; off gives none."),
    field(maxSize)
        .min(mortise::Bytes{0})
        .max(mortise::Bytes{64 * 1024 * 1024})
        .text("Longer answers are given no tag, since it is made on the event loop."),
    field(skip).text("Paths that are left alone; /live/* stands for all that begin so."))

// A tag as it stands in a field, in place.
class TagText {
public:
    TagText(bool weak, std::uint64_t hash) noexcept {
        constexpr char digits[] = "0123456789abcdef";
        std::size_t at = 0;
        if (weak) {
            text_[at++] = 'W';
            text_[at++] = '/';
        }
        text_[at++] = '"';
        for (int shift = 60; shift >= 0; shift -= 4) text_[at++] = digits[hash >> shift & 15];
        text_[at++] = '"';
        size_ = at;
    }
    std::string_view view() const noexcept { return {text_.data(), size_}; }

private:
    std::array<char, 20> text_;
    std::size_t size_;
};

class Conditional : public mortise::Plugin<Settings> {
public:
    void configure(mortise::Setup& setup) override {
        std::vector<std::string> good;
        for (const std::string_view path : settings().skip) {
            const std::string_view fault = PathList::faultOf(path);
            if (fault.empty())
                good.emplace_back(path);
            else
                setup.refuseSetting("skip", "'" + std::string(path) + "': " + std::string(fault));
        }
        skip_ = PathList(std::move(good));
        // Its tag is of the bytes before they are compressed.
        setup.filter("conditional").before("compression").onRespond([this](mortise::Response& response) {
            look(response);
        });
    }

private:
    void look(mortise::Response& response) const {
        const mortise::Request& request = response.request();
        if (response.status() != 200 || (request.method() != "GET" && request.method() != "HEAD")) return;
        // The bytes of a stream are not known, and it cannot be taken back.
        if (response.bodyKind() != mortise::BodyKind::whole && response.bodyKind() != mortise::BodyKind::file) return;
        if (skip_.contains(request.path())) return;
        tag(response);

        Preconditions asked;
        for (std::uint32_t i = 0; i < request.raw().field_count; ++i)
            asked.add(mortise::text(request.raw().fields[i].name), mortise::text(request.raw().fields[i].value));
        if (asked.empty()) return;
        Preconditions::Validators validators;
        if (const auto tag = response.field("ETag")) validators.tag = EntityTag::parse(*tag);
        validators.modified = response.field("Last-Modified");
        const Preconditions::Verdict verdict = asked.judge(validators, request.receivedAt().unixMilliseconds / 1000);
        if (verdict == Preconditions::Verdict::notModified) sayNotModified(response, knownTag(asked, validators));
        if (verdict == Preconditions::Verdict::failed) sayFailed(response);
    }

    void tag(mortise::Response& response) const {
        if (settings().etag == "off" || response.bodyKind() != mortise::BodyKind::whole) return;
        if (response.bodySize() > settings().maxSize.count || response.field("ETag")) return;
        const std::uint64_t kind = hashBody(response.contentType(), 0);
        response.field("ETag", TagText(settings().etag == "weak", hashBody(response.body(), kind)).view());
    }

    // The tag as the client has it, which is what its cache knows the answer by (RFC 9111 section 4.3.4): weak where a
    // compressed answer was given it.
    static std::string knownTag(const Preconditions& asked, const Preconditions::Validators& validators) {
        if (!validators.tag) return {};
        const bool weak = validators.tag->weak || asked.knowsWeaklyOnly(*validators.tag);
        return std::string(weak ? "W/" : "").append(validators.tag->opaque);
    }

    // RFC 9110 section 15.4.5: what tells of the content goes, unless a cache needs it.
    static void sayNotModified(mortise::Response& response, const std::string& tag) {
        if (!response.replace(304)) return;
        for (const char* name : {"Content-Encoding", "Content-Language", "Content-Range", "Accept-Ranges"})
            response.removeField(name);
        if (tag.empty()) return;
        response.removeField("Last-Modified");
        response.setField("ETag", tag);
    }

    static void sayFailed(mortise::Response& response) {
        if (!response.refuse(412, "Precondition failed")) return;
        for (const char* name : {"Content-Encoding", "Content-Language", "Content-Range", "Accept-Ranges", "ETag",
                                 "Last-Modified", "Expires"})
            response.removeField(name);
        response.setField("Cache-Control", "no-store");
    }

    PathList skip_;
};

} // namespace
} // namespace mortise::conditional

MORTISE_PLUGIN(mortise::conditional::Conditional, "org.mortise.conditional", "1.0.0", licence("Apache-2.0"),
               filters("conditional"))
