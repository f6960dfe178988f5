// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "config/setting_spec.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::config {

// A setting by its declaration.
struct Target {
    const SectionSpec* section = nullptr;
    const SettingSpec* setting = nullptr;
};

// The declared settings by the names of their variables. Two settings of one name are reported; `<NAME>_FILE` of
// secrets takes part in that.
class EnvironmentNames {
public:
    EnvironmentNames(std::span<const SectionSpec> specs, base::Diagnostics& diagnostics);

    // Reports every variable that begins with MORTISE_ and belongs to no setting.
    void reportUnknown(const std::map<std::string, std::string>& environment, base::Diagnostics& diagnostics) const;

private:
    void add(const std::string& name, const Target& target, base::Diagnostics& diagnostics);

    std::map<std::string, Target> targets_;
    std::vector<std::string> opaquePrefixes_;
};

// The value that the first of a setting's alias variables gives it that is set. `current` is the text of the layers
// below.
struct AliasValue {
    std::string variable;
    std::string text;
};
std::optional<AliasValue> aliasValue(const SectionSpec& section, const SettingSpec& setting, std::string_view current,
                                     const std::map<std::string, std::string>& environment,
                                     base::Diagnostics& diagnostics);

// Whether the variable gives a setting by its own name, or one of [server] as an alias, or names the configuration.
bool isOfConfiguration(std::string_view variable);

} // namespace mortise::config
