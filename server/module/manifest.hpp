// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/elf_notes.hpp"
#include "base/outcome.hpp"
#include "module/module.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mortise::module {

// What a plugin file says of itself without being run (mortise/abi/manifest.h), checked as strictly as what its code
// says; defaults of settings may be unknown (config::SettingSpec::defaultKnown).
//
// A fault starts with a verb, for the caller to put the file's name before: what base::readElfNotes() says, no
// manifest, two, a damaged or overlong one, no JSON, a member twice, of the wrong kind or with an impossible value,
// another draft of the interface. Work and memory are linear in the note's size, which is bounded.
base::Outcome<ModuleInfo> readManifest(const std::string& file);
base::Outcome<ModuleInfo> manifestOf(std::span<const base::ElfNote> notes);
base::Outcome<ModuleInfo> parseManifest(std::string_view json);
// After the ELF checks of a load (module_check.hpp): as much as can be said of a file without running it.
base::Outcome<ModuleInfo> inspectModule(const std::string& file);

// The first member by which a file's code says otherwise than its manifest, with both values: starts with a verb.
std::optional<std::string> manifestDifference(const ModuleInfo& manifest, const ModuleInfo& module);

} // namespace mortise::module
