// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::module {

// What passes between the parent and the child of a trial, over one memory file: first the parent's order, with what is
// to be tried where that is not on the command line, then lines of the child. A file, because its writer never has to
// wait for the reader.

// "mortise-trial <token> <milliseconds>\n"
struct TrialOrder {
    std::string token; // starts every line of the child
    std::chrono::milliseconds timeout{};
};

enum class TrialStep : std::uint8_t {
    constructors, // the file is about to be mapped
    entry,        // its entry is about to be called
    refused,      // text: why
    passed,
    finished, // of the whole child; the index means nothing
    call,     // text: the function of an instance that is about to be called; the index is the instance's
    late,     // text: the function of an instance that missed its deadline
};

// "<token> <step> <index> <text>\n"
struct TrialReport {
    TrialStep step = TrialStep::constructors;
    std::size_t index = 0; // of the file or the instance, in the order they were given to this child
    std::string text;
};

std::string orderLine(const TrialOrder& order);
std::optional<TrialOrder> parseOrder(std::string_view line);
std::string reportLine(std::string_view token, const TrialReport& report);
// Nothing for a line that does not start with `token` or is malformed otherwise: somebody else's.
std::optional<TrialReport> parseReport(std::string_view token, std::string_view line);

} // namespace mortise::module
