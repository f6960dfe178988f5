// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/elsewhere.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// A configuration as it is handed to the child that tries it: enough to make every instance again.
struct ConfigurationOrder {
    struct Plugin {
        std::string name;
        std::string path;    // of the operator's file
        std::string library; // the private copy that is loaded
        bool disableOnError = false;

        bool operator==(const Plugin&) const = default;
    };
    struct Value {
        std::string key;
        std::string text; // canonical; a secret in clear
        bool isDefault = true;

        bool operator==(const Value&) const = default;
    };
    struct Section {
        std::string name;
        std::vector<Value> values;

        bool operator==(const Section&) const = default;
    };

    std::string folder; // of the configuration
    std::vector<Plugin> plugins;
    std::vector<Section> sections; // [server] and those of the plugins
    Elsewhere elsewhere;           // as in BuildRequest
    bool partial = false;          // likewise

    bool operator==(const ConfigurationOrder&) const = default;
};

// Netstrings ("5:hello,"), lists with their count before them. Between two processes of the same build only.
std::string encodeOrder(const ConfigurationOrder& order);
// Nothing for what encodeOrder() does not write.
std::optional<ConfigurationOrder> decodeOrder(std::string_view text);

} // namespace mortise::host
