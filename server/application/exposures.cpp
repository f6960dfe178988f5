// SPDX-License-Identifier: Apache-2.0
#include "application/exposures.hpp"

#include "base/file_access.hpp"
#include "base/redaction.hpp"
#include "base/sensitive_names.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace mortise::application {

bool Exposures::check(const std::filesystem::path& path, const base::Origin& origin, const std::string& what,
                      bool mayBeLeftOut) {
    const auto exposure = base::changeableByOthers(path, trusted_);
    if (!exposure) return true;
    const bool refused = severity_ == Severity::error;
    const bool isError = refused && !mayBeLeftOut;
    const auto [known, isNew] = reported_.try_emplace(exposure->path, isError);
    if (isNew || (isError && !known->second)) {
        known->second = isError;
        const std::string message =
            what + ": " + exposure->message +
            (refused ? ", or trust it (server.trusted_paths)" : "; server.mode = production refuses it");
        if (isError)
            diagnostics_.error(base::Code::changeableByOthers, origin, message);
        else
            diagnostics_.warning(base::Code::changeableByOthers, origin, message);
    }
    return !refused;
}

void warnOfReadableSecrets(const config::Layers& layers, std::span<const config::SectionSpec> sections,
                           base::Diagnostics& diagnostics) {
    const auto holdsSecret = [&](const config::Entry& entry) {
        const auto section = std::find_if(sections.begin(), sections.end(),
                                          [&](const config::SectionSpec& one) { return one.name == entry.section; });
        const config::SettingSpec* const setting = section == sections.end() ? nullptr : section->find(entry.key);
        const bool opaque =
            section == sections.end() || section->opaque; // of a file that was refused: told by its name
        const bool named = base::isSensitiveName(entry.key) && !entry.key.ends_with("_file");
        const bool secret = opaque ? named : setting != nullptr && setting->secret;
        return !entry.value.empty() && (secret || base::redactText(entry.value) != entry.value);
    };
    for (const config::Document& document : layers.documents) {
        const auto found = std::find_if(document.entries().begin(), document.entries().end(), holdsSecret);
        if (found == document.entries().end() || !base::isOpenToOthers(document.file())) continue;
        diagnostics.warning(base::Code::secretExposed, found->valueOrigin,
                            found->section + '.' + found->key + " is a secret, and the file '" +
                                base::printable(document.file(), 4096) +
                                "' can be read or changed by every user of this machine; chmod o= it");
    }
}

} // namespace mortise::application
