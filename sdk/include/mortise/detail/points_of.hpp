// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/detail/plugin_lists.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/contributions.h>

#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// The C table behind them. T is the author's class; `self` is a T*.
template<class T, class... Lists>
struct PointsOf {
    static constexpr std::string_view extension = MORTISE_CONTRIBUTIONS_EXTENSION;

    static void bind(T& made, const Runtime& runtime) noexcept { (bindList(Lists{}, made, runtime), ...); }

    static const mortise_plugin_contributions* table() noexcept {
        static constexpr mortise_plugin_contributions made = {sizeof(mortise_plugin_contributions), 0, &build, &free};
        return &made;
    }

private:
    template<class Point, class Object>
    static ExtensionPoint<Point, Object>& pointOf(ExtensionPoint<Point, Object>& point) noexcept {
        return point;
    }
    template<class... Points>
    static void bindList(Defines<Points...>, T& made, const Runtime& runtime) noexcept {
        ((pointOf<Points>(made).runtime_ = &runtime), ...);
    }
    template<class List>
    static void bindList(List, T&, const Runtime&) noexcept {}

    // `use` gets the base of the point of that id.
    template<class Use>
    static bool withPoint(void* self, std::string_view id, const Use& use) {
        return (withList(Lists{}, *static_cast<T*>(self), id, use) || ...);
    }
    template<class... Points, class Use>
    static bool withList(Defines<Points...>, T& plugin, std::string_view id, const Use& use) {
        return ((id == Points::pointId && (use(pointOf<Points>(plugin)), true)) || ...);
    }
    template<class List, class Use>
    static bool withList(List, T&, std::string_view, const Use&) {
        return false;
    }

    template<class Point, class Object>
    static void* buildPoint(ExtensionPoint<Point, Object>& point, const mortise_contribution* list, std::uint32_t count,
                            std::uint32_t size, std::uint64_t generation) {
        const Contributions<Point> contributions(*point.runtime_, list, count, size, generation);
        return point.build(contributions).release();
    }
    static mortise_status build(void* self, mortise_view id, const mortise_contribution* list, std::uint32_t count,
                                std::uint32_t size, std::uint64_t generation, void** object,
                                mortise_error* error) noexcept {
        return guard(error, [&] {
            const auto use = [&](auto& point) { *object = buildPoint(point, list, count, size, generation); };
            if (!withPoint(self, text(id), use)) throw Invalid("it defines no such extension point");
        });
    }

    template<class Point, class Object>
    static void freePoint(ExtensionPoint<Point, Object>& point, void* object) noexcept {
        guardQuietly([&] { delete static_cast<Object*>(object); },
                     [&](std::string_view reason) {
                         point.runtime_->complain("An object of an extension point threw", reason);
                     });
    }
    static void free(void* self, mortise_view id, void* object) noexcept {
        static_cast<void>(withPoint(self, text(id), [&](auto& point) { freePoint(point, object); }));
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
