// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/points_of.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/guard.hpp>
#include <mortise/turn.hpp>

#include <cstdint>
#include <memory>
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
// Contributors name it in needs<>() or mayUse<>() and say setup.contribute<PaymentProviders>("stripe", table, self).
//
// Without C, such a type has methods and MORTISE_SERVICE in place of the table, as a service has (typed_service.hpp):
//
//   struct PaymentProviders {
//       static constexpr const char* pointId = "com.example.payments.provider/1";
//       mortise::Method<std::string(std::string_view order, std::int64_t cents)> charge;
//   };
//   MORTISE_SERVICE(PaymentProviders, method(charge))
//
// Contributors say setup.contribute("stripe", PaymentProviders{…}), and the definer calls one.methods.charge(order,
// cents), once requests are served. Contributors that were built with a description that does not go together are
// refused.

namespace detail {

// A contribution to a point of C tables.
template<class Point>
struct Contributed<Point, std::enable_if_t<HasTable<Point>::value && !IsTyped<Point>::value>> {
    std::string_view plugin; // instance that contributed
    std::string_view name;
    typename Point::Table table; // in this build's shape: what the contributor does not have is null
    void* self = nullptr;

    // Empty: nothing is wrong with any table.
    std::string connect(const mortise_contribution& from) {
        table = adopt<typename Point::Table>(from.table);
        self = from.self;
        return {};
    }
};

} // namespace detail

// All contributions to a point, for one generation: providers before their users. Borrowed for the call.
template<class Point>
class Contributions {
public:
    using One = detail::Contributed<Point>; // plugin, name, and table and self, or methods

    Contributions(const detail::Runtime& runtime, const mortise_contribution* list, std::uint32_t count,
                  std::uint32_t size, std::uint64_t generation)
        : runtime_(runtime), generation_(generation) {
        for (const mortise_contribution& from : detail::Elements<mortise_contribution>(list, count, size)) {
            One one{};
            one.plugin = text(from.plugin);
            one.name = text(from.name);
            if (const std::string fault = one.connect(from); fault.empty())
                all_.push_back(std::move(one));
            else
                refuse(one, fault);
        }
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

// What the definer built for the generation that serves, held outside of requests. Null: there is none.
template<class Object>
class HeldObject {
public:
    HeldObject() noexcept = default;
    HeldObject(const detail::Runtime& runtime, const void* object, void* lease) noexcept
        : runtime_(&runtime), object_(static_cast<const Object*>(object)), lease_(lease) {}
    HeldObject(HeldObject&& other) noexcept
        : runtime_(other.runtime_),
          object_(std::exchange(other.object_, nullptr)),
          lease_(std::exchange(other.lease_, nullptr)) {}
    HeldObject& operator=(HeldObject&&) = delete;
    ~HeldObject() {
        if (lease_ != nullptr) runtime_->contributions.table.release(runtime_->contributions.self, lease_);
    }

    const Object* get() const noexcept { return object_; }

private:
    const detail::Runtime* runtime_ = nullptr;
    const Object* object_ = nullptr;
    void* lease_ = nullptr;
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
    // [any] For one short piece of work that is no request's: what serves now, whose contributors are not stopped
    // before the result is gone. Null in `start`, and under a host that cannot.
    HeldObject<Object> hold() const noexcept {
        const auto& service = runtime_->contributions;
        void* object = nullptr;
        void* lease = nullptr;
        if (service.table.hold == nullptr || service.table.release == nullptr ||
            service.table.hold(service.self, view(std::string_view(Point::pointId)), &object, &lease) != MORTISE_OK)
            return {};
        return {*runtime_, object, lease};
    }

private:
    template<class, class...>
    friend struct detail::PointsOf;
    const detail::Runtime* runtime_ = nullptr;
};

} // namespace v1
} // namespace mortise
