// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/for_each.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/detail/typed_values.hpp>
#include <mortise/detail/unique_ptr.hpp>
#include <mortise/guard.hpp>

#include <functional>
#include <string>
#include <tuple>
#include <utility>

// A service of one's own, in a header that both sides include:
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
// the other side does not have is ignored or keeps its default, see service/typed.h.
#define MORTISE_SERVICE(Type, ...)                                                             \
    [[maybe_unused]] constexpr auto mortiseService(::mortise::detail::Tag<Type>) {             \
        using MortiseSubject = Type;                                                           \
        return ::std::make_tuple(MORTISE_EACH(__VA_ARGS__)(MORTISE_SERVICE_ONE, __VA_ARGS__)); \
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
    std::function<Result(Arguments...)> call_;
};

namespace detail {

template<class T>
using Plain = std::remove_cv_t<std::remove_reference_t<T>>;

template<class Owner, class Signature>
struct ServiceMethod;
template<class Owner, class Result, class... Arguments>
struct ServiceMethod<Owner, Result(Arguments...)> {
    Method<Result(Arguments...)> Owner::*member;
    std::string_view name;

    std::string line() const {
        std::string arguments;
        ((arguments += (arguments.empty() ? "" : ",") + typeText<Arguments>()), ...);
        return std::string(name) + '(' + arguments + ')' + typeText<Result>() + '\n';
    }

    // The provider's side.
    void serve(const Owner& owner, const mortise_value* given, std::uint32_t count,
               void (*visit)(void*, const mortise_value*), void* context) const {
        std::tuple<Plain<Arguments>...> values{};
        std::uint32_t next = 0;
        const auto read = [&](auto& value) {
            if (next < count) readValue(given[next], value);
            ++next;
        };
        std::apply([&](auto&... value) { (read(value), ...); }, values);
        const auto call = [&](auto&... value) -> Result { return (owner.*member)(std::move(value)...); };
        if constexpr (std::is_void_v<Result>) {
            std::apply(call, values);
        } else {
            const auto result = std::apply(call, values);
            ValueWriter writer;
            const mortise_value out = writer(result);
            if (visit != nullptr) visit(context, &out);
        }
    }

    // The consumer's: a method that calls number `number` of the table.
    void connect(Owner& owner, const Service<mortise_typed_table>& service, std::uint32_t number) const {
        owner.*member = [service, number, what = name](Arguments... arguments) -> Result {
            ValueWriter writer;
            const std::array<mortise_value, sizeof...(Arguments) + 1> values{
                writer(static_cast<const Plain<Arguments>&>(arguments))..., mortise_value{}};
            ErrorText error;
            const std::string text(what);
            if constexpr (std::is_void_v<Result>) {
                raise(service.table.call(service.self, number, values.data(), sizeof...(Arguments), nullptr, nullptr,
                                         error.raw()),
                      text.c_str(), error);
            } else {
                struct Taken {
                    Result result{};
                    std::exception_ptr failure;
                } taken;
                const auto take = [](void* context, const mortise_value* result) {
                    auto& into = *static_cast<Taken*>(context);
                    try {
                        readValue(*result, into.result);
                    } catch (...) {
                        into.failure = std::current_exception();
                    }
                };
                raise(service.table.call(service.self, number, values.data(), sizeof...(Arguments), take, &taken,
                                         error.raw()),
                      text.c_str(), error);
                if (taken.failure) std::rethrow_exception(taken.failure);
                return std::move(taken.result);
            }
        };
    }
};
template<class Owner, class Signature>
constexpr ServiceMethod<Owner, Signature> serviceMethod(Method<Signature> Owner::*member, std::string_view name) {
    return {member, name};
}

template<class S>
const std::string& serviceDescription() {
    static const std::string made = std::apply(
        [](const auto&... method) {
            std::string lines;
            ((lines += method.line()), ...);
            return lines;
        },
        mortiseService(Tag<S>{}));
    return made;
}

inline std::uint64_t descriptionHash(std::string_view description) noexcept {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : description) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

// What an instance offers.
template<class S>
class TypedProvider final : public OfferedService {
public:
    explicit TypedProvider(S service) : service_(std::move(service)) {}

    std::string_view id() const noexcept override { return S::serviceId; }
    mortise_service open() override {
        static const mortise_typed_table table = {
            sizeof(mortise_typed_table),
            0,
            view(serviceDescription<S>()),
            descriptionHash(serviceDescription<S>()),
            &call,
        };
        return {&table, this};
    }

private:
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
            std::apply([&](const auto&... method) { (one(method), ...); }, mortiseService(Tag<S>{}));
            return found ? MORTISE_OK : MORTISE_UNSUPPORTED;
        });
    }

    S service_;
};

// The service as a consumer calls it; one that is not there has no methods. Throws Invalid for descriptions that do not
// go together.
template<class S, std::enable_if_t<IsTyped<S>::value, int> = 0>
S connectService(Tag<S>, const mortise_host* host) {
    S made{};
    const auto service = resolve<mortise_typed_table>(host, S::serviceId);
    if (!service || service.table.call == nullptr) return made;
    const std::string& own = serviceDescription<S>();
    if (service.table.description_hash != descriptionHash(own))
        if (const std::string lines = differentMethod(text(service.table.description), own); !lines.empty())
            throw Invalid("service '" + std::string(S::serviceId) +
                          "': provider and consumer were built with descriptions "
                          "that do not go together: " +
                          lines);
    std::uint32_t number = 0;
    const auto given = text(service.table.description);
    const auto methods = static_cast<std::uint32_t>(std::count(given.begin(), given.end(), '\n'));
    const auto one = [&](const auto& method) {
        if (number < methods) method.connect(made, service, number);
        ++number;
    };
    std::apply([&](const auto&... method) { (one(method), ...); }, mortiseService(Tag<S>{}));
    return made;
}

} // namespace detail
} // namespace v1
} // namespace mortise
