// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>
#include <mortise/detail/status.hpp>
#include <mortise/detail/tag.hpp>
#include <mortise/detail/view.hpp>

#include <type_traits>

namespace mortise {
inline namespace v1 {
namespace detail {

// A service as this build knows it: a copy of the peer's table in our shape, so that a function it does not have, and
// every function of a service that is not there, is a null pointer.
template<class Table>
struct Service {
    Table table{};
    void* self = nullptr;

    explicit operator bool() const noexcept { return table.struct_size != 0; }
};

template<class T, class = void>
struct IsService : std::false_type {};
template<class T>
struct IsService<T, std::void_t<decltype(view(T::serviceId))>> : std::true_type {};

// Described by MORTISE_SERVICE.
template<class S, class = void>
struct IsTyped : std::false_type {};
template<class S>
struct IsTyped<S, std::void_t<decltype(mortiseService(Tag<S>{}))>> : std::true_type {};

// An extension point whose contributions are C tables, or typed as services are.
template<class T, class = void>
struct HasTable : std::false_type {};
template<class T>
struct HasTable<T, std::void_t<typename T::Table>> : std::true_type {};
template<class T, class = void>
struct IsPoint : std::false_type {};
template<class T>
struct IsPoint<T, std::void_t<decltype(view(T::pointId))>>
    : std::bool_constant<HasTable<T>::value || IsTyped<T>::value> {};

// A contribution as the definer of its point gets it: extension_point.hpp, and typed_service.hpp for typed ones.
template<class Point, class = void>
struct Contributed;

// What service<S>() returns; typed_service.hpp has it for services of MORTISE_SERVICE.
template<class S, std::enable_if_t<!IsTyped<S>::value, int> = 0>
S connectService(Tag<S>, const mortise_host* host) {
    return S(host);
}

// One that is not there for any reason is an empty one.
template<class Table>
Service<Table> resolve(const mortise_host* host, std::string_view id) noexcept {
    Service<Table> service;
    if (host == nullptr || host->get_service == nullptr) return service;
    mortise_service given{};
    if (peerStatus(host->get_service(host->context, view(id), &given, nullptr), MORTISE_ABSENT) != MORTISE_OK ||
        given.table == nullptr)
        return service;
    service.table = adopt<Table>(given.table);
    service.self = given.self;
    return service;
}

} // namespace detail
} // namespace v1
} // namespace mortise
