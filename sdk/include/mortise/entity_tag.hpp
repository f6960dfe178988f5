// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/request.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// An entity tag (RFC 9110 section 8.8.3) as it stands in a field. Borrows the text.
struct EntityTag {
    std::string_view opaque; // with its quotes
    bool weak = false;

    // The tag that `text` begins with, which is then cut off. Nothing, and `text` untouched: it begins with none.
    static std::optional<EntityTag> take(std::string_view& text) noexcept {
        EntityTag tag;
        const std::size_t quote = text.size() >= 2 && text[0] == 'W' && text[1] == '/' ? 2 : 0; // case-sensitive
        if (quote >= text.size() || text[quote] != '"') return std::nullopt;
        for (std::size_t i = quote + 1; i < text.size(); ++i) {
            const auto c = static_cast<unsigned char>(text[i]);
            if (c == '"') {
                tag.opaque = text.substr(quote, i + 1 - quote);
                tag.weak = quote != 0;
                text.remove_prefix(i + 1);
                return tag;
            }
            if (c <= 0x20u || c == 0x7fu) return std::nullopt;
        }
        return std::nullopt;
    }
    // The whole of `text`.
    static std::optional<EntityTag> parse(std::string_view text) noexcept {
        const std::optional<EntityTag> tag = take(text);
        return tag && text.empty() ? tag : std::nullopt;
    }
};

// Section 8.8.3.2. A weak tag never compares equal in the strong way, not even to itself.
inline bool strongMatch(const EntityTag& a, const EntityTag& b) noexcept {
    return !a.weak && !b.weak && a.opaque == b.opaque;
}
inline bool weakMatch(const EntityTag& a, const EntityTag& b) noexcept {
    return a.opaque == b.opaque;
}

// The value of If-Match or If-None-Match (sections 13.1.1 and 13.1.2): `*`, or a list of tags. Borrows the text.
class EntityTagList {
public:
    enum class Kind {
        absent,
        malformed, // not of the grammar: what it asks for is unknown
        any,       // `*`: whatever there is
        list       // may be empty: then nothing matches
    };

    EntityTagList() = default;
    // All lines of the field make one list (section 5.3).
    EntityTagList(const Request& request, std::string_view name) {
        for (std::uint32_t i = 0; i < request.raw().field_count; ++i)
            if (sameName(text(request.raw().fields[i].name), name)) add(text(request.raw().fields[i].value));
    }

    void add(std::string_view line) {
        if (kind_ == Kind::malformed) return;
        trim(line);
        const bool first = kind_ == Kind::absent;
        if (line == "*") {
            kind_ = first ? Kind::any : Kind::malformed;
            return;
        }
        kind_ = kind_ != Kind::any && takeTags(line) ? Kind::list : Kind::malformed;
    }

    Kind kind() const noexcept { return kind_; }
    // `current` is the tag of what is there. Of a malformed value neither is true.
    bool strongMatches(const EntityTag& current) const noexcept { return matches(current, &strongMatch); }
    bool weakMatches(const EntityTag& current) const noexcept { return matches(current, &weakMatch); }

private:
    static void trim(std::string_view& text) noexcept {
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
        while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    }
    static bool sameName(std::string_view a, std::string_view b) noexcept {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (lower(a[i]) != lower(b[i])) return false;
        return true;
    }
    static char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

    // Empty elements are passed over, as section 5.6.1.2 asks.
    bool takeTags(std::string_view line) {
        while (!line.empty()) {
            if (line.front() != ',') {
                const std::optional<EntityTag> tag = EntityTag::take(line);
                if (!tag) return false;
                tags_.push_back(*tag);
                trim(line);
                if (line.empty()) break;
                if (line.front() != ',') return false;
            }
            line.remove_prefix(1);
            trim(line);
        }
        return true;
    }
    bool matches(const EntityTag& current, bool (*same)(const EntityTag&, const EntityTag&) noexcept) const noexcept {
        if (kind_ == Kind::any) return true;
        if (kind_ != Kind::list) return false;
        for (const EntityTag& tag : tags_)
            if (same(tag, current)) return true;
        return false;
    }

    Kind kind_ = Kind::absent;
    std::vector<EntityTag> tags_; // as many as the limit of header fields lets through
};

// The text of a tag from a number that changes with the representation: 13 characters, 15 of a weak one.
inline std::string entityTagText(std::uint64_t version, bool weak = false) {
    constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out(weak ? "W/\"" : "\"");
    for (int shift = 58; shift > 0; shift -= 6) out.push_back(digits[version >> shift & 63u]);
    out.push_back(digits[version << 2 & 63u]);
    out.push_back('"');
    return out;
}

} // namespace v1
} // namespace mortise
