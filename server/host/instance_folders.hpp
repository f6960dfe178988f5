// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

struct RuntimeSettings;

// The folders of one plugin instance, `plugins/<instance>` below those of the server. Absolute.
struct InstanceFolders {
    std::string state;   // survives restarts
    std::string cache;   // may be deleted while the server is stopped
    std::string runtime; // empty at each start of the server

    InstanceFolders(const RuntimeSettings& settings, std::string_view instance);
    // Makes what is not there, mode 0700, for the user that this process runs as. A message that names folder and way
    // out: it cannot be made or written, or something else lies in its place (a file, a symbolic link, another user's).
    std::optional<std::string> make() const;
};

// Removes what the instances of an ended server left in their runtime folders. Whoever calls holds the lock of
// `runtime`.
void clearRuntimeFolders(const std::string& runtime);

} // namespace mortise::host
