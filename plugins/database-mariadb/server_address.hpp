// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mortise::mariadb {

enum class Tls {
    off,
    required,       // the server may be anybody
    verifyCa,       // it has a certificate of `caFile`, or of those of the system
    verifyIdentity, // and it is for `host`
};

// Where a server is, and as whom to connect.
struct ServerAddress {
    std::string host;   // name or address; in the place of `socket`
    std::string socket; // path of a Unix socket
    unsigned port = 0;  // 0: the usual one
    Tls tls = Tls::off;
    std::string user;
    std::string password;
    std::string database;
    std::string caFile; // PEM; empty: those of the system
};

} // namespace mortise::mariadb
