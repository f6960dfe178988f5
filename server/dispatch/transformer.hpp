// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/running_code.hpp"

#include <mortise/detail/status.hpp>
#include <mortise/service/filter.h>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::dispatch {

// What a filter does to the bytes of one response, released once. Thread: any, one at a time.
class Transformer {
public:
    // False: `plugin` is never called again.
    using MayCall = bool (*)(const void* plugin) noexcept;

    // `keeper` holds the code and the instance that are called, which is `plugin`. `owner` is one that Runtime::kept()
    // returned.
    Transformer(const mortise_transformer& theirs, std::shared_ptr<const void> keeper, const base::CodeOwner& owner,
                const void* plugin, MayCall mayCall) noexcept
        : keeper_(std::move(keeper)), owner_(&owner), plugin_(plugin), mayCall_(mayCall), theirs_(theirs) {}
    Transformer(const Transformer&) = delete;
    Transformer& operator=(const Transformer&) = delete;
    ~Transformer() {
        if (theirs_.release == nullptr || !mayCall_(plugin_)) return;
        const base::RunningCode running(*owner_, "release");
        theirs_.release(theirs_.context);
    }

    // Appends to `out` what `data` becomes. False: the plugin failed; it is not to be called any more.
    bool chunk(std::string_view data, bool last, bool flush, std::string& out) noexcept {
        if (!mayCall_(plugin_)) return false;
        Sink sink{out};
        const base::RunningCode running(*owner_, "transform");
        const mortise_status status =
            theirs_.chunk(theirs_.context, {data.data(), data.size()}, last ? 1 : 0, flush ? 1 : 0, &Sink::emit, &sink);
        return detail::peerStatus(status) == MORTISE_OK && !sink.full;
    }
    // Gives it back to the filter, which has it as before.
    void giveBack() noexcept { theirs_.release = nullptr; }
    const base::CodeOwner& owner() const noexcept { return *owner_; }

private:
    struct Sink {
        std::string& out;
        bool full = false; // no memory was left

        static void emit(void* self, mortise_view data) noexcept {
            Sink& sink = *static_cast<Sink*>(self);
            try {
                if (data.size != 0) sink.out.append(data.data, data.size);
            } catch (const std::exception&) {
                sink.full = true;
            }
        }
    };

    std::shared_ptr<const void> keeper_; // let go of after the rest
    const base::CodeOwner* owner_;
    const void* plugin_;
    MayCall mayCall_;
    mortise_transformer theirs_;
};

} // namespace mortise::dispatch
