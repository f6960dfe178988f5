// SPDX-License-Identifier: Apache-2.0
#include "byte_range.hpp"
#include "file_root.hpp"
#include "http_date.hpp"
#include "media_types.hpp"
#include "static_files_settings.hpp"

#include <mortise/entity_tag.hpp>
#include <mortise/plugin.hpp>
#include <mortise/text/accept_encoding.hpp>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace mortise::static_files {
namespace {

// What the names of files with that coding end in; empty: such files are not looked for.
constexpr std::string_view suffixOf(ContentCoding coding) noexcept {
    constexpr std::string_view suffixes[] = {"", ".gz", ".br", ".zst"};
    return suffixes[static_cast<std::size_t>(coding)];
}

// A file as it is going to be answered.
struct Representation {
    FoundFile file;
    std::string coding; // empty: as it is
    std::string tag;
    std::string modified;

    std::int64_t modifiedSeconds() const noexcept { return file.modifiedNs / 1'000'000'000; }
};

// What documentation says of them.
constexpr std::string_view entityTag = "The version of the file";
constexpr std::string_view modified = "When the file was changed";

// Time and size tell versions apart; a coding is a representation of its own (RFC 9110 section 8.8.3.3).
std::string tagOf(const FoundFile& file, const std::string& coding) {
    char text[64];
    const int size = std::snprintf(text, sizeof text, "\"%" PRIx64 "-%" PRIx64,
                                   static_cast<std::uint64_t>(file.modifiedNs), file.size);
    std::string tag(text, static_cast<std::size_t>(size));
    if (!coding.empty()) tag.append("-").append(coding);
    return tag.append("\"");
}

class StaticFiles : public Plugin<Settings> {
    void configure(Setup& setup) override {
        check(setup);
        types_ = MediaTypes(settings().types);
        cacheControl_ = "public, max-age=" + std::to_string(settings().maxAge.count());
        if (settings().immutable) cacheControl_ += ", immutable";
        const bool everything = settings().prefix == "/";
        setup.get(everything ? "/*path" : std::string(settings().prefix) + "/*path")
            .summary("A file")
            .repliesMedia(200, "*/*", "The file")
            .header("ETag", entityTag)
            .header("Last-Modified", modified)
            .repliesMedia(206, "*/*", "The part that Range asks for")
            .header("ETag", entityTag)
            .header("Last-Modified", modified)
            .replies(301, "A directory's address ends with a slash")
            .header("Location", "The address with the slash")
            .replies(304, "The client has this version")
            .header("ETag", entityTag)
            .header("Last-Modified", modified)
            .repliesError(404)
            .repliesError(412, "The version is another one")
            .repliesError(416, "The file ends before that")
            .handle([this](Request& request) { return serve(request); });
        if (everything) return;
        setup.get(settings().prefix)
            .summary("The address of the files")
            .replies(301, "A directory's address ends with a slash")
            .header("Location", "The address with the slash")
            .onLoop()
            .handle([this](Request& request) { return redirect(request, std::string(settings().prefix) + "/"); });
    }

    void start() override {
        root_ = std::make_unique<FileRoot>(settings().root.string());
        if (root_->resolution() == Resolution::byWalk)
            log().info("The system refuses openat2: names are looked up folder by folder");
        if (!settings().fallback.empty() && root_->open(std::string(settings().fallback)).kind != FoundFile::Kind::file)
            throw std::runtime_error("fallback '" + std::string(settings().fallback) + "' is no file under '" +
                                     settings().root.string() + "'");
    }

    void check(Setup& setup) {
        const Settings& given = settings();
        if (given.root.empty()) setup.refuseSetting("root", "it is empty; name the directory whose files are served");
        if (given.prefix.empty() || given.prefix.front() != '/' ||
            (given.prefix.size() > 1 && given.prefix.back() == '/'))
            setup.refuseSetting("prefix",
                                "'" + std::string(given.prefix) + "' does not begin with a slash, or ends with one");
        if (!given.index.empty() &&
            (!FileRoot::isServable(given.index, true) || given.index.find('/') != std::string::npos))
            setup.refuseSetting("index", "'" + std::string(given.index) + "' is no name of a file");
        if (!given.fallback.empty() && !FileRoot::isServable(given.fallback, true))
            setup.refuseSetting("fallback",
                                "'" + std::string(given.fallback) + "' is no name of a file under the root");
        for (const std::string_view name : given.precompressed) {
            const std::optional<ContentCoding> coding = contentCodingOf(name);
            if (coding && !suffixOf(*coding).empty() && name == nameOf(*coding))
                codings_.push_back(*coding);
            else
                setup.refuseSetting("precompressed", "'" + std::string(name) + "' is none of br, zstd and gzip");
        }
        for (const std::string_view entry : given.types)
            if (const std::string fault = MediaTypes::faultOf(entry); !fault.empty())
                setup.refuseSetting("types", fault);
    }

    Reply serve(Request& request) const {
        std::string name(request.parameter("path"));
        const bool directory = name.empty() || name.back() == '/';
        if (directory && !name.empty()) name.pop_back();
        // A slash that was percent-encoded is part of a segment, which no name of a file can have.
        const std::string_view raw = request.path();
        const bool encodedSlash = raw.find("%2F") != raw.npos || raw.find("%2f") != raw.npos;
        if (encodedSlash || (!name.empty() && !FileRoot::isServable(name, settings().hidden))) return missing(request);
        if (directory) {
            if (settings().index.empty()) return missing(request);
            if (!name.empty()) name += '/';
            name += settings().index;
        }
        FoundFile found = open(request, name);
        if (found.kind == FoundFile::Kind::directory && !directory && !settings().index.empty() &&
            open(request, name + "/" + std::string(settings().index)).kind == FoundFile::Kind::file)
            return redirect(request, std::string(raw) + "/");
        return found.kind == FoundFile::Kind::file ? answer(request, name, std::move(found)) : missing(request);
    }

    // Faults that are not the client's are 500 or 503; who may not be read is not there for clients.
    FoundFile open(Request& request, const std::string& name) const {
        FoundFile found = root_->open(name);
        if (found.kind != FoundFile::Kind::refused) return found;
        if (found.error == EMFILE || found.error == ENFILE || found.error == ENOMEM)
            throw Busy("no file can be opened: " + std::generic_category().message(found.error));
        if (found.error != EACCES && found.error != EPERM)
            throw std::system_error(found.error, std::generic_category(), "'" + name + "' cannot be opened");
        request.log().warn("A file may not be read", {{"file", std::string_view(name)}});
        found.kind = FoundFile::Kind::missing;
        return found;
    }

    static Reply redirect(const Request& request, std::string target) {
        if (!request.query().empty()) target.append("?").append(request.query());
        return Reply::empty(301).location(target);
    }

    Reply missing(Request& request) const {
        const bool navigation = request.field("Accept").find("text/html") != std::string_view::npos;
        if (!settings().fallback.empty() && navigation) {
            const std::string fallback(settings().fallback);
            FoundFile found = open(request, fallback);
            if (found.kind == FoundFile::Kind::file) return answer(request, fallback, std::move(found));
        }
        return notFound("Route not found");
    }

    Representation choose(Request& request, const std::string& name, FoundFile plain) const {
        Representation chosen;
        Quality best = 0;
        const AcceptEncoding accepted(request.field("Accept-Encoding"));
        for (const ContentCoding coding : codings_) {
            const Quality quality = accepted.quality(coding);
            if (quality <= best) continue;
            FoundFile packed = open(request, std::string(name).append(suffixOf(coding)));
            if (packed.kind != FoundFile::Kind::file) continue;
            best = quality;
            chosen.file = std::move(packed);
            chosen.coding = nameOf(coding);
        }
        if (chosen.coding.empty()) chosen.file = std::move(plain);
        chosen.tag = tagOf(chosen.file, chosen.coding);
        chosen.modified = httpDate(chosen.modifiedSeconds());
        return chosen;
    }

    // What every answer about the representation says (RFC 9110 section 15.4.5).
    Reply describe(Reply reply, const Representation& what) const {
        reply.field("ETag", what.tag).field("Last-Modified", what.modified).field("Cache-Control", cacheControl_);
        if (!codings_.empty()) reply.field("Vary", "Accept-Encoding");
        return reply;
    }

    Reply answer(Request& request, const std::string& name, FoundFile plain) const {
        Representation what = choose(request, name, std::move(plain));
        const auto verdict = precondition(request, what);
        if (verdict)
            return describe(*verdict == 412 ? Reply::error(412, "Precondition failed") : Reply::empty(*verdict), what);
        const std::uint64_t size = what.file.size;
        ByteRange range;
        if (request.method() == "GET" && mayRange(request, what)) range = parseByteRange(request.field("Range"), size);
        if (range.kind == ByteRange::Kind::unsatisfiable)
            return Reply::error(416, "Range not satisfiable").field("Content-Range", "bytes */" + std::to_string(size));
        const bool part = range.kind == ByteRange::Kind::part;
        OpenFile opened(what.file.descriptor.release());
        Reply reply = Reply::file(part ? 206 : 200, std::move(opened), range.first, part ? range.length : size);
        reply.contentType(std::string(types_.of(name))).field("Accept-Ranges", "bytes");
        if (!what.coding.empty()) reply.field("Content-Encoding", what.coding);
        if (part)
            reply.field("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                             std::to_string(range.first + range.length - 1) + "/" +
                                             std::to_string(size));
        return describe(std::move(reply), what);
    }

    // RFC 9110 section 13.2.2; nothing: the request goes on.
    static std::optional<std::uint32_t> precondition(const Request& request, const Representation& what) {
        const std::optional<EntityTag> current = EntityTag::parse(what.tag);
        const EntityTagList match(request, "If-Match");
        if (match.kind() != EntityTagList::Kind::absent) {
            if (!match.strongMatches(*current)) return 412;
        } else if (const auto since = parseHttpDate(request.field("If-Unmodified-Since"));
                   since && what.modifiedSeconds() > *since) {
            return 412;
        }
        const EntityTagList noneMatch(request, "If-None-Match");
        if (noneMatch.kind() != EntityTagList::Kind::absent) {
            if (noneMatch.weakMatches(*current)) return 304;
        } else if (const auto since = parseHttpDate(request.field("If-Modified-Since"));
                   since && what.modifiedSeconds() <= *since) {
            return 304;
        }
        return std::nullopt;
    }

    // RFC 9110 section 13.1.5: a part only of what the client has the rest of.
    static bool mayRange(const Request& request, const Representation& what) {
        if (!request.hasField("If-Range")) return true;
        const std::string_view value = request.field("If-Range");
        if (const auto tag = EntityTag::parse(value)) return strongMatch(*tag, *EntityTag::parse(what.tag));
        const auto date = parseHttpDate(value);
        return date && *date == what.modifiedSeconds();
    }

    std::vector<ContentCoding> codings_;
    MediaTypes types_;
    std::string cacheControl_;
    std::unique_ptr<FileRoot> root_;
};

} // namespace
} // namespace mortise::static_files

MORTISE_PLUGIN(mortise::static_files::StaticFiles, "org.mortise.static-files", "1.0.0", licence("Apache-2.0"))
