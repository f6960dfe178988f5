// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver_session.hpp"

#include <mortise/detail/service.hpp>

namespace mortise::database {

// mortise.sql_driver.mariadb/1 as PluginBase::service() gives it.
class MariadbDriver {
public:
    static constexpr const char* serviceId = MORTISE_SQL_DRIVER_MARIADB;

    explicit MariadbDriver(const mortise_host* host)
        : service_(detail::resolve<mortise_sql_driver_table>(host, serviceId)) {}

    SqlDriver driver() const { return {service_.table, service_.self}; }

private:
    detail::Service<mortise_sql_driver_table> service_;
};

} // namespace mortise::database
