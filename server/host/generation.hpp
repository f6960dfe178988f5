// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/settings.hpp"
#include "host/contribution.hpp"
#include "host/instance.hpp"
#include "host/log_hub.hpp"
#include "host/migrator_call.hpp"
#include "host/serving_settings.hpp"

#include <mortise/service/authenticator.h>
#include <mortise/service/command.h>
#include <mortise/service/database.h>
#include <mortise/service/filter.h>
#include <mortise/service/log.h>
#include <mortise/service/migrations.h>
#include <mortise/service/readiness.h>
#include <mortise/service/router.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

inline constexpr std::size_t phaseCount = 8;

// A filter in the chain of one phase.
struct FilterLink {
    mortise_filter filter{};
    Instance* owner = nullptr;
    std::uint32_t slot = 0; // of its word in an exchange; the same in every phase
};

struct ReadinessCheck {
    mortise_plugin_readiness table{};
    Instance* owner = nullptr;
};

struct CommandEntry {
    mortise_command command{};
    Instance* owner = nullptr;
};

// The result of matching a path. Views point into the path given.
struct RouteMatch {
    const Route* route = nullptr;
    mortise_router_match parameters{};
};

// Settings, instances and all that was built from what they declared. Immutable once it serves;
// requests that began in it end in it. Thread: any, once built.
class Generation {
public:
    Generation(std::uint64_t number, config::Settings settings, const ServingSettings& serving)
        : number_(number), settings_(std::move(settings)), serving_(serving) {}
    // Frees the matcher and the objects of extension points. Instances are not stopped here: see GenerationKeeper.
    ~Generation();
    Generation(const Generation&) = delete;
    Generation& operator=(const Generation&) = delete;

    std::uint64_t number() const noexcept { return number_; }
    const config::Settings& settings() const noexcept { return settings_; }
    const ServingSettings& serving() const noexcept { return serving_; }
    const std::vector<std::shared_ptr<Instance>>& instances() const noexcept { return instances_; } // providers first
    std::shared_ptr<Instance> find(std::string_view name) const;

    // Its router is never called again: nothing is to be matched any more.
    bool routerQuarantined() const noexcept { return routerOwner_ != nullptr && routerOwner_->quarantined(); }
    // `path` is normalised (see normalisePath). False: no such route for this method.
    bool match(http::Method method, std::string_view path, RouteMatch& match) const noexcept;
    // Value of an Allow field for a path, empty when no method has a route there.
    std::string allowedMethods(std::string_view path) const;

    const std::vector<FilterLink>& filters(std::size_t phase) const noexcept { return filters_[phase]; } // 0 is accept
    std::size_t filterSlots() const noexcept { return filterSlots_; }
    const mortise_plugin_authenticator& authenticator() const noexcept { return authenticator_; }
    Instance* authenticatorOwner() const noexcept { return authenticatorOwner_; } // null: none
    bool readsOnLoop() const noexcept { return readsOnLoop_; }
    // How many calls of plugins that use the database may be on workers at a time; 0: any number.
    std::uint32_t databaseWidth() const noexcept { return databaseWidth_; }
    const std::vector<const Route*>& routes() const noexcept { return routes_; }
    const std::vector<ReadinessCheck>& readinessChecks() const noexcept { return readiness_; }
    const std::vector<CommandEntry>& commands() const noexcept { return commands_; }
    // Nothing where nothing of a schema is declared, or nobody runs migrations.
    std::optional<MigratorCall> migrator() const;
    // Of an extension point that an instance defines; null: none does.
    const PointObject* pointObject(std::string_view point) const noexcept;
    // Contributions to extension points that none of its instances defines.
    struct Uncollected {
        const Instance* plugin;
        const Contribution* contribution;
    };
    std::vector<Uncollected> uncollected() const;
    const std::shared_ptr<const LogSink>& logSink() const noexcept { return logSink_; } // null: none

private:
    friend class GenerationBuilder;
    friend class Assembly;

    const std::uint64_t number_;
    const config::Settings settings_;
    const ServingSettings serving_;
    std::vector<std::shared_ptr<Instance>> instances_;
    std::vector<const Route*> routes_;
    mortise_plugin_router router_{};
    Instance* routerOwner_ = nullptr;
    void* matcher_ = nullptr;
    std::array<std::vector<FilterLink>, phaseCount> filters_;
    std::size_t filterSlots_ = 0;
    mortise_plugin_authenticator authenticator_{};
    Instance* authenticatorOwner_ = nullptr;
    bool readsOnLoop_ = false;
    std::uint32_t databaseWidth_ = 0;
    mortise_plugin_migrator migrator_{};
    Instance* migratorOwner_ = nullptr;
    DeclaredSchema schema_;
    std::vector<ReadinessCheck> readiness_;
    std::vector<CommandEntry> commands_;
    std::shared_ptr<const LogSink> logSink_;
    std::vector<std::unique_ptr<PointObject>> pointObjects_; // before the instances
};

} // namespace mortise::host
