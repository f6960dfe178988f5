// SPDX-License-Identifier: Apache-2.0
#include "config/secret_file.hpp"

#include "base/text.hpp"
#include "config/document.hpp"

namespace mortise::config {

namespace {

constexpr std::size_t maxSecretBytes = 64 * 1024;

} // namespace

std::variant<std::string, SecretFileFault> readSecretFile(const std::filesystem::path& path) {
    const auto fault = [&](const std::string& what) {
        return SecretFileFault{"the file '" + base::printable(path.string(), 4096) + "' " + what};
    };
    std::string reason;
    std::optional<std::string> content = readRegularFile(path, maxSecretBytes, reason);
    if (!content) return fault("cannot be used: " + reason);
    if (content->ends_with('\n')) content->pop_back();
    if (content->ends_with('\r')) content->pop_back();
    if (content->empty()) return fault("is empty");
    return *std::move(content);
}

} // namespace mortise::config
