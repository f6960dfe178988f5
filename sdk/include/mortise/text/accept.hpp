// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/field_text.hpp>
#include <mortise/text/media_type.hpp>
#include <mortise/text/quality.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any. May throw std::bad_alloc, where values have escapes.

// A member of an Accept field (RFC 9110 section 12.5.1): "text/html", "text/*" or "*/*", with parameters.
struct MediaRange {
    MediaType media; // with all parameters, the weight among them
    Quality quality = wantedQuality;
};

// The well-formed members of one Accept field; others count for nothing.
class AcceptReader {
public:
    explicit AcceptReader(std::string_view field) noexcept : list_(field) {}

    // False when no more is left.
    bool next(MediaRange& range) {
        std::string_view member;
        while (list_.next(member))
            if (parse(member, range)) return true;
        return false;
    }

private:
    static bool parse(std::string_view member, MediaRange& range) {
        const std::optional<MediaType> media = MediaType::parse(member);
        if (!media || (media->type == "*" && media->subtype != "*")) return false;
        range = {*media, wantedQuality};
        ParameterReader reader(media->parameters);
        while (reader.next()) {
            if (!equalFieldText(reader.name(), "q")) continue;
            const std::optional<Quality> quality = parseQuality(reader.value());
            if (!quality) return false;
            range.quality = *quality;
        }
        return !reader.isMalformed();
    }

    FieldListReader list_;
};

// How much a client wants each of the media types that a resource has, by all its Accept fields. Of several ranges
// that match, the most specific one counts (RFC 9110 section 12.5.1): a name goes before "text/*", that before "*/*",
// and of the same name the range that shares more parameters. A range does not match where a parameter has another
// value than the offer's, without case; parameters that the offer does not have restrict nothing.
template<std::size_t Count>
class Accept {
public:
    // Such as "application/json; charset=utf-8". The texts stay while this does.
    explicit Accept(const std::array<std::string_view, Count>& offers) noexcept {
        for (std::size_t i = 0; i < Count; ++i)
            if (const std::optional<MediaType> media = MediaType::parse(offers[i])) wanted_[i].media = *media;
    }

    // One field's value, in the order received.
    void add(std::string_view field) {
        AcceptReader reader(field);
        for (MediaRange range; reader.next(range);) {
            isPresent_ = true;
            for (Wanted& wanted : wanted_) {
                const int specificity = specificityOf(range.media, wanted.media);
                if (specificity < 0 || specificity < wanted.specificity) continue;
                wanted.specificity = specificity;
                wanted.quality = range.quality;
            }
        }
    }

    // Whether anything was said: a field without a well-formed member says as much as none (section 12.4.1).
    bool isPresent() const noexcept { return isPresent_; }
    // Of the offer in that place; all are wanted by who says nothing.
    Quality quality(std::size_t offer) const noexcept { return isPresent_ ? wanted_[offer].quality : wantedQuality; }
    // Whether it is wanted by its name rather than by a range of many.
    bool isNamed(std::size_t offer) const noexcept { return wanted_[offer].specificity >= named; }

private:
    struct Wanted {
        MediaType media;
        Quality quality = 0;
        int specificity = -1;
    };
    static constexpr int named = 2;

    // Negative where the range does not match.
    static int specificityOf(const MediaType& range, const MediaType& offer) {
        const bool anyType = range.type == "*";
        const bool anySubtype = range.subtype == "*";
        if (!anyType && !equalFieldText(range.type, offer.type)) return -1;
        if (!anySubtype && !equalFieldText(range.subtype, offer.subtype)) return -1;
        int specificity = anyType ? 0 : anySubtype ? 1 : named;
        ParameterReader wanted(range.parameters);
        while (wanted.next()) {
            ParameterReader had(offer.parameters);
            while (had.next()) {
                if (!equalFieldText(had.name(), wanted.name())) continue;
                if (!equalFieldText(had.value(), wanted.value())) return -1;
                if (specificity >= named) ++specificity;
            }
        }
        return specificity;
    }

    std::array<Wanted, Count> wanted_{};
    bool isPresent_ = false;
};

} // namespace v1
} // namespace mortise
