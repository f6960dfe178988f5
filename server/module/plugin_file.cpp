// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "config/setting_spec.hpp"
#include "module/module_store.hpp"

#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

namespace mortise::module {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".so";

} // namespace

base::Outcome<std::string> findPluginFile(std::span<const std::string> folders, const std::string& name) {
    std::string searched;
    for (const std::string& folder : folders) {
        const fs::path file = fs::path(folder) / (name + std::string(suffix));
        std::error_code error;
        // Whatever it is: loading it tells what is wrong with it, also that this user may not look for it.
        const fs::file_status status = fs::symlink_status(file, error);
        if (fs::exists(status) || error == std::errc::permission_denied) return file.string();
        searched += (searched.empty() ? "" : ", ") + folder;
    }
    if (folders.empty()) return base::Fault{"there is no folder to look for plugin '" + name + "' in"};
    const std::vector<std::string> available = availablePlugins(folders);
    return base::Fault{"there is no plugin '" + name + "': no " + name + std::string(suffix) + " in " + searched +
                       base::didYouMean(name, available)};
}

std::vector<std::string> availablePlugins(std::span<const std::string> folders) {
    std::set<std::string> names;
    for (const std::string& folder : folders) {
        std::error_code error;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
            const fs::path& path = entry->path();
            std::error_code ignored;
            const bool fits = path.extension() == suffix && config::isSectionName("plugin." + path.stem().string());
            if (fits && entry->is_regular_file(ignored)) names.insert(path.stem().string());
        }
    }
    return {names.begin(), names.end()};
}

} // namespace mortise::module
