// SPDX-License-Identifier: Apache-2.0
#include "base/shared_library.hpp"

#include <dlfcn.h>
#include <link.h>

#include <utility>

namespace mortise::base {

Outcome<SharedLibrary> SharedLibrary::open(const std::string& path) {
    if (path.find('/') == std::string::npos) return Fault{path + ": a library is opened by path, not by name"};
    void* const mapped = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (mapped != nullptr) return SharedLibrary(mapped, path, true);
    dlerror();
    void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* const reason = dlerror();
        return Fault{reason == nullptr ? path + ": the loader gave no reason" : reason};
    }
    return SharedLibrary(handle, path, false);
}

void* SharedLibrary::symbol(const char* name) const noexcept {
    if (handle_ == nullptr) return nullptr;
    void* const address = dlsym(handle_, name);
    link_map* own = nullptr;
    if (address == nullptr || dlinfo(handle_, RTLD_DI_LINKMAP, &own) != 0) return nullptr;
    Dl_info info{};
    void* holder = nullptr;
    if (dladdr1(address, &info, &holder, RTLD_DL_LINKMAP) == 0 || holder != own) return nullptr;
    return address;
}

void SharedLibrary::unload() noexcept {
    if (handle_ != nullptr) dlclose(std::exchange(handle_, nullptr));
}

std::vector<std::string> SharedLibrary::mappedFiles() {
    std::vector<std::string> files;
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* list) {
            const std::string name = info->dlpi_name;
            // The program has no name, the vDSO no file.
            if (name.find('/') != std::string::npos) static_cast<std::vector<std::string>*>(list)->push_back(name);
            return 0;
        },
        &files);
    return files;
}

} // namespace mortise::base
