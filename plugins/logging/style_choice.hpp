// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "log_style.hpp"

#include <string_view>

namespace mortise::logging {

// What is known about a stream and its surroundings.
struct Surroundings {
    bool terminal;
    std::string_view no_color; // NO_COLOR: any text means no colours (no-color.org)
    std::string_view term;     // TERM
};

// The style of a stream. `format` is auto, json or pretty.
constexpr Style chooseStyle(std::string_view format, const Surroundings& surroundings) noexcept {
    if (format == "json" || (format != "pretty" && !surroundings.terminal)) return Style::json;
    const bool colour = surroundings.terminal && surroundings.no_color.empty() && surroundings.term != "dumb";
    return colour ? Style::coloured : Style::pretty;
}

} // namespace mortise::logging
