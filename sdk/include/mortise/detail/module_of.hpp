// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/module.h>
#include <mortise/detail/extensions.hpp>
#include <mortise/detail/plugin_lists.hpp>
#include <mortise/extension_point.hpp>
#include <mortise/plugin_base.hpp>

namespace mortise {
inline namespace v1 {

// What stands between a C++ plugin class and the C interface: every thunk is noexcept and fails closed.
template<class T, class... Lists>
struct ModuleOf {
    static_assert(std::is_base_of_v<PluginBase, T>, "a plugin derives from mortise::Plugin<Settings>");
    static_assert(std::is_default_constructible_v<T>, "a plugin is made without arguments");

    std::vector<mortise_view> required, optional, provided, points;
    mortise_module module{};

    ModuleOf(std::string_view id, std::string_view version, const Lists&... lists) {
        (list(lists), ...);
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
        module.settings = settings.rows.data();
        module.required_service_count = static_cast<std::uint32_t>(required.size());
        module.optional_service_count = static_cast<std::uint32_t>(optional.size());
        module.provided_service_count = static_cast<std::uint32_t>(provided.size());
        module.extension_point_count = static_cast<std::uint32_t>(points.size());
        module.setting_count = static_cast<std::uint32_t>(settings.rows.size());
        module.setting_size = sizeof(mortise_setting);
        module.create = &create;
    }
    ModuleOf(const ModuleOf&) = delete;
    ModuleOf& operator=(const ModuleOf&) = delete;

private:
    template<class... Services>
    void list(Needs<Services...>) {
        (required.push_back(view(Services::serviceId)), ...);
    }
    template<class... Services>
    void list(MayUse<Services...>) {
        (optional.push_back(view(Services::serviceId)), ...);
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
    void list(detail::Licence given) { module.licence = view(given.expression); }

    static PluginBase& base(void* self) noexcept { return *static_cast<T*>(self); }
    static detail::Runtime& runtime(void* self) noexcept { return base(self).runtime_; }
    static void complain(void* self, const char* where, std::string_view reason) noexcept {
        runtime(self).complain(where, reason);
    }

    static mortise_status create(const mortise_host* host, const mortise_plugin** plugin,
                                 mortise_error* error) noexcept {
        return detail::guard(error, [&] {
            if (host == nullptr || plugin == nullptr) throw Invalid("the host gave no host or no place for the plugin");
            auto made = std::make_unique<T>();
            PluginBase& self = base(made.get());
            self.runtime_.host = host;
            (bindPoints(Lists{}, *made), ...);
            self.shown_ = {sizeof(mortise_plugin), 0, made.get(), &table};
            *plugin = &self.shown_;
            made.release();
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
            base(self).configure(setup);
            detail::checkFinished(r);
            seal(r);
        });
    }
    // In this build's shape, whatever stride the host has.
    static std::vector<mortise_setting_value> settingValues(const mortise_configuration& configuration) {
        const detail::Elements<mortise_setting_value> values(configuration.values, configuration.value_count,
                                                             configuration.value_size);
        return {values.begin(), values.end()};
    }
    static mortise_status start(void* self, mortise_error* error) noexcept {
        return detail::guard(error, [&] { base(self).start(); });
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
        detail::Runtime& r = runtime(self);
        if (id == MORTISE_FILTER_EXTENSION && !r.filters.empty()) return &r.filterExtension;
        if (id == MORTISE_COMMAND_EXTENSION && !r.commands.empty()) return &r.commandExtension;
        if (id == MORTISE_MIGRATIONS_EXTENSION && !r.migrations.empty()) return &r.migrationExtension;
        if constexpr (std::is_base_of_v<Router, T>)
            if (id == MORTISE_ROUTER_EXTENSION) return detail::routerTable<T>();
        if constexpr (std::is_base_of_v<Authenticator, T>)
            if (id == MORTISE_AUTHENTICATOR_EXTENSION) return authenticatorTable(self);
        if constexpr (std::is_base_of_v<Readiness, T>)
            if (id == MORTISE_READINESS_EXTENSION) return detail::readinessTable<T>();
        if constexpr (std::is_base_of_v<LogSink, T>)
            if (id == MORTISE_LOG_SINK_EXTENSION) return detail::logSinkTable<T>();
        if constexpr (std::is_base_of_v<Migrator, T>)
            if (id == MORTISE_MIGRATOR_EXTENSION) return detail::migratorTable<T>();
        if constexpr (std::is_base_of_v<Handover, T>)
            if (id == MORTISE_HANDOVER_EXTENSION) return detail::handoverTable<T>();
        if constexpr (std::is_base_of_v<Placement, T>)
            if (id == MORTISE_PLACEMENT_EXTENSION) return detail::placementTable<T>();
        if constexpr ((definesPoints(Lists{}) || ...))
            if (id == MORTISE_CONTRIBUTIONS_EXTENSION) return &contributionTable;
        return base(self).extension(id);
    }

    // The extension points that it defines.
    template<class... Points>
    static constexpr bool definesPoints(Defines<Points...>) {
        return sizeof...(Points) != 0;
    }
    template<class List>
    static constexpr bool definesPoints(List) {
        return false;
    }
    template<class Point, class Object>
    static ExtensionPoint<Point, Object>& pointOf(ExtensionPoint<Point, Object>& point) noexcept {
        return point;
    }
    template<class... Points>
    static void bindPoints(Defines<Points...>, T& made) noexcept {
        ((pointOf<Points>(made).runtime_ = &base(&made).runtime_), ...);
    }
    template<class List>
    static void bindPoints(List, T&) noexcept {}

    template<class Point, class Object>
    static bool buildPoint(ExtensionPoint<Point, Object>& point, const mortise_contribution* list, std::uint32_t count,
                           std::uint32_t size, std::uint64_t generation, void** object) {
        const Contributions<Point> contributions(*point.runtime_, list, count, size, generation);
        *object = point.build(contributions).release();
        return true;
    }
    template<class Point, class Object>
    static bool freePoint(ExtensionPoint<Point, Object>&, void* object) {
        delete static_cast<Object*>(object);
        return true;
    }
    // `use` gets the base of the point of that id.
    template<class... Points, class Use>
    static bool withPoint(Defines<Points...>, T& plugin, std::string_view id, const Use& use) {
        return ((id == Points::pointId && use(pointOf<Points>(plugin))) || ...);
    }
    template<class List, class Use>
    static bool withPoint(List, T&, std::string_view, const Use&) {
        return false;
    }
    static constexpr mortise_plugin_contributions contributionTable = {
        sizeof(mortise_plugin_contributions),
        0,
        [](void* self, mortise_view id, const mortise_contribution* list, std::uint32_t count, std::uint32_t size,
           std::uint64_t generation, void** object, mortise_error* error) {
            return detail::guard(error, [&] {
                const auto use = [&](auto& point) { return buildPoint(point, list, count, size, generation, object); };
                if (!(withPoint(Lists{}, *static_cast<T*>(self), text(id), use) || ...))
                    throw Invalid("it defines no such extension point");
            });
        },
        [](void* self, mortise_view id, void* object) {
            detail::guardQuietly(
                [&] {
                    const auto use = [&](auto& point) { return freePoint(point, object); };
                    static_cast<void>((withPoint(Lists{}, *static_cast<T*>(self), text(id), use) || ...));
                },
                [&](std::string_view reason) { complain(self, "An object of an extension point threw", reason); });
        },
    };

    static mortise_status openService(void* self, mortise_view rawId, const mortise_consumer* peer,
                                      mortise_service* service, mortise_error* error) noexcept {
        return detail::guard(error, [&] {
            const std::string_view id = text(rawId);
            const Consumer consumer = Consumer::of(peer);
            if constexpr (std::is_base_of_v<UsersProvider, T>)
                if (id == MORTISE_USERS_SERVICE) {
                    *service = {detail::usersTable<T>(self), self};
                    return;
                }
            if (openDraft(detail::Tag<T>{}, self, id, consumer, *service)) return;
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
                if (closeDraft(detail::Tag<T>{}, self, id, service)) return;
                if constexpr (std::is_base_of_v<UsersProvider, T>)
                    if (id == MORTISE_USERS_SERVICE) return;
                for (const auto& offered : runtime(self).offered)
                    if (offered->id() == id) return;
                base(self).closeService(id, service);
            },
            [&](std::string_view reason) { complain(self, "closeService threw", reason); });
    }

    static const mortise_plugin_authenticator* authenticatorTable(void* self) noexcept {
        static constexpr auto call = [](void* s, mortise_exchange exchange, const mortise_request* request,
                                        const mortise_authentication* authentication) {
            return detail::authenticate<T>(runtime(s), s, exchange, request, authentication);
        };
        // One table a placement: the choice is the instance's, the tables are constant.
        static constexpr mortise_plugin_authenticator tables[] = {
            {sizeof(mortise_plugin_authenticator), MORTISE_PLACEMENT_WORKER, call},
            {sizeof(mortise_plugin_authenticator), MORTISE_PLACEMENT_LOOP, call},
            {sizeof(mortise_plugin_authenticator), MORTISE_PLACEMENT_DATABASE_READ, call},
        };
        std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
        detail::guardQuietly(
            [&] {
                placement = static_cast<std::uint32_t>(detail::as<Authenticator, T>(self).authenticatorPlacement());
            },
            [&](std::string_view reason) { complain(self, "authenticatorPlacement threw", reason); });
        return &tables[placement];
    }

    // After configure: what was declared gets its C form.
    static void seal(detail::Runtime& r) {
        for (const auto& filter : r.filters) r.rawFilters.push_back(detail::rawFilter(*filter));
        r.filterExtension = {sizeof(mortise_plugin_filter), static_cast<std::uint32_t>(r.rawFilters.size()),
                             sizeof(mortise_filter), 0, r.rawFilters.data()};
        for (const auto& command : r.commands)
            r.rawCommands.push_back({view(command->name), view(command->usage), view(command->summary),
                                     &detail::runCommand, command.get()});
        r.commandExtension = {sizeof(mortise_plugin_command), static_cast<std::uint32_t>(r.rawCommands.size()),
                              sizeof(mortise_command), 0, r.rawCommands.data()};
        r.migrationExtension = {sizeof(mortise_plugin_migrations), static_cast<std::uint32_t>(r.migrations.size()),
                                sizeof(mortise_migration), 0, r.migrations.data()};
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
