// SPDX-License-Identifier: Apache-2.0
#include "config/value.hpp"

#include "base/redaction.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace mortise::config {

namespace {

using base::Code;

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

// Smallest first; the canonical spelling of a factor comes before its synonyms.
constexpr std::array<Unit, 5> durationUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 9> sizeUnits{{{"bytes", 1},
                                         {"B", 1},
                                         {"KiB", 1024},
                                         {"MiB", 1024 * 1024},
                                         {"GiB", 1024 * 1024 * 1024},
                                         {"k", 1000},
                                         {"KB", 1000},
                                         {"MB", 1'000'000},
                                         {"GB", 1'000'000'000}}};

std::span<const Unit> unitsOf(SettingType type) noexcept {
    if (type == SettingType::duration) return durationUnits;
    return sizeUnits;
}

const Unit* findUnit(std::span<const Unit> units, std::string_view name) {
    const auto same = [&](const Unit& unit) { return base::lowerAscii(unit.name) == base::lowerAscii(name); };
    const auto found = std::find_if(units.begin(), units.end(), same);
    return found == units.end() ? nullptr : &*found;
}

std::string scaledText(SettingType type, std::int64_t value) {
    const Unit* best = &unitsOf(type).front();
    if (value == 0) return "0" + std::string(type == SettingType::duration ? "s" : "");
    for (const Unit& unit : unitsOf(type)) {
        const bool canonical = type == SettingType::duration || unit.name.ends_with("iB");
        if (canonical && value % unit.factor == 0) best = &unit;
    }
    return std::to_string(value / best->factor) +
           std::string(best->factor == 1 && type == SettingType::size ? "" : best->name);
}

std::string numberText(double value) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::string boundText(SettingType type, std::int64_t bound) {
    const bool isScaled = type == SettingType::duration || type == SettingType::size;
    return isScaled ? scaledText(type, bound) : std::to_string(bound);
}
std::string boundText(SettingType, double bound) {
    return numberText(bound);
}

std::string quoted(std::string_view value) {
    return "'" + base::printable(base::redactText(value)) + "'";
}

// The start of a message: what the value is, or that there is one.
std::string subject(const SettingSpec& spec, std::string_view text) {
    return spec.secret ? std::string("the value") : quoted(text);
}

ValueError wrongType(const SettingSpec& spec, std::string_view text, std::string_view expected) {
    return {Code::wrongType, subject(spec, text) + " is not " + std::string(expected)};
}

template<class Number>
std::optional<ValueError> checkRange(const SettingSpec& spec, std::string_view text, Number value,
                                     const std::optional<Number>& minimum, const std::optional<Number>& maximum) {
    if (minimum && value < *minimum)
        return ValueError{Code::outOfRange,
                          subject(spec, text) + " is less than the minimum " + boundText(spec.type, *minimum)};
    if (maximum && value > *maximum)
        return ValueError{Code::outOfRange,
                          subject(spec, text) + " is more than the maximum " + boundText(spec.type, *maximum)};
    return std::nullopt;
}

std::optional<ValueError> checkRange(const SettingSpec& spec, std::string_view text, std::int64_t value) {
    return checkRange(spec, text, value, spec.minimum, spec.maximum);
}

template<class Number>
bool parseWhole(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

std::variant<Value, ValueError> parseBoolean(const SettingSpec& spec, std::string_view text) {
    const std::string word = base::lowerAscii(text);
    for (const std::string_view yes : {"true", "yes", "on", "1"}) {
        if (word == yes) return Value(true);
    }
    for (const std::string_view no : {"false", "no", "off", "0"}) {
        if (word == no) return Value(false);
    }
    return wrongType(spec, text, "a boolean (true or false)");
}

std::variant<Value, ValueError> parseInteger(const SettingSpec& spec, std::string_view text) {
    std::int64_t value = 0;
    if (!parseWhole(text, value)) return wrongType(spec, text, "an integer");
    if (auto error = checkRange(spec, text, value)) return *std::move(error);
    return Value(value);
}

std::variant<Value, ValueError> parseNumber(const SettingSpec& spec, std::string_view text) {
    double value = 0;
    if (!parseWhole(text, value) || !std::isfinite(value)) return wrongType(spec, text, "a number");
    if (auto error = checkRange(spec, text, value, spec.numberMinimum, spec.numberMaximum)) return *std::move(error);
    return Value(value);
}

std::variant<Value, ValueError> parseScaled(const SettingSpec& spec, std::string_view text) {
    const bool isDuration = spec.type == SettingType::duration;
    const std::string_view expected =
        isDuration ? "a duration (such as 500ms, 30s, 5m, 2h, 7d)" : "a size (such as 512, 64KiB, 10MiB, 1GiB)";
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    std::int64_t count = 0;
    if (!parseWhole(text.substr(0, digits), count)) return wrongType(spec, text, expected);
    std::string_view unitName = base::trim(text.substr(digits));
    if (unitName.empty()) unitName = spec.unit;
    if (unitName.empty()) unitName = unitsOf(spec.type).front().name;
    const Unit* const unit = findUnit(unitsOf(spec.type), unitName);
    if (unit == nullptr) return wrongType(spec, text, expected);
    std::int64_t value = 0;
    if (__builtin_mul_overflow(count, unit->factor, &value)) return wrongType(spec, text, expected);
    if (auto error = checkRange(spec, text, value)) return *std::move(error);
    return Value(value);
}

std::variant<Value, ValueError> parseChoice(const SettingSpec& spec, std::string_view text) {
    if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end())
        return Value(std::string(text));
    std::string all;
    for (const std::string& choice : spec.choices) all += (all.empty() ? "" : ", ") + choice;
    return ValueError{Code::notAChoice,
                      subject(spec, text) + " is none of " + all + base::didYouMean(text, spec.choices)};
}

std::optional<ValueError> checkEncoding(std::string_view text) {
    if (text.find('\0') == std::string_view::npos && base::findInvalidUtf8(text) == std::string_view::npos) {
        return std::nullopt;
    }
    return ValueError{Code::badCharacter, "the value holds NUL or is not UTF-8"};
}

// Of a text, or of an item of a list, which `whose` begins the message with.
std::optional<ValueError> checkForm(const SettingSpec& spec, std::string_view text, const std::string& whose) {
    if (spec.maxLength != 0 && text.size() > spec.maxLength)
        return ValueError{Code::tooLong, whose + " has " + std::to_string(text.size()) + " bytes, at most " +
                                             std::to_string(spec.maxLength) + " are allowed"};
    if (spec.pattern.empty()) return std::nullopt;
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 pattern(spec.pattern, options);
    if (RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern)) return std::nullopt;
    return ValueError{Code::badForm, whose + " does not match the pattern " + spec.pattern};
}

std::variant<Value, ValueError> parseText(const SettingSpec& spec, std::string_view text) {
    if (auto error = checkEncoding(text)) return *std::move(error);
    const bool noneSet = text.empty() && spec.defaultText.empty();
    if (text.empty() && spec.minLength != 0 && !noneSet) return ValueError{Code::tooShort, "the value is empty"};
    if (text.size() < spec.minLength && !noneSet) {
        return ValueError{Code::tooShort, "the value has " + std::to_string(text.size()) + " bytes, at least " +
                                              std::to_string(spec.minLength) + " are needed"};
    }
    if (noneSet) return Value(std::string());
    const bool isLong = text.size() > 200; // a message shows no more of it
    if (auto error = checkForm(spec, text, isLong ? "the value" : subject(spec, text))) return *std::move(error);
    return Value(std::string(text));
}

// "1 to 65535", "at least 2 items"; "" without a range.
template<class Number>
std::string rangeText(const SettingSpec& spec, const std::optional<Number>& minimum,
                      const std::optional<Number>& maximum) {
    if (!minimum && !maximum) return {};
    const Number last = maximum ? *maximum : *minimum;
    const std::string what = spec.type != SettingType::list ? "" : last == 1 ? " item" : " items";
    if (!minimum) return "at most " + boundText(spec.type, *maximum) + what;
    if (!maximum) return "at least " + boundText(spec.type, *minimum) + what;
    return boundText(spec.type, *minimum) + " to " + boundText(spec.type, *maximum) + what;
}

std::variant<Value, ValueError> parseList(const SettingSpec& spec, std::string_view text) {
    if (auto error = checkEncoding(text)) return *std::move(error);
    std::vector<std::string> items = base::splitList(text);
    if (std::find(items.begin(), items.end(), "") != items.end()) {
        return ValueError{Code::wrongType, "the list has an empty item"};
    }
    for (const std::string& item : items)
        if (auto error = checkForm(spec, item, "the item " + quoted(item))) return *std::move(error);
    const auto count = static_cast<std::int64_t>(items.size());
    if ((spec.minimum && count < *spec.minimum) || (spec.maximum && count > *spec.maximum)) {
        return ValueError{Code::outOfRange, "the list has " + std::to_string(items.size()) +
                                                (items.size() == 1 ? " item, not " : " items, not ") +
                                                rangeText(spec, spec.minimum, spec.maximum)};
    }
    return Value(std::move(items));
}

} // namespace

std::variant<Value, ValueError> parseValue(const SettingSpec& spec, std::string_view text) {
    if (spec.type != SettingType::text && spec.type != SettingType::path) text = base::trim(text);
    switch (spec.type) {
    case SettingType::boolean:
        return parseBoolean(spec, text);
    case SettingType::integer:
        return parseInteger(spec, text);
    case SettingType::number:
        return parseNumber(spec, text);
    case SettingType::duration:
    case SettingType::size:
        return parseScaled(spec, text);
    case SettingType::choice:
        return parseChoice(spec, text);
    case SettingType::list:
        return parseList(spec, text);
    case SettingType::text:
    case SettingType::path:
        break;
    }
    return parseText(spec, text);
}

std::string canonicalText(const SettingSpec& spec, const Value& value) {
    if (const auto* const flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* const number = std::get_if<double>(&value)) return numberText(*number);
    if (const auto* const text = std::get_if<std::string>(&value)) return *text;
    if (const auto* const items = std::get_if<std::vector<std::string>>(&value)) {
        std::string out;
        for (const std::string& item : *items) out += (out.empty() ? "" : ", ") + item;
        return out;
    }
    const std::int64_t number = std::get<std::int64_t>(value);
    return spec.type == SettingType::integer ? std::to_string(number) : scaledText(spec.type, number);
}

std::string describeRange(const SettingSpec& spec) {
    if (spec.type == SettingType::choice) {
        std::string out = "one of ";
        for (const std::string& choice : spec.choices) out += (&choice == &spec.choices.front() ? "" : ", ") + choice;
        return out;
    }
    std::string out(typeName(spec.type));
    if (spec.minLength == 1) out += ", not empty";
    if (spec.minLength > 1) out += ", at least " + std::to_string(spec.minLength) + " bytes";
    if (spec.maxLength != 0 && spec.type != SettingType::list)
        out += ", at most " + std::to_string(spec.maxLength) + " bytes";
    const auto range = spec.type == SettingType::number ? rangeText(spec, spec.numberMinimum, spec.numberMaximum)
                                                        : rangeText(spec, spec.minimum, spec.maximum);
    if (!range.empty()) out += ", " + range;
    const std::string_view each = spec.type == SettingType::list ? "each " : "";
    if (spec.maxLength != 0 && spec.type == SettingType::list)
        out += ", each at most " + std::to_string(spec.maxLength) + " bytes";
    if (!spec.pattern.empty()) out += ", " + std::string(each) + "matching " + spec.pattern;
    return out;
}

} // namespace mortise::config
