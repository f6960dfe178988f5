// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/setting_spec.hpp"

#include <map>
#include <span>
#include <string>

namespace mortise::config {

struct ExampleOptions {
    std::string heading;                       // comment at the top, may have several lines
    std::map<std::string, std::string> values; // "plugin.users.enabled" -> "true": written as active lines
    bool allActive = false;                    // defaults as active lines too, instead of commented out
};

// A complete example: every section and key with its sentence, type, range, unit and default. readIni() and readXml()
// read it, and both give the same settings. Secrets are always commented out.
std::string renderIni(std::span<const SectionSpec> specs, const ExampleOptions& options = {});
std::string renderXml(std::span<const SectionSpec> specs, const ExampleOptions& options = {});

} // namespace mortise::config
