// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/module_of.hpp>

// MORTISE_PLUGIN(Class, "com.example.id", "1.0.0", needs<mortise::Users>(), mayUse<…>(),
// offers<mortise::UsersProvider>(), defines<…>())
//
// Once in a plugin, at global scope: the file's one export. Class derives from mortise::Plugin<Settings> and from any
// of Router, Authenticator, LogSink, Readiness, Migrator, Placement, UsersProvider, DatabaseProvider, which become its
// extensions.
#define MORTISE_PLUGIN(Class, ...)                                                                    \
    extern "C" MORTISE_EXPORT const ::mortise_module* MORTISE_MODULE_ENTRY(::std::uint32_t hostMinor, \
                                                                           ::mortise_error* error) {  \
        using ::mortise::defines;                                                                     \
        using ::mortise::mayUse;                                                                      \
        using ::mortise::needs;                                                                       \
        using ::mortise::offers;                                                                      \
        return ::mortise::moduleOf<Class>(hostMinor, error, __VA_ARGS__);                             \
    }

namespace mortise {
inline namespace v1 {

// What the exported function returns: made once, immutable, nothing else happens.
template<class T, class... Lists>
const mortise_module* moduleOf(std::uint32_t hostMinor, mortise_error* error, std::string_view id,
                               std::string_view version, Lists...) noexcept {
    const mortise_module* found = nullptr;
    detail::guard(error, [&] {
        if (hostMinor < MORTISE_ABI_MINOR_NEEDED)
            throw Error(std::string(id) + " " + std::string(version) + " needs interface 1." +
                        std::to_string(MORTISE_ABI_MINOR_NEEDED) + ", this host has 1." + std::to_string(hostMinor));
        static const ModuleOf<T, Lists...> made(id, version);
        found = &made.module;
    });
    return found;
}

} // namespace v1
} // namespace mortise
