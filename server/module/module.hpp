// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "base/sha256.hpp"
#include "config/setting_spec.hpp"

#include <mortise/abi/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mortise::module {

// What a plugin file says of itself, checked and copied.
struct ModuleInfo {
    std::string id;
    std::string version;
    std::string toolchain;
    std::string licence; // SPDX, or ""
    std::uint32_t abiMinorBuilt = 0;
    std::uint32_t abiMinorNeeded = 0;
    std::vector<std::string> requiredServices;
    std::vector<std::string> optionalServices;
    std::vector<std::string> providedServices;
    std::vector<std::string> extensionPoints;
    std::vector<std::string> filters;          // names that its filters may have
    std::vector<std::string> extensions;       // given whatever the settings
    bool inExample = false;                    // enabled in the example configuration
    std::vector<config::SettingSpec> settings; // without the common ones; same order as the module's array
};

// The handshake: calls the entry and checks all that it returned. `raw` becomes a copy of the description, what it
// points to stays the file's. A fault starts with a verb, for the caller to put the file's name before; one about
// versions names both sides' and the way out. Runs the file's code: in a child first (see ModuleStore).
base::Outcome<ModuleInfo> readModule(mortise_module_entry entry, mortise_module& raw);

// One loaded plugin file. Its code stays mapped for the rest of the process. Immutable: any thread.
class Module {
public:
    Module(std::string path, std::string library, base::Sha256Digest hash, ModuleInfo info, const mortise_module& raw)
        : path_(std::move(path)), library_(std::move(library)), hash_(hash), info_(std::move(info)), raw_(raw) {}

    const std::string& path() const noexcept { return path_; }       // of the operator's file
    const std::string& library() const noexcept { return library_; } // the private copy that is mapped
    const base::Sha256Digest& hash() const noexcept { return hash_; }
    const ModuleInfo& info() const noexcept { return info_; }
    const mortise_module& raw() const noexcept { return raw_; }

private:
    std::string path_;
    std::string library_;
    base::Sha256Digest hash_;
    ModuleInfo info_;
    mortise_module raw_;
};

} // namespace mortise::module
