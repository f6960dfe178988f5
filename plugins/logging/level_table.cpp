// SPDX-License-Identifier: Apache-2.0
#include "level_table.hpp"

#include <algorithm>

namespace mortise::logging {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

} // namespace

LevelTable::LevelTable(Level standard, std::span<const std::string> overrides, std::vector<std::string>& faults)
    : standard_(standard) {
    for (const std::string& entry : overrides) {
        const std::size_t sign = entry.find('=');
        const std::string_view logger = trim(std::string_view(entry).substr(0, sign));
        const auto level =
            sign == std::string::npos ? std::nullopt : levelOf(trim(std::string_view(entry).substr(sign + 1)));
        if (logger.empty() || !level) {
            faults.push_back("'" + entry +
                             "' is not LOGGER=LEVEL with a level of trace, debug, info, warn, error, fatal, silent");
            continue;
        }
        const auto same = [&](const Entry& other) { return other.logger == logger; };
        if (std::any_of(entries_.begin(), entries_.end(), same)) {
            faults.push_back("logger '" + std::string(logger) + "' is given twice");
            continue;
        }
        entries_.push_back({std::string(logger), *level});
    }
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& left, const Entry& right) { return left.logger.size() > right.logger.size(); });
}

Level LevelTable::of(std::string_view logger) const noexcept {
    for (const Entry& entry : entries_) {
        const std::size_t size = entry.logger.size();
        if (logger.size() < size || logger.compare(0, size, entry.logger) != 0) continue;
        if (logger.size() == size || logger[size] == '.') return entry.level;
    }
    return standard_;
}

} // namespace mortise::logging
