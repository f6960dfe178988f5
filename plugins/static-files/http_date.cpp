// SPDX-License-Identifier: Apache-2.0
#include "http_date.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace mortise::static_files {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> longDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

// Takes parts off the front of a date; once one does not fit, nothing does.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    void literal(std::string_view expected) {
        good_ = good_ && text_.substr(0, expected.size()) == expected;
        if (good_) text_.remove_prefix(expected.size());
    }
    int digits(std::size_t count) {
        int value = 0;
        const std::string_view part = text_.substr(0, count);
        const auto parsed = std::from_chars(part.data(), part.data() + part.size(), value);
        good_ = good_ && part.size() == count && part.front() != '-' && parsed.ec == std::errc() &&
                parsed.ptr == part.data() + count;
        if (good_) text_.remove_prefix(count);
        return value;
    }
    // The index of the one that stands here.
    template<std::size_t N>
    int oneOf(const std::array<std::string_view, N>& words) {
        for (std::size_t i = 0; good_ && i < N; ++i)
            if (text_.substr(0, words[i].size()) == words[i]) {
                text_.remove_prefix(words[i].size());
                return static_cast<int>(i);
            }
        good_ = false;
        return 0;
    }
    void time(std::tm& date) {
        date.tm_hour = digits(2);
        literal(":");
        date.tm_min = digits(2);
        literal(":");
        date.tm_sec = digits(2);
    }
    bool blank() const { return text_.substr(0, 1) == " "; }
    bool good() const { return good_; }
    bool done() const { return good_ && text_.empty(); }

private:
    std::string_view text_;
    bool good_ = true;
};

std::optional<std::int64_t> seconds(std::tm date) {
    const int month = date.tm_mon;
    if (date.tm_hour > 23 || date.tm_min > 59 || date.tm_sec > 60 || date.tm_mday < 1) return std::nullopt;
    // A leap second may lead into the next month, the one before it may not.
    const int leap = date.tm_sec == 60 ? 1 : 0;
    date.tm_sec -= leap;
    const std::time_t time = ::timegm(&date);
    // 30 February is not 2 March.
    if (date.tm_mon != month) return std::nullopt;
    return static_cast<std::int64_t>(time) + leap;
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<std::int64_t> parseFixdate(std::string_view text) {
    Reader reader(text);
    std::tm date{};
    reader.oneOf(days);
    reader.literal(", ");
    date.tm_mday = reader.digits(2);
    reader.literal(" ");
    date.tm_mon = reader.oneOf(months);
    reader.literal(" ");
    date.tm_year = reader.digits(4) - 1900;
    reader.literal(" ");
    reader.time(date);
    reader.literal(" GMT");
    return reader.done() ? seconds(date) : std::nullopt;
}

// Sunday, 06-Nov-94 08:49:37 GMT; years that would be more than 50 ahead are of the century before.
std::optional<std::int64_t> parseRfc850(std::string_view text) {
    Reader reader(text);
    std::tm date{};
    reader.oneOf(longDays);
    reader.literal(", ");
    date.tm_mday = reader.digits(2);
    reader.literal("-");
    date.tm_mon = reader.oneOf(months);
    reader.literal("-");
    date.tm_year = reader.digits(2);
    reader.literal(" ");
    reader.time(date);
    reader.literal(" GMT");
    if (!reader.done()) return std::nullopt;
    const std::time_t now = std::time(nullptr);
    std::tm today{};
    ::gmtime_r(&now, &today);
    date.tm_year += today.tm_year / 100 * 100;
    if (date.tm_year > today.tm_year + 50) date.tm_year -= 100;
    return seconds(date);
}

// Sun Nov  6 08:49:37 1994
std::optional<std::int64_t> parseAsctime(std::string_view text) {
    Reader reader(text);
    std::tm date{};
    reader.oneOf(days);
    reader.literal(" ");
    date.tm_mon = reader.oneOf(months);
    reader.literal(" ");
    const bool one = reader.blank();
    if (one) reader.literal(" ");
    date.tm_mday = reader.digits(one ? 1 : 2);
    reader.literal(" ");
    reader.time(date);
    reader.literal(" ");
    date.tm_year = reader.digits(4) - 1900;
    return reader.done() ? seconds(date) : std::nullopt;
}

} // namespace

std::string httpDate(std::int64_t when) {
    const auto time = static_cast<std::time_t>(when);
    std::tm date{};
    ::gmtime_r(&time, &date);
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[static_cast<std::size_t>(date.tm_wday)].data(), date.tm_mday,
                                   months[static_cast<std::size_t>(date.tm_mon)].data(), date.tm_year + 1900,
                                   date.tm_hour, date.tm_min, date.tm_sec);
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<std::int64_t> parseHttpDate(std::string_view text) {
    if (const auto fixdate = parseFixdate(text)) return fixdate;
    if (const auto rfc850 = parseRfc850(text)) return rfc850;
    return parseAsctime(text);
}

} // namespace mortise::static_files
