// SPDX-License-Identifier: Apache-2.0
#include "module/manifest.hpp"

#include "base/text.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mortise::module {

namespace {

std::string written(const std::string& text) {
    return "'" + base::printable(text) + "'";
}
std::string written(const std::vector<std::string>& list) {
    std::string all;
    for (const std::string& item : list) all.append(all.empty() ? "" : ", ").append(written(item));
    return '[' + all + ']';
}
std::string written(std::size_t number) {
    return std::to_string(number);
}
std::string written(bool flag) {
    return flag ? "true" : "false";
}
std::string written(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "none";
}
std::string written(const std::optional<double>& number) {
    if (!number) return "none";
    char digits[40];
    return {digits, std::to_chars(digits, digits + sizeof digits, *number).ptr};
}

// Keeps the first difference.
class Comparison {
public:
    template<class Value>
    void member(const std::string& name, const Value& manifest, const Value& module) {
        if (difference_ || manifest == module) return;
        difference_ = "has a manifest that differs from its code: " + name + " is " + written(manifest) +
                      " in the manifest and " + written(module) +
                      " in the code; make both from one source, as MORTISE_PLUGIN does, and rebuild the plugin";
    }

    std::optional<std::string> take() { return std::move(difference_); }

private:
    std::optional<std::string> difference_;
};

void compare(Comparison& found, const config::SettingSpec& manifest, const config::SettingSpec& module) {
    const auto name = [&](const char* member) {
        return std::string(member) + " of the setting '" + manifest.key + "'";
    };
    found.member(name("type"), std::string(config::typeName(manifest.type)),
                 std::string(config::typeName(module.type)));
    if (manifest.defaultKnown) found.member(name("default"), manifest.defaultText, module.defaultText);
    found.member(name("text"), manifest.text, module.text);
    found.member(name("unit"), manifest.unit, module.unit);
    found.member(name("choices"), manifest.choices, module.choices);
    found.member(name("pattern"), manifest.pattern, module.pattern);
    found.member(name("replaced_by"), manifest.replacedBy, module.replacedBy);
    found.member(name("environment"), manifest.environment, module.environment);
    found.member(name("minimum"), manifest.minimum, module.minimum);
    found.member(name("maximum"), manifest.maximum, module.maximum);
    found.member(name("minimum"), manifest.numberMinimum, module.numberMinimum);
    found.member(name("maximum"), manifest.numberMaximum, module.numberMaximum);
    found.member(name("minimum_length"), manifest.minLength, module.minLength);
    found.member(name("maximum_length"), manifest.maxLength, module.maxLength);
    found.member(name("secret"), manifest.secret, module.secret);
    found.member(name("needs_restart"), !manifest.reloadable, !module.reloadable);
    found.member(name("deprecated"), manifest.deprecated, module.deprecated);
}

} // namespace

std::optional<std::string> manifestDifference(const ModuleInfo& manifest, const ModuleInfo& module) {
    Comparison found;
    found.member("id", manifest.id, module.id);
    found.member("version", manifest.version, module.version);
    found.member("toolchain", manifest.toolchain, module.toolchain);
    found.member("licence", manifest.licence, module.licence);
    found.member<std::size_t>("abi.minor_built", manifest.abiMinorBuilt, module.abiMinorBuilt);
    found.member<std::size_t>("abi.minor_needed", manifest.abiMinorNeeded, module.abiMinorNeeded);
    found.member("needs", manifest.requiredServices, module.requiredServices);
    found.member("may_use", manifest.optionalServices, module.optionalServices);
    found.member("provides", manifest.providedServices, module.providedServices);
    found.member("extension_points", manifest.extensionPoints, module.extensionPoints);
    found.member("filters", manifest.filters, module.filters);
    found.member("extensions", manifest.extensions, module.extensions);
    found.member("example", manifest.inExample, module.inExample);
    found.member("number of settings", manifest.settings.size(), module.settings.size());
    for (std::size_t i = 0; i < manifest.settings.size() && i < module.settings.size(); ++i) {
        const config::SettingSpec& first = manifest.settings[i];
        const config::SettingSpec& second = module.settings[i];
        found.member("key of setting " + std::to_string(i + 1), first.key, second.key);
        compare(found, first, second);
    }
    return found.take();
}

} // namespace mortise::module
