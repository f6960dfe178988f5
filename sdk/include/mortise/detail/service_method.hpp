// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/detail/typed_description.hpp>
#include <mortise/detail/typed_values.hpp>

#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {

template<class Signature>
class Method;

namespace detail {

template<class T>
using Plain = std::remove_cv_t<std::remove_reference_t<T>>;

// How a method of a typed service crosses the boundary, from either side.
template<class Owner, class Signature>
struct ServiceMethod;
template<class Owner, class Result, class... Arguments>
struct ServiceMethod<Owner, Result(Arguments...)> {
    static_assert(
        crosses<Result>() && (crosses<Arguments>() && ...),
        "MORTISE_SERVICE: arguments and results are integers, numbers, texts, structs with a MORTISE_DESCRIBE "
        "above it, and optionals and vectors of these");

    Method<Result(Arguments...)> Owner::*member;
    std::string_view name;

    std::string line() const {
        std::string arguments;
        ((arguments += (arguments.empty() ? "" : ",") + typeText<Arguments>()), ...);
        return std::string(name) + '(' + arguments + ')' + typeText<Result>() + '\n';
    }

    bool isIn(const Owner& owner) const noexcept { return static_cast<bool>(owner.*member); }

    // The provider's side.
    void serve(const Owner& owner, const mortise_value* given, std::uint32_t count,
               void (*visit)(void*, const mortise_value*), void* context) const {
        Tuple<Plain<Arguments>...> values{};
        std::uint32_t next = 0;
        const auto read = [&](auto& value) {
            if (next < count) readValue(given[next], value);
            ++next;
        };
        unpack([&](auto&... value) { (read(value), ...); }, values);
        const auto call = [&](auto&... value) -> Result { return (owner.*member)(std::move(value)...); };
        if constexpr (std::is_void_v<Result>) {
            unpack(call, values);
        } else {
            const auto result = unpack(call, values);
            ValueWriter writer;
            const mortise_value out = writer(result);
            if (visit != nullptr) visit(context, &out);
        }
    }

    // The consumer's: a method that calls number `number` of the table.
    void connect(Owner& owner, const Service<mortise_typed_table>& service, std::uint32_t number) const {
        owner.*member = [service, number, what = std::string(name)](Arguments... arguments) -> Result {
            ValueWriter writer;
            const std::array<mortise_value, sizeof...(Arguments) + 1> values{
                writer(static_cast<const Plain<Arguments>&>(arguments))..., mortise_value{}};
            ErrorText error;
            if constexpr (std::is_void_v<Result>) {
                raise(service.table.call(service.self, number, values.data(), sizeof...(Arguments), nullptr, nullptr,
                                         error.raw()),
                      what.c_str(), error);
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
                      what.c_str(), error);
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

} // namespace detail
} // namespace v1
} // namespace mortise
