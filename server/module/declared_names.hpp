// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/setting_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::module {

// What a plugin may be called and declare, the same rules for its manifest and its code. All leave by ModuleRefusal.

constexpr std::uint32_t maximumServices = 256;
constexpr std::uint32_t maximumSettings = 1024;
constexpr std::uint64_t maximumLengthBound = 1u << 20; // of minimum_length and maximum_length

// The text itself: not too long, UTF-8 without control characters. `what` names it.
std::string plainText(std::string_view text, std::string_view what);
// A reverse domain name such as "com.example.hello".
void requirePluginId(const std::string& id);
// A semantic version such as "1.4.0".
void requireVersion(const std::string& version);
// Minors of the interface that it was built with and needs, against this host's.
void requireMinors(std::uint32_t built, std::uint32_t needed);
// Appends an id such as "mortise.users/1", of which there is none yet. `kind`: "required service".
void addServiceId(std::vector<std::string>& list, std::string id, std::string_view kind);
// Likewise a name such as "rate-limit".
void addFilterName(std::vector<std::string>& list, std::string name, std::string_view kind);
// Keys that the host keeps for itself, lengths and patterns that a type cannot have, what config::checkDeclaration()
// finds.
void requireSettings(const std::vector<config::SettingSpec>& settings);

} // namespace mortise::module
