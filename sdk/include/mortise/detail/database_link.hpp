// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/service.hpp>
#include <mortise/service/database.h>
#include <mortise/sql/shape.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// mortise.database/1 as an instance has it, and by which numbers it knows the statements of typed queries.
struct DatabaseLink : Service<mortise_database_table> {
    SqlNumbers* numbers = nullptr; // null: of a database that is absent
};
struct OwnedDatabaseLink : DatabaseLink {
    explicit OwnedDatabaseLink(const Service<mortise_database_table>& service) : DatabaseLink{service, &owned} {}
    OwnedDatabaseLink(const OwnedDatabaseLink&) = delete;
    OwnedDatabaseLink& operator=(const OwnedDatabaseLink&) = delete;

    SqlNumbers owned;
};

} // namespace detail
} // namespace v1
} // namespace mortise
