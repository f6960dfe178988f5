// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/for_each.hpp>
#include <mortise/detail/function.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/detail/service_method.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/guard.hpp>

#include <algorithm>
#include <string>
#include <utility>

// A service of one's own, or an extension point, in a header that both sides include:
//
//   struct Links {
//       static constexpr const char* serviceId = "com.example.links/1";
//       mortise::Method<std::string(std::string_view url, int days)> shorten;
//       mortise::Method<std::optional<Link>(std::string_view id)> find;
//   };
//   MORTISE_SERVICE(Links, method(shorten), method(find))
//
// The provider says offers<Links>() in MORTISE_PLUGIN and setup.offer(Links{…}) in `configure`; others name it in
// needs<>() or mayUse<>() and call service<Links>().shorten(url, 7). Arguments and results are integers, numbers,
// texts, described structs, and optionals and vectors of these. Methods, arguments and members are appended only; what
// the other side does not have is ignored or keeps its default, see service/typed.h. With a pointId in place of the
// serviceId it is an extension point, see extension_point.hpp.
#define MORTISE_SERVICE(Type, ...)                                                                        \
    [[maybe_unused]] constexpr auto mortiseService(::mortise::detail::Tag<Type>) {                        \
        using MortiseSubject = Type;                                                                      \
        return ::mortise::detail::makeTuple(MORTISE_EACH(__VA_ARGS__)(MORTISE_SERVICE_ONE, __VA_ARGS__)); \
    }
#define MORTISE_SERVICE_ONE(x) MORTISE_SERVICE_OF_##x
#define MORTISE_SERVICE_OF_method(member) ::mortise::detail::serviceMethod(&MortiseSubject::member, #member)

namespace mortise {
inline namespace v1 {

// A method of a typed service. Calling one that is not there throws Absent; what the provider throws comes out as its
// status's exception, with its message.
template<class Signature>
class Method;
template<class Result, class... Arguments>
class Method<Result(Arguments...)> {
public:
    Method() = default;
    template<class Call, std::enable_if_t<std::is_invocable_r_v<Result, Call&, Arguments...>, int> = 0>
    Method(Call call) : call_(std::move(call)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(call_); }
    Result operator()(Arguments... arguments) const {
        if (!call_) throw Absent("the method of the service");
        return call_(std::forward<Arguments>(arguments)...);
    }

private:
    detail::Function<Result(Arguments...)> call_;
};

namespace detail {

template<class S>
const std::string& serviceDescription() {
    static const std::string made = unpack(
        [](const auto&... method) {
            std::string lines;
            ((lines += method.line()), ...);
            return lines;
        },
        mortiseService(Tag<S>{}));
    return made;
}

// What an instance offers or contributes.
template<class S>
class TypedProvider final : public OfferedService {
public:
    TypedProvider(std::string_view id, S service)
        : id_(id),
          service_(std::move(service)),
          description_(descriptionOf(service_)),
          table_{sizeof(mortise_typed_table), 0, view(std::string_view(description_)), descriptionHash(description_),
                 &call} {}

    std::string_view id() const noexcept override { return id_; }
    mortise_service open() override { return {&table_, this}; }

private:
    static std::string descriptionOf(const S& service) {
        std::string lines;
        const auto add = [&](const auto& method) {
            lines += method.isIn(service) ? method.line() : std::string(noMethod).append(1, '\n');
        };
        unpack([&](const auto&... method) { (add(method), ...); }, mortiseService(Tag<S>{}));
        return lines;
    }
    static mortise_status call(void* self, std::uint32_t number, const mortise_value* arguments, std::uint32_t count,
                               void (*visit)(void*, const mortise_value*), void* context, mortise_error* error) {
        return guard(error, [&]() -> mortise_status {
            const S& service = static_cast<TypedProvider*>(self)->service_;
            std::uint32_t next = 0;
            bool found = false;
            const auto one = [&](const auto& method) {
                if (next++ != number) return;
                found = true;
                method.serve(service, arguments, count, visit, context);
            };
            unpack([&](const auto&... method) { (one(method), ...); }, mortiseService(Tag<S>{}));
            return found ? MORTISE_OK : MORTISE_UNSUPPORTED;
        });
    }

    const std::string_view id_;
    const S service_;
    const std::string description_;
    const mortise_typed_table table_;
};

// The methods of `made` call those of `service`. Descriptions that do not go together: returns the lines that differ,
// and connects nothing.
template<class S>
std::string connectMethods(S& made, const Service<mortise_typed_table>& service) {
    const std::string& own = serviceDescription<S>();
    if (service.table.description_hash != descriptionHash(own))
        if (std::string lines = differentMethod(text(service.table.description), own); !lines.empty()) return lines;
    std::uint32_t number = 0;
    std::string_view given = text(service.table.description);
    const auto one = [&](const auto& method) {
        if (!given.empty() && takeLine(given) != noMethod) method.connect(made, service, number);
        ++number;
    };
    unpack([&](const auto&... method) { (one(method), ...); }, mortiseService(Tag<S>{}));
    return {};
}

// The service as a consumer calls it; one that is not there has no methods. Throws Invalid for descriptions that do not
// go together.
template<class S, std::enable_if_t<IsTyped<S>::value, int> = 0>
S connectService(Tag<S>, const mortise_host* host) {
    S made{};
    const auto service = resolve<mortise_typed_table>(host, S::serviceId);
    if (!service || service.table.call == nullptr) return made;
    if (const std::string lines = connectMethods(made, service); !lines.empty())
        throw Invalid("service '" + std::string(S::serviceId) +
                      "': provider and consumer were built with descriptions that do not go together: " + lines);
    return made;
}

// A contribution to a typed point.
template<class Point>
struct Contributed<Point, std::enable_if_t<IsTyped<Point>::value>> {
    std::string_view plugin; // instance that contributed
    std::string_view name;
    Point methods; // what the contributor does not have is empty

    // Empty, or why it cannot be used.
    std::string connect(const mortise_contribution& from) {
        const Service<mortise_typed_table> service{adopt<mortise_typed_table>(from.table), from.self};
        if (service.table.call == nullptr) return "its table has no function 'call'";
        const std::string lines = connectMethods(methods, service);
        return lines.empty() ? lines
                             : "contributor and definer were built with descriptions that do not go together: " + lines;
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
