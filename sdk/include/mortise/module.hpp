// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/manifest.hpp>
#include <mortise/detail/module_of.hpp>

// MORTISE_PLUGIN(Class, "com.example.id", "1.0.0", licence("Apache-2.0"), needs<mortise::Users>(), mayUse<…>(),
// offers<mortise::UsersProvider>(), defines<…>(), filters("example-log"), inExample())
//
// Once in a plugin, at global scope: the file's one export, and its manifest (abi/manifest.h), which the compiler
// makes. Class derives from mortise::Plugin<Settings> and from any of Router, Authenticator, LogSink, Readiness,
// Migrator, Placement, UsersProvider, DatabaseProvider, which become its extensions.
#define MORTISE_PLUGIN(Class, ...)                                                                                  \
    static constexpr auto mortiseParts = [] {                                                                       \
        using ::mortise::defines;                                                                                   \
        using ::mortise::filters;                                                                                   \
        using ::mortise::inExample;                                                                                 \
        using ::mortise::licence;                                                                                   \
        using ::mortise::mayUse;                                                                                    \
        using ::mortise::needs;                                                                                     \
        using ::mortise::offers;                                                                                    \
        return ::mortise::detail::pluginParts<Class>(__VA_ARGS__);                                                  \
    };                                                                                                              \
    MORTISE_MANIFEST_SECTION static constexpr auto mortiseManifest = ::mortise::detail::manifestNote(mortiseParts); \
    extern "C" MORTISE_EXPORT const ::mortise_module* MORTISE_MODULE_ENTRY(::std::uint32_t hostMinor,               \
                                                                           ::mortise_error* error) {                \
        return ::mortise::moduleOf(hostMinor, error, mortiseParts());                                               \
    }

namespace mortise {
inline namespace v1 {

// What the exported function returns: made once, immutable, nothing else happens.
template<class T, class... Lists>
const mortise_module* moduleOf(std::uint32_t hostMinor, mortise_error* error, std::string_view id,
                               std::string_view version, const Lists&... lists) noexcept {
    const mortise_module* found = nullptr;
    detail::guard(error, [&] {
        if (hostMinor < MORTISE_ABI_MINOR_NEEDED)
            throw Error(std::string(id) + " " + std::string(version) + " needs interface 1." +
                        std::to_string(MORTISE_ABI_MINOR_NEEDED) + ", this host has 1." + std::to_string(hostMinor));
        static const ModuleOf<T, Lists...> made(id, version, lists...);
        found = &made.module;
    });
    return found;
}

template<class T, class... Lists>
const mortise_module* moduleOf(std::uint32_t hostMinor, mortise_error* error,
                               const detail::PluginParts<T, Lists...>& parts) noexcept {
    return detail::unpack(
        [&](const auto&... list) {
            return moduleOf<T>(hostMinor, error, parts.id, parts.version, list..., detail::WholeFile());
        },
        parts.lists);
}

} // namespace v1
} // namespace mortise
