// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "import_store.hpp"
#include "users_settings.hpp"

#include <mortise/commands.hpp>
#include <mortise/crypto.hpp>
#include <mortise/json.hpp>
#include <mortise/passwords.hpp>

#include <atomic>

namespace users {

/// The commands `import` and `export`. Commands run beside each other; of imports one at a time.
class TransferCommands {
public:
    struct Host {
        mortise::Crypto crypto;
        mortise::Json json;
        mortise::Passwords passwords;
    };

    /// `this` outlives the instance's commands.
    void declare(mortise::Setup& setup);
    /// [control] In `start`: the schema exists.
    void open(mortise::Database database, const Host& host, const Settings& settings);

private:
    struct Opened {
        ImportStore store;
        Host host;
        std::chrono::milliseconds chunk;
    };

    int importUsers(const mortise::Arguments& arguments, mortise::CommandSession& session);
    int exportUsers(const mortise::Arguments& arguments, mortise::CommandSession& session) const;

    std::optional<Opened> opened_; ///< from open() on
    std::atomic<bool> importing_{false};
};

} // namespace users
