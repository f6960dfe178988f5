// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <variant>

namespace mortise::config {

// The content of a file that holds one value, without one newline at its end; or why it cannot be used, as a sentence
// that names the file and nothing of its content.
struct SecretFileFault {
    std::string message;
};
std::variant<std::string, SecretFileFault> readSecretFile(const std::filesystem::path& path);

} // namespace mortise::config
