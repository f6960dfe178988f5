// SPDX-License-Identifier: Apache-2.0
#include "application/progress_display.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mortise::application {
namespace {

constexpr unsigned int longestBar = 30;
constexpr double kibi = 1024;

// "1.5 MiB", "12000 rows".
std::string amount(double count, std::string_view unit) {
    std::array<char, 48> text{};
    if (unit != "bytes") {
        std::snprintf(text.data(), text.size(), "%.0f", count);
        return text.data();
    }
    constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t power = 0;
    for (; count >= kibi && power + 1 < units.size(); ++power) count /= kibi;
    std::snprintf(text.data(), text.size(), power == 0 ? "%.0f %s" : "%.1f %s", count, units.at(power));
    return text.data();
}

std::string durationText(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds);
    std::array<char, 48> text{};
    if (whole >= 3600)
        std::snprintf(text.data(), text.size(), "%llu:%02llu:%02llu", static_cast<unsigned long long>(whole / 3600),
                      static_cast<unsigned long long>(whole / 60 % 60), static_cast<unsigned long long>(whole % 60));
    else
        std::snprintf(text.data(), text.size(), "%llu:%02llu", static_cast<unsigned long long>(whole / 60),
                      static_cast<unsigned long long>(whole % 60));
    return text.data();
}

} // namespace

std::string ProgressDisplay::update(std::uint64_t done, std::uint64_t total, std::string_view unit,
                                    Clock::time_point now) {
    if (width_ == 0 && now < nextLine_) return {};
    nextLine_ = now + pause;
    done = total == 0 ? done : std::min(done, total);
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    std::string text;
    if (total != 0) {
        const auto percent = static_cast<unsigned int>(static_cast<double>(done) * 100 / static_cast<double>(total));
        text = std::to_string(percent) + "%, " + amount(static_cast<double>(done), unit) + " of " +
               amount(static_cast<double>(total), unit);
    } else {
        text = amount(static_cast<double>(done), unit);
    }
    if (unit != "bytes") text += ' ' + std::string(unit);
    if (rate > 0) {
        text += ", " + amount(rate, unit) + "/s";
        if (total > done) text += ", " + durationText(static_cast<double>(total - done) / rate) + " left";
    }
    if (width_ == 0) return text + '\n';
    std::string line;
    if (total != 0 && text.size() + 10 < width_) {
        const unsigned int bar =
            std::min<unsigned int>(longestBar, width_ - static_cast<unsigned int>(text.size()) - 4);
        const auto filled = static_cast<unsigned int>(static_cast<double>(done) * bar / static_cast<double>(total));
        line = '[' + std::string(filled, '=') + std::string(bar - filled, ' ') + "] ";
    }
    drawn_ = true;
    return "\r" + (line + text).substr(0, width_ - 1) + "\033[K";
}

std::string ProgressDisplay::clear() {
    if (!drawn_) return {};
    drawn_ = false;
    return "\r\033[K";
}

} // namespace mortise::application
