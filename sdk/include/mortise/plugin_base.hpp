// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>
#include <mortise/consumer.hpp>
#include <mortise/detail/declaration_scope.hpp>
#include <mortise/log.hpp>
#include <mortise/settings.hpp>
#include <mortise/setup.hpp>

#include <chrono>
#include <cstdlib>

namespace mortise {
inline namespace v1 {

class Clock;
class Crypto;
class Json;
class Loops;
class Networks;
class Passwords;
class ReadinessChecks;
class Tasks;
class Timers;

namespace detail {

// Not <unistd.h> for access(), which is long.
inline bool exists(const std::string& path) noexcept {
    char* const resolved = ::realpath(path.c_str(), nullptr);
    ::free(resolved);
    return resolved != nullptr;
}

} // namespace detail

// What every plugin has, whatever its settings: its life and the host's services. The host calls the virtual functions
// one at a time, each on a thread of its own under a deadline:
//
//   constructor → configure → start → activate → (handlers run, concurrently) → drain → stop → destructor
//
// Services are there from `configure` on, not in the constructor. The destructor may come after any failure.
class PluginBase {
public:
    PluginBase() { detail::DeclarationScope::enter(runtime_); }
    PluginBase(const PluginBase&) = delete;
    PluginBase& operator=(const PluginBase&) = delete;
    virtual ~PluginBase() = default;

    // Validates the settings and declares routes, filters, …; no effect outside the instance. Throwing fails with
    // what().
    virtual void configure(Setup&) {}
    // Opens what is needed; other plugins' services are there from here on. Throwing fails with what().
    virtual void start() {}
    // The generation serves: background work begins. Cannot fail.
    virtual void activate() {}
    // No new request comes; finish what is open within the deadline.
    virtual void drain(std::chrono::milliseconds) {}
    // Close everything, join every thread.
    virtual void stop() {}
    // The C table of an extension beyond those of the interface classes, or nullptr. Its functions get the plugin
    // object (the type named in MORTISE_PLUGIN) as `self`. Asked after configure.
    virtual const void* extension(std::string_view) noexcept { return nullptr; }
    // A service of offers<>() beyond those of the interface classes: its C table, and the `self` that this consumer's
    // calls come with. Called after `start`, right before the consumer's. Throwing refuses with what(), for the
    // operator.
    virtual mortise_service openService(std::string_view id, const Consumer&) {
        throw Invalid("openService() does not know '" + std::string(id) + "'");
    }
    // The consumer does not call it any more. Once for each that was opened, before `stop`; not for a consumer that
    // missed a deadline.
    virtual void closeService(std::string_view, mortise_service) {}

protected:
    // Any thread, from `configure` on.
    Log log(std::string_view logger = {}) const noexcept { return Log(runtime_, logger); }
    std::string_view instanceName() const noexcept { return text(runtime_.host->instance_name); }
    // This instance's own, absolute; known from `configure` on, there from `start` on.
    const std::string& stateFolder() const noexcept { return runtime_.stateFolder; }     // survives restarts
    const std::string& cacheFolder() const noexcept { return runtime_.cacheFolder; }     // may be emptied in between
    const std::string& runtimeFolder() const noexcept { return runtime_.runtimeFolder; } // empty when the server starts
    // Where the file of that name is: in the state folder, or, where it is only there, directly in the server's state
    // directory, as before instances had folders. Nothing is moved; --print-config shows what lies there.
    std::string stateFile(std::string_view name) const {
        std::string here = stateFolder() + '/' + std::string(name);
        const std::size_t own = stateFolder().rfind("/plugins/");
        if (own == std::string::npos || detail::exists(here)) return here;
        std::string before = stateFolder().substr(0, own + 1) + std::string(name);
        if (detail::exists(before)) return before;
        return here;
    }
    // Absolute; of the main configuration file. Settings that are paths start there, and are absolute already.
    const std::string& configurationFolder() const noexcept { return runtime_.configurationFolder; }
    bool developmentMode() const noexcept { return runtime_.development; }
    bool checkOnly() const noexcept { return runtime_.checkOnly; } // nothing will be started
    // Include what it gives: crypto.hpp, passwords.hpp, …; tasks.hpp has the clock. Each call looks the service up.
    Crypto crypto() const noexcept;
    Passwords passwords() const noexcept;
    Timers timers() const noexcept;
    Tasks tasks() const noexcept;
    Clock clock() const noexcept;
    Json json() const noexcept;
    Networks networks() const noexcept;
    Loops loops() const noexcept;
    ReadinessChecks readiness() const noexcept;

    // [any] The last step before a COMMIT that is none of Database::transact: false when the host has ended the request
    // meanwhile, and then everything must be rolled back. After true nobody but the plugin replies, whatever becomes of
    // the commit. Asked again in the same turn it is true again; for Turn() it is true at once.
    [[nodiscard]] bool beginCommit(Turn turn) const { return detail::beginCommit(runtime_, turn); }
    // Until the request's deadline, past which nothing should be waited for on its behalf; 0 from there on.
    // milliseconds::max() where there is none: Turn(), a stream.
    std::chrono::milliseconds timeLeft(Turn turn) const noexcept { return detail::timeLeft(runtime_, turn); }

    // [any] A number of the request that any of its handles gives, and no other request of this process; 0: it is over.
    std::uint64_t requestNumber(Turn turn) const noexcept { return detail::requestNumber(runtime_, turn); }

    // [any], from `start` until `stop` has returned: another plugin's service, which MORTISE_PLUGIN names in needs<>()
    // or mayUse<>(). Keep the result. One that is not there is an object whose calls say "absent", never a null
    // pointer. Throws Invalid where it is not named, and before `start`.
    template<class ServiceClass>
    ServiceClass service() const {
        static_assert(detail::IsService<ServiceClass>::value,
                      "service<>(): this is no class of a service, which has a serviceId");
        if constexpr (detail::IsService<ServiceClass>::value) {
            mortise_service given{};
            detail::ErrorText error;
            const mortise_status status = runtime_.host->get_service(
                runtime_.host->context, view(std::string_view(ServiceClass::serviceId)), &given, error.raw());
            if (status < 0) detail::raise(status, "service()", error);
        }
        return connectService(detail::Tag<ServiceClass>{}, runtime_.host);
    }

    // [any], from `configure` on: whether a plugin of this configuration gives the service, which MORTISE_PLUGIN names
    // in needs<>() or mayUse<>(). From `start` on it may have refused it.
    template<class ServiceClass>
    bool isProvided() const {
        static_assert(detail::IsService<ServiceClass>::value,
                      "isProvided<>(): this is no class of a service, which has a serviceId");
        mortise_service given{};
        return detail::peerStatus(runtime_.host->get_service(runtime_.host->context,
                                                             view(std::string_view(ServiceClass::serviceId)), &given,
                                                             nullptr),
                                  MORTISE_ABSENT) != MORTISE_ABSENT;
    }

private:
    template<class, class...>
    friend struct ModuleOf;

    mortise_plugin shown_{}; // to the host

    virtual bool takeSettings(const mortise_setting_value* values, std::uint32_t count) = 0;

    detail::Runtime runtime_;

    template<class>
    friend class Plugin;
};

// What an author derives from, with the struct of MORTISE_SETTINGS.
template<class Settings = NoSettings>
class Plugin : public PluginBase {
public:
    using SettingsType = Settings;

protected:
    // Checked by the host; constant from `configure` on.
    const Settings& settings() const noexcept { return settings_; }

private:
    bool takeSettings(const mortise_setting_value* values, std::uint32_t count) final {
        return detail::decodeSettings(values, count, storage_, settings_);
    }

    Settings settings_{};
    detail::SettingStorage storage_;
};

} // namespace v1
} // namespace mortise
