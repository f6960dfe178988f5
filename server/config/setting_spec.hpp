// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::config {

// How a value is written and what it becomes:
//   boolean   true/false, yes/no, on/off, 1/0           bool
//   integer   decimal                                   std::int64_t
//   number    decimal, may have a fraction              double
//   duration  500ms 30s 5m 2h 7d, bare: the unit        std::int64_t milliseconds
//   size      512 64KiB 10MiB 1GiB 64KB, bare: the unit std::int64_t bytes
//   text, path, choice                                  std::string (a path is not interpreted here)
//   list      a, b, c                                   std::vector<std::string>
enum class SettingType : std::uint8_t { boolean, integer, number, text, duration, size, list, path, choice };

std::string_view typeName(SettingType type) noexcept;

struct SettingSpec {
    std::string key; // a-z 0-9 _, starting with a letter
    SettingType type = SettingType::text;
    std::string defaultText; // as an operator would write it
    std::string text;        // one sentence
    // Inclusive; of the value, in ms and bytes for duration and size; of the item count for a list. Exact up to 2^53.
    std::optional<double> minimum;
    std::optional<double> maximum;
    std::vector<std::string> choices;
    std::string unit;          // duration: ms s m h d; size: bytes KiB MiB GiB; else for display ("threads")
    std::size_t minLength = 0; // bytes, for text and path; where the default is "", "" is allowed and means "none set"
    bool secret = false;       // never shown; refused on the command line; also read from `<key>_file` and credentials
    bool reloadable = true;    // false: a change needs a restart
};

struct SectionSpec {
    std::string name; // "server", "plugin.rate-limit"
    std::string text; // one sentence
    std::vector<SettingSpec> settings;
    // The settings are not known, since the plugin's file could not be read (and the host said so): nothing is checked,
    // no values are resolved.
    bool opaque = false;

    const SettingSpec* find(std::string_view key) const noexcept;
};

// enabled, file, on_error: what every section [plugin.<name>] has before the plugin's own settings.
std::vector<SettingSpec> commonPluginSettings();

// "server", or "plugin." and a name of a-z 0-9 - that starts with a letter.
bool isSectionName(std::string_view name) noexcept;

// Checks a declaration itself: names, default within range and choices, no key twice. `origin`: the plugin's file.
void checkDeclaration(const SectionSpec& section, const base::Origin& origin, base::Diagnostics& diagnostics);

} // namespace mortise::config
