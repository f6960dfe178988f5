// SPDX-License-Identifier: Apache-2.0
#include "config/resolve.hpp"

#include "base/file_access.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "config/environment.hpp"
#include "config/secret_file.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

namespace mortise::config {

namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Origin;

constexpr std::string_view fileSuffix = "_file";

// One value on its way to a setting.
struct Candidate {
    std::string text;    // the value, or the path of a file that holds it
    Origin origin;       // for diagnostics: where `text` is written
    bool isFile = false; // text is a path
    fs::path folder{};   // that a relative path starts from; empty for the working directory
};

class Resolver {
public:
    Resolver(const Layers& layers, std::span<const SectionSpec> specs, base::Diagnostics& diagnostics)
        : layers_(layers), specs_(specs), diagnostics_(diagnostics), names_(specs, diagnostics) {
        for (const SectionSpec& spec : specs_) sectionNames_.push_back(spec.name);
    }

    Settings run() {
        for (const Document& document : layers_.documents) reportUnknown(document);
        for (const Assignment& assignment : layers_.assignments) check(assignment);
        names_.reportUnknown(layers_.environment, diagnostics_);
        reportUnknownCredentials();
        std::vector<Section> sections;
        for (const SectionSpec& spec : specs_) {
            if (spec.opaque) continue;
            std::vector<Setting> settings;
            for (const SettingSpec& setting : spec.settings) settings.push_back(resolveOne(spec, setting));
            for (Setting& setting : settings)
                if (setting.spec.deprecated && !setting.isDefault) giveToReplacement(spec, setting, settings);
            reportEqualSecrets(spec, settings);
            sections.emplace_back(spec.name, std::move(settings), !unsound_.contains(spec.name));
        }
        return Settings(std::move(sections), layers_.folder.string());
    }

private:
    const SectionSpec* findSection(std::string_view name) const {
        const auto found =
            std::find_if(specs_.begin(), specs_.end(), [&](const auto& spec) { return spec.name == name; });
        return found == specs_.end() ? nullptr : &*found;
    }

    // A key of the section, or `<key>_file` of one of its secrets.
    static const SettingSpec* findSetting(const SectionSpec& section, std::string_view key) {
        if (const SettingSpec* const setting = section.find(key)) return setting;
        if (!key.ends_with(fileSuffix)) return nullptr;
        const SettingSpec* const setting = section.find(key.substr(0, key.size() - fileSuffix.size()));
        return setting != nullptr && setting->secret ? setting : nullptr;
    }

    // A mistake in one section.
    void fault(const SectionSpec& section, Code code, const Origin& origin, std::string message) {
        unsound_.insert(section.name);
        diagnostics_.error(code, origin, std::move(message));
    }

    void unknownSection(const std::string& name, const Origin& origin) {
        diagnostics_.error(Code::unknownSection, origin,
                           "unknown section [" + base::printable(name) + "]" + base::didYouMean(name, sectionNames_));
    }

    void unknownKey(const SectionSpec& section, std::string_view key, const Origin& origin) {
        std::vector<std::string> keys;
        for (const SettingSpec& setting : section.settings) {
            keys.push_back(setting.key);
            if (setting.secret) keys.push_back(setting.key + std::string(fileSuffix));
        }
        fault(section, Code::unknownKey, origin,
              "unknown key '" + base::printable(key) + "' in [" + section.name + "]" + base::didYouMean(key, keys));
    }

    void reportUnknown(const Document& document) {
        for (const SectionMention& mention : document.sections()) {
            if (findSection(mention.name) == nullptr) unknownSection(mention.name, mention.origin);
        }
        for (const Entry& entry : document.entries()) {
            const SectionSpec* const section = findSection(entry.section);
            if (section == nullptr || section->opaque) continue;
            if (findSetting(*section, entry.key) == nullptr) unknownKey(*section, entry.key, entry.origin);
        }
    }

    // The declared section that a path of --set begins with, the longest one of several.
    const SectionSpec* sectionOf(std::string_view path) const {
        const SectionSpec* best = nullptr;
        for (const SectionSpec& spec : specs_) {
            const bool begins = path.starts_with(spec.name) && path.substr(spec.name.size()).starts_with('.');
            if (begins && (best == nullptr || spec.name.size() > best->name.size())) best = &spec;
        }
        return best;
    }

    void check(const Assignment& assignment) {
        const Origin origin{"--set"};
        const SectionSpec* const section = sectionOf(assignment.path);
        if (section == nullptr) return unknownSection(assignment.path.substr(0, assignment.path.rfind('.')), origin);
        if (section->opaque) return;
        const std::string key = assignment.path.substr(section->name.size() + 1);
        const SettingSpec* const setting = findSetting(*section, key);
        if (setting == nullptr) return unknownKey(*section, key, origin);
        if (!setting->secret || setting->key != key) return;
        fault(*section, Code::secretOnCommandLine, origin,
              assignment.path +
                  " is a secret and is not taken from the command line, which other users can "
                  "read; write it into a configuration file, name a file with " +
                  key + std::string(fileSuffix) + ", set " + environmentName(section->name, key) + " or " +
                  environmentName(section->name, key) + "_FILE, or pass the systemd credential " + assignment.path);
    }

    void reportUnknownCredentials() {
        if (layers_.credentials.empty()) return;
        std::error_code error;
        std::vector<std::string> known;
        for (const SectionSpec& section : specs_) {
            for (const SettingSpec& setting : section.settings) known.push_back(section.name + '.' + setting.key);
        }
        for (fs::directory_iterator it(layers_.credentials, error), end; !error && it != end; it.increment(error)) {
            const std::string name = it->path().filename().string();
            const bool isOurs = name.starts_with("server.") || name.starts_with("plugin.");
            const SectionSpec* const section = sectionOf(name);
            if (!isOurs || (section != nullptr && section->opaque)) continue;
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            diagnostics_.error(Code::unknownCredential, {"credential " + base::printable(name)},
                               "no setting has this credential" + base::didYouMean(name, known));
        }
    }

    void twice(const SectionSpec& section, const SettingSpec& setting, const Origin& first, const Origin& second) {
        fault(section, Code::twoSources, second,
              section.name + '.' + setting.key + " is given here and by " + first.text() + "; keep one of them");
    }

    // Collects what the layers say of a setting, lowest first.
    std::vector<Candidate> candidates(const SectionSpec& section, const SettingSpec& setting) {
        std::vector<Candidate> all;
        for (const Document& document : layers_.documents) addFromDocument(document, section, setting, all);
        const std::string below = all.empty() ? setting.defaultText : all.back().text;
        if (const auto alias = aliasValue(section, setting, below, layers_.environment, diagnostics_)) {
            all.push_back({alias->text, {"environment " + alias->variable}});
        }
        addFromEnvironment(section, setting, all);
        const std::string path = section.name + '.' + setting.key;
        for (const Assignment& assignment : layers_.assignments) {
            if (assignment.path == path && !setting.secret) all.push_back({assignment.value, {"--set"}});
            if (assignment.path == path + std::string(fileSuffix) && setting.secret) {
                all.push_back({assignment.value, {"--set"}, true});
            }
        }
        return all;
    }

    void addFromDocument(const Document& document, const SectionSpec& section, const SettingSpec& setting,
                         std::vector<Candidate>& all) {
        const Entry* const entry = document.find(section.name, setting.key);
        if (entry != nullptr) all.push_back({entry->value, entry->valueOrigin});
        if (!setting.secret) return;
        const Entry* const file = document.find(section.name, setting.key + std::string(fileSuffix));
        if (file == nullptr) return;
        if (entry != nullptr) return twice(section, setting, entry->origin, file->origin);
        all.push_back({file->value, file->valueOrigin, true, fs::path(document.file()).parent_path()});
    }

    void addFromEnvironment(const SectionSpec& section, const SettingSpec& setting, std::vector<Candidate>& all) {
        const std::string path = section.name + '.' + setting.key;
        const std::string name = environmentName(section.name, setting.key);
        std::vector<Candidate> found;
        if (const auto variable = layers_.environment.find(name); variable != layers_.environment.end()) {
            found.push_back({variable->second, {"environment " + name}});
        }
        if (setting.secret) {
            const auto variable = layers_.environment.find(name + "_FILE");
            if (variable != layers_.environment.end()) {
                found.push_back({variable->second, {"environment " + name + "_FILE"}, true});
            }
        }
        if (!layers_.credentials.empty()) {
            std::error_code error;
            const fs::path file = layers_.credentials / path;
            if (fs::exists(file, error) || error == std::errc::permission_denied)
                found.push_back({file.string(), {"credential " + path}, true});
        }
        for (std::size_t i = 1; i < found.size(); ++i) twice(section, setting, found[0].origin, found[i].origin);
        if (!found.empty()) all.push_back(std::move(found.front()));
    }

    void makeAbsolute(Setting& setting) const {
        auto& path = std::get<std::string>(setting.value);
        if (path.empty() || fs::path(path).is_absolute()) return;
        const fs::path found = layers_.absolute(path);
        if (found != (layers_.folder / path).lexically_normal())
            setting.note =
                "from the working directory, as before; a relative path starts in " + layers_.folder.string();
        path = found.string();
    }

    // Without a value of anybody's.
    Setting unset(const SectionSpec& section, const SettingSpec& setting) {
        Setting result;
        result.spec = setting;
        result.origin = {setting.defaultKnown ? "default" : "set by the plugin"};
        if (!setting.defaultKnown) {
            result.value = emptyValue(setting.type);
            return result;
        }
        auto byDefault = parseValue(setting, setting.defaultText);
        if (auto* const error = std::get_if<ValueError>(&byDefault)) {
            fault(section, Code::badDeclaration, {"default"},
                  section.name + '.' + setting.key + ": the default: " + error->message);
        } else {
            result.value = std::get<Value>(std::move(byDefault));
            result.text = canonicalText(setting, result.value);
        }
        return result;
    }

    // Every value is checked, also one that a higher layer overrides; files are read only for the value that counts.
    Setting resolveOne(const SectionSpec& section, const SettingSpec& setting) {
        Setting result = unset(section, setting);
        const std::vector<Candidate> all = candidates(section, setting);
        for (const Candidate& candidate : all) {
            if (!candidate.isFile) {
                take(section, candidate.text, candidate.origin, candidate.origin, result);
            } else if (&candidate == &all.back()) {
                takeFile(section, candidate, result);
            }
        }
        if (!result.isDefault || setting.defaultKnown) {
            if (setting.type == SettingType::path) makeAbsolute(result);
            result.text = canonicalText(setting, result.value);
        }
        return result;
    }

    static Value emptyValue(SettingType type) {
        switch (type) {
        case SettingType::boolean:
            return Value(false);
        case SettingType::integer:
        case SettingType::duration:
        case SettingType::size:
            return Value(std::int64_t{0});
        case SettingType::number:
            return Value(0.0);
        case SettingType::list:
            return Value(std::vector<std::string>());
        default:
            return Value(std::string());
        }
    }

    // A value under a deprecated key is the replacement's; the deprecated setting itself then has its default.
    void giveToReplacement(const SectionSpec& section, Setting& deprecated, std::vector<Setting>& settings) {
        const std::string name = section.name + '.' + deprecated.spec.key;
        const std::string& key = deprecated.spec.replacedBy;
        const auto next = std::find_if(settings.begin(), settings.end(),
                                       [&](const Setting& setting) { return setting.spec.key == key; });
        if (key.empty() || next == settings.end()) {
            diagnostics_.warning(Code::deprecatedSetting, deprecated.origin,
                                 name + " is deprecated and has no replacement; take it out");
            return;
        }
        if (!next->isDefault)
            return fault(section, Code::twoSources, deprecated.origin,
                         name + " is deprecated, and its replacement " + key + " is given by " + next->origin.text() +
                             " as well; keep " + key);
        diagnostics_.warning(Code::deprecatedSetting, deprecated.origin,
                             name + " is deprecated; write " + key + " instead");
        take(section, deprecated.text, deprecated.origin, deprecated.origin, *next);
        next->text = canonicalText(next->spec, next->value);
        deprecated = unset(section, deprecated.spec);
    }

    void take(const SectionSpec& section, std::string_view text, const Origin& written, const Origin& shown,
              Setting& result) {
        auto parsed = parseValue(result.spec, text);
        if (auto* const error = std::get_if<ValueError>(&parsed)) {
            fault(section, error->code, written, section.name + '.' + result.spec.key + ": " + error->message);
            return;
        }
        result.value = std::get<Value>(std::move(parsed));
        result.origin = shown;
        result.isDefault = false;
    }

    void takeFile(const SectionSpec& section, const Candidate& candidate, Setting& result) {
        // folder / absolute is the absolute path
        const fs::path path = candidate.folder / candidate.text;
        const auto content = readSecretFile(path);
        if (const auto* const unusable = std::get_if<SecretFileFault>(&content)) {
            fault(section, Code::secretFile, candidate.origin,
                  section.name + '.' + result.spec.key + ": " + unusable->message);
            return;
        }
        const bool isCredential = candidate.origin.file.starts_with("credential ");
        if (!isCredential && base::isOpenToOthers(path))
            diagnostics_.warning(Code::secretExposed, candidate.origin,
                                 section.name + '.' + result.spec.key + ": the file '" +
                                     base::printable(path.string(), 4096) +
                                     "' can be read or changed by every user of this machine; chmod o= it");
        else if (const auto exposure = isCredential ? std::nullopt : base::changeableByOthers(path))
            diagnostics_.warning(Code::changeableByOthers, candidate.origin,
                                 section.name + '.' + result.spec.key +
                                     ": others may put another secret in its place: " + exposure->message);
        const Origin shown =
            isCredential ? candidate.origin : Origin{path.string() + " (" + candidate.origin.text() + ")"};
        take(section, std::get<std::string>(content), candidate.origin, shown, result);
    }

    void reportEqualSecrets(const SectionSpec& section, const std::vector<Setting>& settings) {
        for (std::size_t i = 0; i < settings.size(); ++i) {
            for (std::size_t j = i + 1; j < settings.size(); ++j) {
                const Setting& first = settings[i];
                const Setting& second = settings[j];
                if (!first.spec.secret || !second.spec.secret || first.text.empty() || first.text != second.text)
                    continue;
                fault(section, Code::equalSecrets, second.origin,
                      "the secrets " + first.spec.key + " (" + first.origin.text() + ") and " + second.spec.key +
                          " of [" + section.name + "] have the same value; give each its own");
            }
        }
    }

    const Layers& layers_;
    std::span<const SectionSpec> specs_;
    base::Diagnostics& diagnostics_;
    EnvironmentNames names_;
    std::vector<std::string> sectionNames_;
    std::set<std::string> unsound_; // sections with mistakes
};

} // namespace

Settings resolve(const Layers& layers, std::span<const SectionSpec> specs, base::Diagnostics& diagnostics) {
    return Resolver(layers, specs, diagnostics).run();
}

} // namespace mortise::config
