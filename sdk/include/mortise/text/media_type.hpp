// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/field_text.hpp>
#include <mortise/text/parameter_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// A media type (RFC 9110 section 8.3.1), or a range of an Accept field, where "*" is a token as others. Views point
// into the text that was parsed.
struct MediaType {
    std::string_view type;       // "text"
    std::string_view subtype;    // "html"
    std::string_view parameters; // of ParameterReader: empty, or from the first ';' on; not checked yet

    // Nothing of what has no type, slash and subtype.
    static constexpr std::optional<MediaType> parse(std::string_view text) noexcept {
        const std::size_t semicolon = std::min(text.find(';'), text.size());
        const std::string_view name = trimFieldText(text.substr(0, semicolon));
        const std::size_t slash = name.find('/');
        if (slash == std::string_view::npos) return std::nullopt;
        const MediaType media{name.substr(0, slash), name.substr(slash + 1), text.substr(semicolon)};
        if (!isFieldToken(media.type) || !isFieldToken(media.subtype)) return std::nullopt;
        return media;
    }

    // By the name, "application/json", whatever the parameters.
    constexpr bool is(std::string_view name) const noexcept {
        return name.size() == type.size() + 1 + subtype.size() && name[type.size()] == '/' &&
               equalFieldText(name.substr(0, type.size()), type) &&
               equalFieldText(name.substr(type.size() + 1), subtype);
    }

    // Whether its text is UTF-8: its parameters are well-formed, and no charset among them is another one. Of types
    // whose default is UTF-8, as that of JSON is. May throw std::bad_alloc.
    bool isUtf8() const {
        ParameterReader reader(parameters);
        while (reader.next())
            if (equalFieldText(reader.name(), "charset") && !equalFieldText(reader.value(), "utf-8")) return false;
        return !reader.isMalformed();
    }
};

} // namespace v1
} // namespace mortise
