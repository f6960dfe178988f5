// SPDX-License-Identifier: Apache-2.0
#include "host/console_session.hpp"

#include "host/module_names.hpp"

#include <iostream>

namespace mortise::host {

mortise_command_session consoleSession() noexcept {
    mortise_command_session session = mortise_init<mortise_command_session>();
    session.print = [](void*, mortise_view text) { std::cout << host::text(text); };
    session.print_error = [](void*, mortise_view text) { std::cerr << host::text(text); };
    session.progress = [](void*, std::uint64_t, std::uint64_t, mortise_view) {};
    session.cancelled = [](void*) -> std::uint32_t { return 0; };
    session.open_file = [](void*, mortise_view, std::uint32_t, std::int32_t*, mortise_error* error) -> mortise_status {
        setError(error, "files are opened for commands only");
        return MORTISE_UNSUPPORTED;
    };
    session.commit_file = [](void*, std::int32_t, mortise_error*) -> mortise_status { return MORTISE_INVALID; };
    return session;
}

} // namespace mortise::host
