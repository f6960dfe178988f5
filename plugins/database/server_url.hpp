// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_url.hpp"

#include <string_view>

namespace mortise::database {

// What stands behind the scheme of a server's URL: "//user:password@host:3306/name?socket=…&ssl-mode=…&ssl-ca=…&
// connection_limit=…&pool_timeout=…&connect_timeout=…". `shown` is the URL as a message may have it. Throws
// DatabaseError, with nothing secret.
MariadbServer serverOfUrl(std::string_view rest, std::string_view shown);

} // namespace mortise::database
