// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/elf_image.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::module {

// What a plugin file shows before any of its code runs. Sentences start with a verb, for the caller to put the file's
// name before.
struct ModuleCheck {
    std::optional<std::string> fault; // of several the first one in the order of the rules
    std::vector<std::string> warnings;
};

// The rules: the entry of our ABI major is exported; every needed library is one that this process has mapped under
// that very name, or belongs to the C and C++ runtime (a plugin is one file); no static thread-local storage (the room
// for it runs out after a few loads), no text relocations, no executable stack. `mappedFiles`: see
// base::SharedLibrary::mappedFiles().
ModuleCheck checkModuleFile(const base::ElfImage& image, std::span<const std::string> mappedFiles);

} // namespace mortise::module
