// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>

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
    explicit ReadinessChecks(const detail::Runtime& runtime) noexcept : service_(&runtime.readiness) {}

    explicit operator bool() const noexcept { return static_cast<bool>(*service_); }

    // [worker] visit(ReadinessOutcome) for each; views are borrowed for the call. True when all passed.
    template<class Visit>
    bool check(Visit&& visit) const {
        if (service_->table.check == nullptr) throw Absent(MORTISE_READINESS_SERVICE);
        Round<std::remove_reference_t<Visit>> round{&visit, nullptr};
        const mortise_status status = service_->table.check(service_->self, &round.call, &round);
        if (round.failure) std::rethrow_exception(round.failure);
        return status == MORTISE_OK;
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
                (*self.visit)(ReadinessOutcome{text(name), status == MORTISE_OK, text(reason)});
            } catch (...) {
                self.failure = std::current_exception();
            }
        }
    };

    const detail::Service<mortise_readiness_table>* service_;
};

} // namespace v1
} // namespace mortise
