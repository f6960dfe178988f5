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
    std::string defaultText;  // as an operator would write it
    bool defaultKnown = true; // false: only the plugin's code knows it; then a value that nobody gave is empty
    std::string text;         // one sentence
    // Inclusive; of an integer, in ms and bytes of a duration and a size; of the item count of a list.
    std::optional<std::int64_t> minimum;
    std::optional<std::int64_t> maximum;
    // The same of a number.
    std::optional<double> numberMinimum;
    std::optional<double> numberMaximum;
    std::vector<std::string> choices;
    std::string unit;          // duration: ms s m h d; size: bytes KiB MiB GiB; else for display ("threads")
    std::size_t minLength = 0; // bytes, for text and path; where the default is "", "" is allowed and means "none set"
    std::size_t maxLength = 0; // bytes, for text, path and each item of a list; 0: none
    std::string pattern;       // RE2; matches the whole of a text, or of each item of a list; "" of minLength passes
    bool secret = false;       // never shown; refused on the command line; also read from `<key>_file` and credentials
    bool reloadable = true;    // false: a change needs a restart
    bool deprecated = false;   // a value is warned of
    std::string replacedBy;    // the key that a deprecated one's value is given to, of the same type; "": none
    std::vector<std::string> environment; // names of variables besides MORTISE_..., such as JWT_SECRET
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

// Whether a setting may name the variable as another of its own: A-Z, 0-9 and _, none of this program's, the loader's
// or the C library's.
bool isAliasName(std::string_view variable) noexcept;

// Checks a declaration itself: names, default within range, choices and pattern, replacements, no key twice. `origin`:
// the plugin's file.
void checkDeclaration(const SectionSpec& section, const base::Origin& origin, base::Diagnostics& diagnostics);

} // namespace mortise::config
