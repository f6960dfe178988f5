// SPDX-License-Identifier: Apache-2.0
#include "http_date.hpp"

#include <algorithm>
#include <iterator>

namespace mortise::conditional {
namespace {

constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t secondsPerYear = 31'556'952; // on average

constexpr std::int64_t leapDaysBefore(std::int64_t year) noexcept {
    return (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
}

// Days since 1970 of a date in the Gregorian calendar, from the year 1 on.
constexpr std::int64_t daysFrom(std::int64_t year, int month, int day) noexcept {
    constexpr int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return (year - 1970) * 365 + leapDaysBefore(year) - leapDaysBefore(1970) + before[month - 1] +
           (leap && month > 2 ? 1 : 0) + day - 1;
}
static_assert(daysFrom(1970, 1, 1) == 0 && daysFrom(2000, 3, 1) == 11'017);

// Reads a text piece by piece; once something does not fit, nothing does.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : text_(text) {}

    Reader& literal(std::string_view what) noexcept {
        good_ = good_ && text_.substr(0, what.size()) == what;
        if (good_) text_.remove_prefix(what.size());
        return *this;
    }
    Reader& number(std::size_t digits, int& out) noexcept {
        if (text_.size() < digits) good_ = false;
        out = 0;
        for (std::size_t i = 0; good_ && i < digits; ++i) {
            good_ = text_[i] >= '0' && text_[i] <= '9';
            out = out * 10 + (text_[i] - '0');
        }
        if (good_) text_.remove_prefix(digits);
        return *this;
    }
    // The day of asctime: a blank in place of a leading zero.
    Reader& paddedDay(int& out) noexcept {
        if (text_.empty() || text_.front() != ' ') return number(2, out);
        text_.remove_prefix(1);
        return number(1, out);
    }
    Reader& month(int& out) noexcept {
        const auto* const found = std::find(std::begin(months), std::end(months), text_.substr(0, 3));
        good_ = good_ && found != std::end(months);
        if (good_) {
            out = static_cast<int>(found - std::begin(months)) + 1;
            text_.remove_prefix(3);
        }
        return *this;
    }
    Reader& time(int& hour, int& minute, int& second) noexcept {
        return number(2, hour).literal(":").number(2, minute).literal(":").number(2, second);
    }
    bool done() const noexcept { return good_ && text_.empty(); }

private:
    std::string_view text_;
    bool good_ = true;
};

} // namespace

std::optional<std::int64_t> parseHttpDate(std::string_view text, std::int64_t now) noexcept {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const std::size_t comma = text.find(',');
    const std::string_view rest = comma == text.npos ? text.substr(std::min<std::size_t>(4, text.size()))
                                                     : text.substr(std::min(comma + 2, text.size()));
    Reader reader(rest); // the name of the day says nothing new
    const bool dashed = rest.size() > 2 && rest[2] == '-';
    if (comma == text.npos)
        reader.month(month)
            .literal(" ")
            .paddedDay(day)
            .literal(" ")
            .time(hour, minute, second)
            .literal(" ")
            .number(4, year);
    else if (dashed)
        reader.number(2, day).literal("-").month(month).literal("-").number(2, year).literal(" ");
    else
        reader.number(2, day).literal(" ").month(month).literal(" ").number(4, year).literal(" ");
    if (comma != text.npos) reader.time(hour, minute, second).literal(" GMT");
    if (!reader.done() || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    if (dashed && comma != text.npos) {
        const auto present = static_cast<int>(1970 + now / secondsPerYear);
        year += present / 100 * 100;
        if (year > present + 50) year -= 100;
    }
    return daysFrom(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second;
}

} // namespace mortise::conditional
