// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/module.h>

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace mortise::test {

// The module of a built plugin file, which stays mapped, as a host keeps it.
inline const mortise_module& pluginModule(const std::string& file) {
    void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) throw std::runtime_error(dlerror());
    const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(handle, MORTISE_MODULE_ENTRY_NAME));
    if (entry == nullptr) throw std::runtime_error(file + " has no entry");
    const mortise_module* const module = entry(MORTISE_ABI_MINOR, nullptr);
    if (module == nullptr) throw std::runtime_error(file + " refused");
    return *module;
}

} // namespace mortise::test
