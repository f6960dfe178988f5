// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/guard.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/service/readiness.h>

#include <exception>

namespace mortise {
inline namespace v1 {

// For a plugin to derive from: mortise.plugin.readiness/1.
class Readiness {
public:
    virtual ~Readiness() = default;
    // [worker] Returns when ready, throws with a sentence for the log when not. Within a second.
    virtual void check() = 0;
};

// One outcome of a readiness round. `name` is an instance's name, "draining" or "loop".
struct ReadinessOutcome {
    std::string_view name;
    bool ready = false;
    std::string_view text;
};

// mortise.readiness/1: asks all checks of the generation that serves.
class ReadinessChecks {
public:
    explicit ReadinessChecks(const detail::Runtime& runtime) noexcept
        : service_(detail::resolve<mortise_readiness_table>(runtime.host, MORTISE_READINESS_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // [worker] visit(ReadinessOutcome) for each; views are borrowed for the call. True when all passed.
    template<class Visit>
    bool check(Visit&& visit) const {
        if (service_.table.check == nullptr) throw Absent(MORTISE_READINESS_SERVICE);
        Round<std::remove_reference_t<Visit>> round{&visit, nullptr};
        const mortise_status status = service_.table.check(service_.self, &round.call, &round);
        if (round.failure) std::rethrow_exception(round.failure);
        return detail::peerStatus(status) == MORTISE_OK;
    }

private:
    template<class Visit>
    struct Round {
        Visit* visit;
        std::exception_ptr failure;
        static void call(void* context, mortise_view name, mortise_status status, mortise_view reason) {
            auto& self = *static_cast<Round*>(context);
            if (self.failure) return;
            try {
                (*self.visit)(ReadinessOutcome{text(name), detail::peerStatus(status) == MORTISE_OK, text(reason)});
            } catch (...) {
                self.failure = std::current_exception();
            }
        }
    };

    detail::Service<mortise_readiness_table> service_;
};

inline ReadinessChecks PluginBase::readiness() const noexcept {
    return ReadinessChecks(runtime_);
}

namespace detail {

template<class T>
struct InterfaceId<Readiness, T> {
    static constexpr std::string_view value = MORTISE_READINESS_EXTENSION;
};

// The C table behind Readiness. T is the author's class; `self` is a T*.
template<class T>
const mortise_plugin_readiness* readinessTable() noexcept {
    static constexpr mortise_plugin_readiness table = {
        sizeof(mortise_plugin_readiness),
        0,
        [](void* self, mortise_error* error) { return guard(error, [&] { as<Readiness, T>(self).check(); }); },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
