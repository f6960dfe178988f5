// SPDX-License-Identifier: Apache-2.0
#include "config/settings.hpp"

#include "base/redaction.hpp"

#include <algorithm>
#include <stdexcept>

namespace mortise::config {

namespace {

template<class Items, class Name>
auto findNamed(const Items& items, Name nameOf, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return nameOf(item) == name; });
    return found == items.end() ? nullptr : &*found;
}

[[noreturn]] void notDeclared(std::string_view name) {
    throw std::logic_error("setting '" + std::string(name) + "' is not declared as it is asked for");
}

template<class Held>
const Held& held(const Section& section, std::string_view key) {
    const auto* const value = std::get_if<Held>(&section.at(key).value);
    if (value == nullptr) notDeclared(section.name() + '.' + std::string(key));
    return *value;
}

std::int64_t number(const Section& section, std::string_view key, SettingType type) {
    if (section.at(key).spec.type != type) notDeclared(section.name() + '.' + std::string(key));
    return held<std::int64_t>(section, key);
}

} // namespace

std::string Setting::shownText() const {
    if (spec.secret) return text.empty() ? std::string() : std::string(base::redactedText);
    return base::redactText(text);
}

const Setting* Section::find(std::string_view key) const noexcept {
    return findNamed(
        settings_, [](const Setting& setting) -> std::string_view { return setting.spec.key; }, key);
}

const Setting& Section::at(std::string_view key) const {
    const Setting* const setting = find(key);
    if (setting == nullptr) notDeclared(name_ + '.' + std::string(key));
    return *setting;
}

bool Section::boolean(std::string_view key) const {
    return held<bool>(*this, key);
}
std::int64_t Section::integer(std::string_view key) const {
    return config::number(*this, key, SettingType::integer);
}
double Section::number(std::string_view key) const {
    return held<double>(*this, key);
}
std::chrono::milliseconds Section::duration(std::string_view key) const {
    return std::chrono::milliseconds(config::number(*this, key, SettingType::duration));
}
std::int64_t Section::size(std::string_view key) const {
    return config::number(*this, key, SettingType::size);
}
const std::string& Section::text(std::string_view key) const {
    return held<std::string>(*this, key);
}
const std::vector<std::string>& Section::list(std::string_view key) const {
    return held<std::vector<std::string>>(*this, key);
}

bool Section::operator==(const Section& other) const {
    const auto same = [](const Setting& a, const Setting& b) { return a.spec.key == b.spec.key && a.value == b.value; };
    return name_ == other.name_ &&
           std::equal(settings_.begin(), settings_.end(), other.settings_.begin(), other.settings_.end(), same);
}

const Section* Settings::find(std::string_view section) const noexcept {
    return findNamed(
        sections_, [](const Section& item) -> std::string_view { return item.name(); }, section);
}

const Section& Settings::at(std::string_view section) const {
    const Section* const found = find(section);
    if (found == nullptr) notDeclared(section);
    return *found;
}

std::vector<Change> changes(const Settings& before, const Settings& after) {
    std::vector<Change> all;
    for (const Section& section : after.sections()) {
        const Section* const old = before.find(section.name());
        if (old == nullptr) continue;
        for (const Setting& setting : section.settings()) {
            const Setting* const oldSetting = old->find(setting.spec.key);
            if (oldSetting == nullptr || oldSetting->value == setting.value) continue;
            all.push_back({section.name(), setting.spec.key, setting.spec.reloadable});
        }
    }
    return all;
}

} // namespace mortise::config
