// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/consumer.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/guard.hpp>

// Of headers that are the interface classes' own.
struct mortise_plugin_authenticator;
struct mortise_plugin_handover;
struct mortise_plugin_log_sink;
struct mortise_plugin_migrator;
struct mortise_plugin_placement;
struct mortise_plugin_readiness;
struct mortise_plugin_router;
struct mortise_sql_driver_table;
struct mortise_users_table;

namespace mortise {
inline namespace v1 {

// Interface classes whose headers an author includes who derives from them; to others they are only names.
class Authenticator;
class DatabaseProvider;
class Handover;
class LogSink;
class Migrator;
class Placement;
class Readiness;
class Router;
class SqlDriverProvider;
class UsersProvider;
template<class Point>
class Contributions;
template<class Point, class Object>
class ExtensionPoint;

namespace detail {

// The id of what an author's T, which derives from Interface, gives: in the interface's header.
template<class Interface, class T>
struct InterfaceId;

// The C tables behind the interface classes, in their headers. T is the author's class; `self` is a T*.
template<class T, Runtime& (*RuntimeOf)(void* self) noexcept>
const mortise_plugin_authenticator* authenticatorTable(void* self) noexcept;
template<class T>
const mortise_plugin_handover* handoverTable() noexcept;
template<class T>
const mortise_plugin_log_sink* logSinkTable() noexcept;
template<class T>
const mortise_plugin_migrator* migratorTable() noexcept;
template<class T>
const mortise_plugin_placement* placementTable() noexcept;
template<class T>
const mortise_plugin_readiness* readinessTable() noexcept;
template<class T>
const mortise_plugin_router* routerTable() noexcept;
template<class T>
const mortise_sql_driver_table* sqlDriverTable() noexcept;
template<class T>
const mortise_users_table* usersTable(void* self) noexcept;

// The extension points that T defines, by the lists of MORTISE_PLUGIN, in extension_point.hpp.
template<class T, class... Lists>
struct PointsOf;

// A provider that tells its consumers apart, in its header.
template<class T>
mortise_service openDatabase(void* self, const Consumer& consumer);
template<class T>
void closeDatabase(void* self, mortise_service service);

} // namespace detail
} // namespace v1
} // namespace mortise
