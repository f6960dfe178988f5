// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/sha256.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mortise::module {

// Remembers, across processes, which file contents passed their try under this build of the host: one small file for
// each, in a folder of the private cache. Only passing is kept: a file that failed is tried again. Whatever cannot be
// read, or does not say exactly what was written here, counts as absent. As trustworthy as the folder is private.
class ModuleVerdicts {
public:
    // `folder` is made when missing. An empty `buildId` remembers nothing.
    ModuleVerdicts(std::string folder, const std::string& buildId);

    bool passed(const base::Sha256Digest& content) const;
    // Atomic. A sentence when it could not be kept; the next start then tries the file again.
    std::optional<std::string> remember(const base::Sha256Digest& content) const;
    // Deletes verdicts on other contents and of other builds.
    void removeOthers(const std::vector<base::Sha256Digest>& keep) const;

private:
    std::string name(const base::Sha256Digest& content) const;
    std::string text(const base::Sha256Digest& content) const;

    std::string folder_;
    std::string build_; // hash of the build id: fit for a file name; "" for none
};

} // namespace mortise::module
