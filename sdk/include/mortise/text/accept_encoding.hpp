// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/content_coding.hpp>
#include <mortise/text/field_text.hpp>
#include <mortise/text/quality.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// How much a client wants each content coding, by all its Accept-Encoding fields (RFC 9110 section 12.5.3).
class AcceptEncoding {
public:
    AcceptEncoding() noexcept = default;
    explicit AcceptEncoding(std::string_view field) noexcept { add(field); }

    // One field's value, in the order received. Members that break the grammar count for nothing; of two that name one
    // coding the last one counts.
    void add(std::string_view field) noexcept {
        FieldListReader list(field);
        for (std::string_view member; list.next(member);) addMember(member);
    }

    // 0 for a coding that is not wanted or that nothing was said of.
    Quality quality(ContentCoding coding) const noexcept {
        const Quality said = qualities_[static_cast<std::size_t>(coding)];
        if (said != unsaid) return said;
        return others_ != unsaid ? others_ : 0;
    }

    // The coding that is wanted the most, and of those that are wanted as much the first of `preferred`. Identity where
    // nothing is wanted or nothing that is there, also when that is refused: a response that the client may not be able
    // to read is better than none.
    template<class Codings>
    ContentCoding choose(const Codings& preferred) const noexcept {
        ContentCoding best = ContentCoding::identity;
        // Not said, identity is good enough, but anything else that is wanted goes before it.
        const Quality identity = qualities_[static_cast<std::size_t>(ContentCoding::identity)];
        Quality highest = identity != unsaid ? identity : 0;
        for (const ContentCoding coding : preferred) {
            const Quality wanted = quality(coding);
            if (wanted > highest || (wanted == highest && wanted > 0 && best == ContentCoding::identity)) {
                best = coding;
                highest = wanted;
            }
        }
        return best;
    }

private:
    static constexpr Quality unsaid = -1;

    void addMember(std::string_view member) noexcept {
        Quality said = wantedQuality;
        const std::size_t semicolon = member.find(';');
        if (semicolon != std::string_view::npos) {
            const std::string_view weight = trimFieldText(member.substr(semicolon + 1));
            if (weight.size() < 2 || lowerFieldCharacter(weight[0]) != 'q' || weight[1] != '=') return;
            const std::optional<Quality> parsed = parseQuality(weight.substr(2));
            if (!parsed) return;
            said = *parsed;
            member = trimFieldText(member.substr(0, semicolon));
        }
        if (member == "*") {
            others_ = said;
        } else if (const std::optional<ContentCoding> coding = contentCodingOf(member)) {
            qualities_[static_cast<std::size_t>(*coding)] = said;
        }
    }

    std::array<Quality, contentCodings.size()> qualities_{unsaid, unsaid, unsaid, unsaid};
    Quality others_ = unsaid; // of "*"
};

} // namespace v1
} // namespace mortise
