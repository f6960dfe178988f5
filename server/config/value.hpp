// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic_code.hpp"
#include "config/setting_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mortise::config {

using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct ValueError {
    base::Code code{};
    std::string message; // names neither key nor origin; holds the value only when the setting is not secret
};

// Reads `text` by the type of `spec` and checks range, choices and length.
std::variant<Value, ValueError> parseValue(const SettingSpec& spec, std::string_view text);

// The one way this program writes a value: "true", "1500ms", "30s", "64KiB", "a, b". parseValue() reads it back.
std::string canonicalText(const SettingSpec& spec, const Value& value);

// "integer, 1 to 65535", "duration, 1s to 1h", "one of fail, disable": for messages and examples.
std::string describeRange(const SettingSpec& spec);

} // namespace mortise::config
