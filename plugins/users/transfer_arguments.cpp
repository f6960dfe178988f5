// SPDX-License-Identifier: Apache-2.0
#include "transfer_arguments.hpp"

#include <algorithm>

namespace users {
namespace {

bool endsWith(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::optional<TransferFormat> formatOf(std::string_view name) noexcept {
    if (name == "csv") return TransferFormat::csv;
    if (name == "ndjson") return TransferFormat::ndjson;
    return std::nullopt;
}

} // namespace

std::optional<std::string> TransferArguments::read(const std::vector<std::string_view>& arguments,
                                                   std::initializer_list<std::string_view> known) {
    std::optional<TransferFormat> given;
    for (const std::string_view argument : arguments) {
        if (argument == "-" || argument.substr(0, 1) != "-") {
            if (!file.empty()) return "one file is expected, and '" + std::string(argument) + "' is a second one";
            file = argument;
            continue;
        }
        const std::size_t equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view() : argument.substr(equals + 1);
        const bool takesValue = name == "--format" || name == "--rejects";
        if (std::find(known.begin(), known.end(), name) == known.end())
            return "unknown option '" + std::string(name) + "'";
        if (takesValue == value.empty())
            return "the option " + std::string(name) + (takesValue ? " needs a value: " : " takes no value: ") +
                   std::string(name) + (takesValue ? "=…" : "");
        if (name == "--strict") strict = true;
        if (name == "--skip-duplicates") skipDuplicates = true;
        if (name == "--restart") restart = true;
        if (name == "--force") force = true;
        if (name == "--rejects") rejects = value;
        if (name == "--format") {
            given = formatOf(value);
            if (!given) return "the format '" + std::string(value) + "' is neither ndjson nor csv";
        }
    }
    if (file.empty()) return "the file is missing";
    if (!given && file != "-") {
        if (endsWith(file, ".csv"))
            given = TransferFormat::csv;
        else if (endsWith(file, ".ndjson") || endsWith(file, ".jsonl"))
            given = TransferFormat::ndjson;
        else
            return "the format of '" + std::string(file) +
                   "' does not show in its name: end it in .ndjson or .csv, or say --format=ndjson or --format=csv";
    }
    format = given.value_or(TransferFormat::ndjson);
    if (rejects.empty()) rejects = std::string(file) + ".rejects";
    return std::nullopt;
}

} // namespace users
