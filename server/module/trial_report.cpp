// SPDX-License-Identifier: Apache-2.0
#include "module/trial_report.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>

namespace mortise::module {

namespace {

constexpr std::string_view greeting = "mortise-trial";
constexpr std::array<std::string_view, 7> stepNames{"constructors", "entry", "refused", "passed",
                                                    "finished",     "call",  "late"};
constexpr std::size_t maximumTextBytes = 4096;

std::string_view takeWord(std::string_view& rest) {
    const std::size_t blank = rest.find(' ');
    const std::string_view word = rest.substr(0, blank);
    rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
    return word;
}

std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

} // namespace

std::string orderLine(const TrialOrder& order) {
    return std::string(greeting) + " " + order.token + " " + std::to_string(order.timeout.count()) + "\n";
}

std::optional<TrialOrder> parseOrder(std::string_view line) {
    if (takeWord(line) != greeting) return std::nullopt;
    TrialOrder order;
    order.token = takeWord(line);
    const auto timeout = number(base::trim(line));
    constexpr std::uint64_t day = 24 * 3600 * 1000;
    if (order.token.empty() || !timeout || *timeout == 0 || *timeout > day) return std::nullopt;
    order.timeout = std::chrono::milliseconds(*timeout);
    return order;
}

std::string reportLine(std::string_view token, const TrialReport& report) {
    return std::string(token) + " " + std::string(stepNames.at(static_cast<std::size_t>(report.step))) + " " +
           std::to_string(report.index) + " " + base::printable(report.text, maximumTextBytes) + "\n";
}

std::optional<TrialReport> parseReport(std::string_view token, std::string_view line) {
    if (takeWord(line) != token) return std::nullopt;
    const std::string_view name = takeWord(line);
    const auto index = number(takeWord(line));
    for (std::size_t step = 0; step < stepNames.size(); ++step) {
        if (name != stepNames[step] || !index) continue;
        return TrialReport{static_cast<TrialStep>(step), static_cast<std::size_t>(*index), std::string(line)};
    }
    return std::nullopt;
}

} // namespace mortise::module
