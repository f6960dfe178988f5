// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

// What passes between the parent and the child of a trial, over one memory file: first the parent's order, then lines
// of the child. A file, because its writer never has to wait for the reader.

// "mortise-trial <token> <milliseconds>\n"
struct ModuleTrialOrder {
    std::string token; // starts every line of the child
    std::chrono::milliseconds timeout{};
};

enum class ModuleTrialStep : std::uint8_t {
    constructors, // the file is about to be mapped
    entry,        // its entry is about to be called
    refused,      // text: why
    passed,
    finished, // of the whole child; the index means nothing
};

// "<token> <step> <index> <text>\n"
struct ModuleTrialReport {
    ModuleTrialStep step = ModuleTrialStep::constructors;
    std::size_t index = 0; // of the file, in the order of this child's arguments
    std::string text;
};

std::string orderLine(const ModuleTrialOrder& order);
std::optional<ModuleTrialOrder> parseOrder(std::string_view line);
std::string reportLine(std::string_view token, const ModuleTrialReport& report);
// Nothing for a line that does not start with `token` or is malformed otherwise: somebody else's.
std::optional<ModuleTrialReport> parseReport(std::string_view token, std::string_view line);

} // namespace mortise::host
