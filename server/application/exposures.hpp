// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "config/layers.hpp"
#include "config/setting_spec.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mortise::application {

// Looks whether others may change what gives this process code or settings, which are as good as code, and reports it:
// an error in production, a warning in development. Thread: one.
class Exposures {
public:
    enum class Severity { error, warning };

    // `trusted`: absolute paths that are not judged, with all below them.
    Exposures(Severity severity, std::vector<std::string> trusted, base::Diagnostics& diagnostics)
        : severity_(severity), trusted_(std::move(trusted)), diagnostics_(diagnostics) {}

    // False when `path` must not be used. What others may change is reported once, at the first `origin` that leads to
    // it; `what` begins the message ("plugin 'x'"). `mayBeLeftOut`: a warning also where it is not used.
    bool check(const std::filesystem::path& path, const base::Origin& origin, const std::string& what,
               bool mayBeLeftOut = false);

private:
    const Severity severity_;
    const std::vector<std::string> trusted_;
    base::Diagnostics& diagnostics_;
    std::map<std::string, bool> reported_; // files and folders, and whether as an error
};

// Warns of each configuration file in which a secret stands, or an address with a password, and that every user may
// read or change. `sections`: the declared settings.
void warnOfReadableSecrets(const config::Layers& layers, std::span<const config::SectionSpec> sections,
                           base::Diagnostics& diagnostics);

} // namespace mortise::application
