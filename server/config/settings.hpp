// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "config/setting_spec.hpp"
#include "config/value.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::config {

// One effective setting.
struct Setting {
    SettingSpec spec;
    Value value;
    std::string text; // canonical; a secret in clear
    base::Origin
        origin; // of the value; text() is "mortise.ini:12", "default", "environment MORTISE_SERVER_LISTEN", "--set"
    bool isDefault = true;
    std::string note{}; // for --print-config, behind the origin

    // Fit for showing: "[redacted]" for a secret that is set, URLs without passwords.
    std::string shownText() const;
};

// All settings of one section, in the order of their declaration. Asking for a key that is not declared, or by another
// type than declared, is a bug of the caller: std::logic_error.
class Section {
public:
    Section(std::string name, std::vector<Setting> settings, bool sound = true)
        : name_(std::move(name)), settings_(std::move(settings)), sound_(sound) {}

    const std::string& name() const noexcept { return name_; }
    const std::vector<Setting>& settings() const noexcept { return settings_; }
    // False when mistakes in this section were reported: some values are not what the operator meant.
    bool sound() const noexcept { return sound_; }
    const Setting* find(std::string_view key) const noexcept;
    const Setting& at(std::string_view key) const;

    bool boolean(std::string_view key) const;
    std::int64_t integer(std::string_view key) const;
    double number(std::string_view key) const;
    std::chrono::milliseconds duration(std::string_view key) const;
    std::int64_t size(std::string_view key) const;       // bytes
    const std::string& text(std::string_view key) const; // text, path, choice
    const std::vector<std::string>& list(std::string_view key) const;

    // Same keys, same values; origins do not count. Decides whether a plugin is carried over a reload.
    bool operator==(const Section& other) const;

private:
    std::string name_;
    std::vector<Setting> settings_;
    bool sound_;
};

struct Change {
    std::string section;
    std::string key;
    bool reloadable = true;
};

// An immutable, complete configuration: a value for every declared setting.
class Settings {
public:
    Settings() = default;
    explicit Settings(std::vector<Section> sections, std::string folder = {})
        : sections_(std::move(sections)), folder_(std::move(folder)) {}

    // Absolute: of the main configuration file, where relative paths start; without one the working directory.
    const std::string& folder() const noexcept { return folder_; }
    const std::vector<Section>& sections() const noexcept { return sections_; }
    const Section* find(std::string_view section) const noexcept;
    const Section& at(std::string_view section) const; // std::logic_error

    bool operator==(const Settings&) const = default;

private:
    std::vector<Section> sections_;
    std::string folder_;
};

// Settings that both have and that differ; a section of only one of them is not a change of a setting.
std::vector<Change> changes(const Settings& before, const Settings& after);

// As --print-config shows it: valid INI, each value followed by its origin as a comment, no secrets.
std::string printIni(const Settings& settings);

} // namespace mortise::config
