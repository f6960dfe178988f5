// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::config {

inline constexpr std::size_t maxFileBytes = 1024 * 1024;

struct Entry {
    std::string section;
    std::string key;
    std::string value;
    base::Origin origin;      // of the key
    base::Origin valueOrigin; // of the value
};

struct SectionMention {
    std::string name;
    base::Origin origin;
};

// One configuration file, read but not understood: what it says, in its order, and where.
class Document {
public:
    explicit Document(std::string file) : file_(std::move(file)) {}

    const std::string& file() const noexcept { return file_; }
    const std::vector<Entry>& entries() const noexcept { return entries_; }
    const std::vector<SectionMention>& sections() const noexcept { return sections_; } // also those without keys
    const Entry* find(std::string_view section, std::string_view key) const;

    void addSection(std::string name, base::Origin origin);
    // A key that is there already is reported with both lines, and dropped.
    void add(Entry entry, base::Diagnostics& diagnostics);

private:
    std::string file_;
    std::vector<Entry> entries_;
    std::vector<SectionMention> sections_;
    std::map<std::pair<std::string, std::string>, std::size_t> places_; // section and key -> index of the entry
};

// The formats are described in README.md. Faults are reported with line and column; what could be read is returned.
Document readIni(std::string_view text, const std::string& file, base::Diagnostics& diagnostics);
Document readXml(std::string_view text, const std::string& file, base::Diagnostics& diagnostics);

// By extension: .xml, anything else is INI. None when the file cannot be read or is too large (reported).
std::optional<Document> readDocument(const std::filesystem::path& path, base::Diagnostics& diagnostics);

// A regular file of at most `limit` bytes; otherwise none, with the reason ("No such file or directory") in `reason`.
std::optional<std::string> readRegularFile(const std::filesystem::path& path, std::size_t limit, std::string& reason);

// What an error of the system says about `path`; where access is denied, also who may not do what, and what helps.
std::string refusalText(int error, const std::filesystem::path& path);

} // namespace mortise::config
