// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/module.h>
#include <mortise/detail/declaration_scope.hpp>
#include <mortise/detail/extensions.hpp>
#include <mortise/detail/given_extensions.hpp>
#include <mortise/detail/plugin_lists.hpp>
#include <mortise/plugin_base.hpp>

namespace mortise {
inline namespace v1 {

// What stands between a C++ plugin class and the C interface: every thunk is noexcept and fails closed.
template<class T, class... Lists>
struct ModuleOf {
    static_assert(std::is_base_of_v<PluginBase, T>, "a plugin derives from mortise::Plugin<Settings>");
    static_assert(std::is_default_constructible_v<T>, "a plugin is made without arguments");

    std::vector<mortise_view> required, optional, provided, points, extensions, filterNames;
    mortise_module module{};

    ModuleOf(std::string_view id, std::string_view version, const Lists&... lists) {
        (list(lists), ...);
        detail::forGivenExtensions<T>([this](std::string_view extension) { extensions.push_back(view(extension)); });
        const auto& settings = detail::settingTable<typename T::SettingsType>();
        module.struct_size = sizeof module;
        module.abi_minor_built = MORTISE_ABI_MINOR;
        module.abi_minor_needed = MORTISE_ABI_MINOR_NEEDED;
        module.id = view(id);
        module.version = view(version);
        module.toolchain = view(detail::toolchain);
        module.required_services = required.data();
        module.optional_services = optional.data();
        module.provided_services = provided.data();
        module.extension_points = points.data();
        module.extensions = extensions.data();
        module.filters = filterNames.data();
        module.settings = settings.rows.data();
        module.required_service_count = static_cast<std::uint32_t>(required.size());
        module.optional_service_count = static_cast<std::uint32_t>(optional.size());
        module.provided_service_count = static_cast<std::uint32_t>(provided.size());
        module.extension_point_count = static_cast<std::uint32_t>(points.size());
        module.extension_count = static_cast<std::uint32_t>(extensions.size());
        module.filter_count = static_cast<std::uint32_t>(filterNames.size());
        module.setting_count = static_cast<std::uint32_t>(settings.rows.size());
        module.setting_size = sizeof(mortise_setting);
        module.create = &create;
    }
    ModuleOf(const ModuleOf&) = delete;
    ModuleOf& operator=(const ModuleOf&) = delete;

private:
    template<class... Services>
    void list(Needs<Services...>) {
        for (const std::string_view id : Needs<Services...>::ids) required.push_back(view(id));
    }
    template<class... Services>
    void list(MayUse<Services...>) {
        for (const std::string_view id : MayUse<Services...>::ids) optional.push_back(view(id));
    }
    template<class... Services>
    void list(Offers<Services...>) {
        static_assert(((std::is_base_of_v<Services, T> || detail::IsTyped<Services>::value) && ...),
                      "a plugin derives from what it offers, but for a service of MORTISE_SERVICE");
        (provided.push_back(view(Services::serviceId)), ...);
    }

    template<class... Points>
    void list(Defines<Points...>) {
        (points.push_back(view(Points::pointId)), ...);
    }
    template<std::size_t N>
    void list(const detail::FilterNames<N>& names) {
        for (const std::string_view name : names.ids) filterNames.push_back(view(name));
    }
    void list(detail::WholeFile) {}
    void list(detail::Licence given) { module.licence = view(given.expression); }
    void list(detail::InExample) { module.flags |= MORTISE_MODULE_IN_EXAMPLE; }

    static constexpr bool ownsFile = (std::is_same_v<Lists, detail::WholeFile> || ...);
    static constexpr bool definesPoints = (detail::isOfPoints<Lists>() || ...);
    static bool isNeeded([[maybe_unused]] std::string_view service) {
        return (detail::isNeededBy<Lists>(service) || ...);
    }

    static PluginBase& base(void* self) noexcept { return *static_cast<T*>(self); }
    static detail::Runtime& runtime(void* self) noexcept { return base(self).runtime_; }
    static void complain(void* self, const char* where, std::string_view reason) noexcept {
        runtime(self).complain(where, reason);
    }

    static mortise_status create(const mortise_host* host, const mortise_plugin** plugin,
                                 mortise_error* error) noexcept {
        return detail::guard(error, [&] {
            if (host == nullptr || plugin == nullptr) throw Invalid("the host gave no host or no place for the plugin");
            const detail::DeclarationScope scope;
            auto made = detail::Owned<T>::make();
            PluginBase& self = base(made.get());
            self.runtime_.host = host;
            if constexpr (definesPoints) detail::PointsOf<T, Lists...>::bind(*made, self.runtime_);
            self.shown_ = {sizeof(mortise_plugin), 0, made.get(), &table};
            *plugin = &self.shown_;
            static_cast<void>(made.release());
        });
    }
    static mortise_status configure(void* self, const mortise_configuration* peer, mortise_error* error) noexcept {
        return detail::guard(error, [&] {
            const auto configuration = detail::adopt<mortise_configuration>(peer);
            detail::Runtime& r = runtime(self);
            r.attach(r.host);
            r.stateFolder = text(configuration.state_folder);
            r.cacheFolder = text(configuration.cache_folder);
            r.runtimeFolder = text(configuration.runtime_folder);
            r.configurationFolder = text(configuration.configuration_folder);
            r.development = configuration.development != 0;
            r.checkOnly = configuration.check_only != 0;
            const auto values = settingValues(configuration);
            if (!base(self).takeSettings(values.data(), static_cast<std::uint32_t>(values.size())))
                throw Invalid("the host handed over another number of settings than were declared");
            Setup setup(r);
            r.plugin = &base(self);
            const detail::DeclarationScope scope(&r);
            base(self).configure(setup);
            if (ownsFile && detail::FileDeclarations::declare != nullptr) detail::FileDeclarations::declare(r);
            detail::checkFinished(r);
            for (const auto& declared : r.declared) declared->seal();
            r.routesBeingDeclared.clear();
        });
    }
    // In this build's shape, whatever stride the host has.
    static std::vector<mortise_setting_value> settingValues(const mortise_configuration& configuration) {
        const detail::Elements<mortise_setting_value> values(configuration.values, configuration.value_count,
                                                             configuration.value_size);
        return {values.begin(), values.end()};
    }
    static mortise_status start(void* self, mortise_error* error) noexcept {
        return detail::guard(error, [&] {
            const detail::Runtime& r = runtime(self);
            for (const auto& declared : r.declared) declared->start(*r.host, &isNeeded);
            base(self).start();
        });
    }
    static void activate(void* self) noexcept {
        detail::guardQuietly([&] { base(self).activate(); },
                             [&](std::string_view reason) { complain(self, "activate threw", reason); });
    }
    static void drain(void* self, std::uint64_t deadline) noexcept {
        detail::guardQuietly([&] { base(self).drain(std::chrono::milliseconds(static_cast<std::int64_t>(deadline))); },
                             [&](std::string_view reason) { complain(self, "drain threw", reason); });
    }
    static void stop(void* self) noexcept {
        detail::guardQuietly([&] { base(self).stop(); },
                             [&](std::string_view reason) { complain(self, "stop threw", reason); });
    }
    static void destroy(void* self) noexcept {
        detail::guardQuietly([&] { delete static_cast<T*>(self); }, [](std::string_view) {});
    }

    static const void* extension(void* self, mortise_view rawId) noexcept {
        const std::string_view id = text(rawId);
        for (const auto& declared : runtime(self).declared)
            if (declared->extension() == id && declared->table() != nullptr) return declared->table();
        if constexpr (std::is_base_of_v<Router, T>)
            if (id == detail::InterfaceId<Router, T>::value) return detail::routerTable<T>();
        if constexpr (std::is_base_of_v<Authenticator, T>)
            if (id == detail::InterfaceId<Authenticator, T>::value)
                return detail::authenticatorTable<T, &runtime>(self);
        if constexpr (std::is_base_of_v<Readiness, T>)
            if (id == detail::InterfaceId<Readiness, T>::value) return detail::readinessTable<T>();
        if constexpr (std::is_base_of_v<LogSink, T>)
            if (id == detail::InterfaceId<LogSink, T>::value) return detail::logSinkTable<T>();
        if constexpr (std::is_base_of_v<Migrator, T>)
            if (id == detail::InterfaceId<Migrator, T>::value) return detail::migratorTable<T>();
        if constexpr (std::is_base_of_v<Handover, T>)
            if (id == detail::InterfaceId<Handover, T>::value) return detail::handoverTable<T>();
        if constexpr (std::is_base_of_v<Placement, T>)
            if (id == detail::InterfaceId<Placement, T>::value) return detail::placementTable<T>();
        if constexpr (definesPoints)
            if (id == detail::PointsOf<T, Lists...>::extension) return detail::PointsOf<T, Lists...>::table();
        return base(self).extension(id);
    }

    static mortise_status openService(void* self, mortise_view rawId, const mortise_consumer* peer,
                                      mortise_service* service, mortise_error* error) noexcept {
        return detail::guard(error, [&] {
            const std::string_view id = text(rawId);
            const Consumer consumer = Consumer::of(peer);
            if constexpr (std::is_base_of_v<UsersProvider, T>)
                if (id == detail::InterfaceId<UsersProvider, T>::value) {
                    *service = {detail::usersTable<T>(self), self};
                    return;
                }
            if constexpr (std::is_base_of_v<DatabaseProvider, T>)
                if (id == detail::InterfaceId<DatabaseProvider, T>::value) {
                    *service = detail::openDatabase<T>(self, consumer);
                    return;
                }
            if constexpr (std::is_base_of_v<SqlDriverProvider, T>)
                if (id == detail::InterfaceId<SqlDriverProvider, T>::value) {
                    *service = {detail::sqlDriverTable<T>(), self};
                    return;
                }
            for (const auto& offered : runtime(self).offered)
                if (offered->id() == id) {
                    *service = offered->open();
                    return;
                }
            *service = base(self).openService(id, consumer);
        });
    }
    static void closeService(void* self, mortise_view rawId, mortise_service service) noexcept {
        detail::guardQuietly(
            [&] {
                const std::string_view id = text(rawId);
                if constexpr (std::is_base_of_v<DatabaseProvider, T>)
                    if (id == detail::InterfaceId<DatabaseProvider, T>::value)
                        return detail::closeDatabase<T>(self, service);
                if constexpr (std::is_base_of_v<SqlDriverProvider, T>)
                    if (id == detail::InterfaceId<SqlDriverProvider, T>::value) return;
                if constexpr (std::is_base_of_v<UsersProvider, T>)
                    if (id == detail::InterfaceId<UsersProvider, T>::value) return;
                for (const auto& offered : runtime(self).offered)
                    if (offered->id() == id) return;
                base(self).closeService(id, service);
            },
            [&](std::string_view reason) { complain(self, "closeService threw", reason); });
    }

    static constexpr mortise_plugin_table table = {
        sizeof(mortise_plugin_table),
        0,
        &configure,
        &start,
        &activate,
        &drain,
        &stop,
        &destroy,
        &extension,
        &openService,
        &closeService,
    };
};

} // namespace v1
} // namespace mortise
