// SPDX-License-Identifier: Apache-2.0
#include "csv_columns.hpp"

#include <mortise/encode.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace users {
namespace {

constexpr std::array<std::string_view, 8> known{"id",   "name",      "email", "passwordHash",
                                                "role", "createdAt", "bio",   "avatar"};

bool isOfProfile(std::string_view name) noexcept {
    return name == "bio" || name == "avatar";
}

void writeMember(std::string& out, std::string_view name, std::string_view text) {
    if (out.back() != '{') out.push_back(',');
    mortise::detail::encodeText(out, name);
    out.push_back(':');
    mortise::detail::encodeText(out, text);
}

} // namespace

std::optional<std::string> CsvColumns::read(const std::vector<CsvField>& header) {
    names_.clear();
    for (const CsvField& field : header) {
        if (field.text == "password")
            return "the column 'password' has passwords in clear: only hashes are imported, as passwordHash";
        if (std::find(known.begin(), known.end(), field.text) == known.end())
            return "the column '" + field.text + "' is unknown; columns are " + std::string(this->header()) +
                   ", in any order, with commas between them";
        if (std::find(names_.begin(), names_.end(), field.text) != names_.end())
            return "the column '" + field.text + "' is there twice";
        names_.push_back(field.text);
    }
    for (const std::string_view needed : {"name", "email", "passwordHash"})
        if (std::find(names_.begin(), names_.end(), needed) == names_.end())
            return "the column '" + std::string(needed) + "' is missing in the header";
    return std::nullopt;
}

std::optional<std::string> CsvColumns::write(const std::vector<CsvField>& record, std::string& json) const {
    if (record.size() != names_.size())
        return "there are " + std::to_string(record.size()) + " fields, and the header has " +
               std::to_string(names_.size());
    json = "{";
    bool hasProfile = false;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (record[i].isAbsent()) continue;
        if (isOfProfile(names_[i]))
            hasProfile = true;
        else
            writeMember(json, names_[i], record[i].text);
    }
    if (hasProfile) {
        json.append(json.back() == '{' ? "\"profile\":{" : ",\"profile\":{");
        for (std::size_t i = 0; i < names_.size(); ++i)
            if (isOfProfile(names_[i]) && !record[i].isAbsent()) writeMember(json, names_[i], record[i].text);
        json.push_back('}');
    }
    json.push_back('}');
    return std::nullopt;
}

} // namespace users
