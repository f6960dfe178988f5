// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/detail/unique_ptr.hpp>
#include <mortise/guard.hpp>
#include <mortise/turn.hpp>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// A point is a type that definer and contributors share, in the definer's header:
//
//   struct PaymentProviders {
//       static constexpr const char* pointId = "com.example.payments.provider/1";
//       using Table = payment_provider_table; // C: starts with uint32_t struct_size; functions take `self` first
//   };
//
// Contributors say setup.contribute<PaymentProviders>("stripe", table, self).

// All contributions to a point, for one generation: providers before their users. Borrowed for the call.
template<class Point>
class Contributions {
public:
    struct One {
        std::string_view plugin; // instance that contributed
        std::string_view name;
        typename Point::Table table; // in this build's shape: what the contributor does not have is null
        void* self = nullptr;
    };

    Contributions(const detail::Runtime& runtime, const mortise_contribution* list, std::uint32_t count,
                  std::uint32_t size, std::uint64_t generation)
        : runtime_(runtime), generation_(generation) {
        for (const mortise_contribution& one : detail::Elements<mortise_contribution>(list, count, size))
            all_.push_back(
                {text(one.plugin), text(one.name), detail::adopt<typename Point::Table>(one.table), one.self});
    }

    auto begin() const noexcept { return all_.begin(); }
    auto end() const noexcept { return all_.end(); }
    std::size_t size() const noexcept { return all_.size(); }
    std::uint64_t generation() const noexcept { return generation_; }

    // It cannot be used; `message` says why, without the name. build() then fails, whatever it returns, and the
    // operator gets every refusal with its plugin.
    void refuse(const One& one, std::string_view message) const {
        const auto& service = runtime_.contributions;
        if (service.table.refuse == nullptr) throw Invalid(std::string(one.name).append(": ").append(message));
        detail::raise(
            service.table.refuse(service.self, view(std::string_view(Point::pointId)), view(one.name), view(message)),
            "refuse: not while build() runs");
    }

private:
    const detail::Runtime& runtime_;
    std::uint64_t generation_;
    std::vector<One> all_;
};

// For the definer to derive from, which says defines<Point>() in MORTISE_PLUGIN. Object is what it makes of all
// contributions: one a generation, deleted on any thread once no request of that generation is left.
template<class Point, class Object>
class ExtensionPoint {
public:
    virtual ~ExtensionPoint() = default;
    // [control] Also with no contribution at all; may come while requests of another generation run. No effect outside
    // the object, and no call of a contribution, which may not have started: that is for requests. Throwing rejects the
    // start or the reload with what().
    virtual std::unique_ptr<Object> build(const Contributions<Point>& list) = 0;

protected:
    // [any] What was built for the generation of this request; it stays until the turn is over. Null: `turn` is not
    // one.
    const Object* collected(Turn turn) const noexcept {
        const auto& service = runtime_->contributions;
        void* object = nullptr;
        if (service.table.object == nullptr ||
            service.table.object(service.self, turn.handle(), view(std::string_view(Point::pointId)), &object) !=
                MORTISE_OK)
            return nullptr;
        return static_cast<const Object*>(object);
    }

private:
    template<class, class...>
    friend struct ModuleOf;
    const detail::Runtime* runtime_ = nullptr;
};

} // namespace v1
} // namespace mortise
