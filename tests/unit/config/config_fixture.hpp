// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/layers.hpp"
#include "config/resolve.hpp"
#include "config/setting_spec.hpp"
#include "config/settings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace mortise::tests {

inline config::SettingSpec spec(std::string key, config::SettingType type, std::string defaultText) {
    config::SettingSpec made;
    made.key = std::move(key);
    made.type = type;
    made.defaultText = std::move(defaultText);
    made.text = "Sentence about " + made.key + '.';
    return made;
}

// Sections that look like the real ones: every type, secrets, a name with a hyphen.
inline std::vector<config::SectionSpec> sampleSections() {
    using config::SettingType;
    config::SectionSpec server{"server", "The host.", {}};
    server.settings.push_back(spec("listen", SettingType::list, "127.0.0.1:8080"));
    server.settings.back().minimum = 1;
    server.settings.back().environment = {"PORT"};
    server.settings.push_back(spec("mode", SettingType::choice, "production"));
    server.settings.back().choices = {"production", "development"};
    server.settings.back().environment = {"NODE_ENV"};
    server.settings.push_back(spec("max_connections", SettingType::integer, "10000"));
    server.settings.back().minimum = 1;
    server.settings.back().maximum = 1'000'000;
    server.settings.push_back(spec("max_body_size", SettingType::size, "10MiB"));
    server.settings.back().maximum = 1024 * 1024 * 1024;
    server.settings.push_back(spec("idle_timeout", SettingType::duration, "75s"));
    server.settings.back().minimum = 1000;
    server.settings.back().maximum = 3'600'000;
    server.settings.back().unit = "s";
    server.settings.push_back(spec("loops", SettingType::integer, "0"));
    server.settings.back().reloadable = false;

    config::SectionSpec auth{"plugin.auth", "Tokens.", config::commonPluginSettings()};
    for (const char* key : {"access_secret", "refresh_secret"}) {
        auth.settings.push_back(spec(key, SettingType::text, ""));
        auth.settings.back().secret = true;
        auth.settings.back().minLength = 32;
    }
    auth.settings[auth.settings.size() - 2].environment = {"JWT_SECRET"};
    auth.settings.back().environment = {"JWT_REFRESH_SECRET"};
    config::SectionSpec database{"plugin.database", "SQL.", config::commonPluginSettings()};
    database.settings.push_back(spec("url", SettingType::text, "sqlite:///mortise.db"));
    database.settings.back().environment = {"DATABASE_URL", "DB_URL"};
    config::SectionSpec limit{"plugin.rate-limit", "Limits.", config::commonPluginSettings()};
    limit.settings.push_back(spec("max", SettingType::integer, "100"));
    limit.settings.push_back(spec("factor", SettingType::number, "1.5"));
    limit.settings.back().numberMinimum = 0.5;
    config::SectionSpec logging{"plugin.logging", "Logs.", config::commonPluginSettings()};
    logging.settings.push_back(spec("level", SettingType::choice, "info"));
    logging.settings.back().choices = {"debug", "info", "warn"};
    logging.settings.back().environment = {"LOG_LEVEL"};
    return {server, auth, database, limit, logging};
}

} // namespace mortise::tests
